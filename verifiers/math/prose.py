"""Words beside a number: those that name what was counted, and those that change what is said.

`5 apples` is five; `5 squared`, `5 each`, `half 5`, `not 5` are not, and no word may be passed over
to make them so. Nouns are an open class, so what is listed are the words that are none.
"""

import re

from rewardkit.verifiers.math.prose_words import (
    CARDINALS,
    DENIALS,
    DESCRIBING,
    DONE,
    FUNCTION,
    OPEN,
    OPERATIONS,
    SCALES,
)

_RE_ORDINAL = re.compile(
    r"(?:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teenth|"
    r"(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)ieth|hundredth|thousandth|millionth|"
    r"billionth|nth|fth|ths?)s?"
)
_RE_CHANGING_HAN = re.compile(
    "[不非无未没约左超满倍半负多余几或错误每第减加乘除反倒近乎万亿千百十打成另又]|以[上下外内]|"
    "至[少多]|平方|立方|分之|根号|可能|也许|大概|之[一二三四五六七八九]|和"
)
_JOINING = frozenset("of in on at for per the a an from to with".split())
"""Words that may stand between two others behind a number."""
_PHRASES = frozenset(("in total", "in all", "of them", "in sum", "only", "of each", "in each"))
_LAST = frozenset(("each", "only", "exactly"))
"""Words that may end what stands behind a number and its noun."""
MAX_WORDS = 8
"""Words that may follow a number."""


def denies(word: str) -> bool:
    """Whether a word says that a value is not the answer.

    >>> denies("not"), denies("apples")
    (True, False)
    """
    return word in DENIALS or word.startswith(("不", "非", "错")) or word.endswith("n't")


def changes(word: str) -> bool:
    """Whether a lower-case word makes another value of the number beside it, or leaves it open.

    >>> changes("squared"), changes("fifths"), changes("倍"), changes("apples")
    (True, True, True, False)
    """
    if not word.isascii():
        return _RE_CHANGING_HAN.search(word) is not None
    return (
        word in OPERATIONS
        or word in OPEN
        or denies(word)
        or word in SCALES
        or word.endswith("fold")
        or _RE_ORDINAL.fullmatch(word) is not None
    )


def counts(word: str) -> bool:
    """Whether a lower-case word may stand for what was counted.

    >>> counts("apples"), counts("each"), counts("squared"), counts("个")
    (True, False, False, True)
    """
    return not (changes(word) or word in FUNCTION or word in CARDINALS)


def follows(words: list[str]) -> bool:
    """Whether lower-case words behind a number leave it as it is: nouns and what joins them.

    >>> follows(["cups", "of", "tea"]), follows(["of", "them"]), follows(["times", "more"])
    (True, True, False)
    """
    if not words or len(words) > MAX_WORDS:
        return not words
    if " ".join(words) in _PHRASES:
        return True
    if len(words) > 1 and words[0] in DESCRIBING:
        words = words[1:]
    if words[:1] in (["unit"], ["units"]) and words[1:] in (["squared"], ["cubed"]):
        return True
    if not counts(words[0]):
        return False
    if len(words) > 2 and " ".join(words[-2:]) in _PHRASES:
        words = words[:-2]
    elif len(words) > 1 and words[-1] in _LAST:
        words = words[:-1]
    middle, last = words[1:-1], words[-1]
    return counts(last) and all(counts(word) or word in _JOINING for word in middle)


def names(words: list[str]) -> bool:
    """Whether lower-case words before a colon name the value behind it: `total`, not `twice`.

    >>> names(["total"]), names(["not"]), names(["half", "of", "it"])
    (True, False, False)
    """
    spoiling = DENIALS | OPEN - {"maximum", "minimum", "max", "min", "maximal", "minimal"}
    first = words[0] if words else ""
    return not (
        any(word in spoiling or denies(word) for word in words)
        or first in ("half", "double", "twice", "triple", "thrice", "quadruple", "each", "either")
        or (bool(words) and words[-1] in SCALES | DONE)
        or first in ("plus", "minus", "times", "negative", "or", "and", "if", "per")
        or (not first.isascii() and changes(first))
    )
