"""The words and marks that tell a letter that is an answer from one that is only mentioned."""

OPENERS = frozenset("([{\uff08【")
CLOSERS = frozenset(")]}\uff09】")
STOPS = frozenset(".,;:!?。\uff0c\uff1b\uff1a\uff01、\n")
ENDS = frozenset(".;!?。\uff1b\uff01\n")
NOUNS = frozenset({"option", "choice", "letter", "answer", "项"})
FILLERS = frozenset(
    "is be would should must will the correct right best final most likely that it it's letter "
    "option choice with for to : = - > → \uff1a , 是 为 应 该 当 项 择 正 确".split()
) | {"\n"}
TRIGGERS = frozenset(
    "answer answers ans think believe choose chose pick picked select selected guess go vote "
    "therefore thus hence so boxed # 案 选".split()
)
COPULAS = frozenset("is : = be \uff1a 是 为".split())
UNDOING = frozenset(
    "not no never don't doesn't isn't can't cannot won't wouldn't didn't if whether unless neither "
    "nor why n't wrong incorrect false least worst unlikely except 不 非 没".split()
)
JOINING = frozenset("or and / | & 或 和 与 maybe perhaps possibly alternatively".split())
CHANGING = frozenset(
    "no wait actually sorry correction instead maybe perhaps possibly or alternatively 或".split()
)
BETWEEN = frozenset("or and either maybe perhaps possibly also the is 者 是".split())
# What follows the letters A and I, where the article and the pronoun are followed by other words.
AFTER_LETTER = frozenset(
    "because since as is was and or due given for but which by not rather instead would seems "
    "looks fits matches with".split()
)
REASONS = frozenset("because since as due given for but by not rather instead".split())
VERBS = frozenset("is was are seems looks would might may could must should".split())
DENYING = frozenset("not wrong incorrect false never no 错 不".split())
ALTERNATIVES = frozenset("or / | maybe perhaps possibly alternatively 或".split())
RULING_OUT = UNDOING - {"no", "if", "whether", "unless"}
HEDGING = CHANGING | frozenset("also but then could might may possible".split())
EXPLAINING = frozenset("because since given due rather than unlike".split())
RIGHT = frozenset({"correct", "right", "best", "answer"})
WRONG = frozenset({"wrong", "incorrect", "false"})
REFUSING = UNDOING - {"not", "no", "if", "unless"}
