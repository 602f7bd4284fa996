r"""Where the answer is in a reply: in the last `\boxed{}`, or announced; never guessed.

The first number of the thoughts is never taken. `docs/verifiers-math-exact.md` has the rules as a
table of examples.
"""

import re

from rewardkit.verifiers.math.beside import untouched
from rewardkit.verifiers.math.boxes import MAX_BOX, last_box

# ruff: noqa: RUF001 - replies announce answers with full-width colons too

MAX_TAIL = 20_000
"""Characters at the end of a reply in which an announcement is looked for."""
_RE_ANNOUNCED = re.compile(
    r"####[ \t]*"
    r"|(?:final |correct )?answer(?:\*\*)?[ \t]*(?:is\b(?:[ \t]*:)?|[:：=])(?:\*\*)?[ \t]*"
    r"|\banswer[ \t]*(?=\\\[|\\\(|\$)"
    r"|(?:最终)?答案(?:是|为)?[ \t]*[:：]?[ \t]*"
    r"|故选(?:项)?[ \t]*[:：]?[ \t]*"
    r"|^A:[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)
_RE_CHOSEN = re.compile(
    r"(?:correct|right|best) (?:option|choice)[ \t]*(?:is\b[ \t]*:?|[:：])(?:\*\*)?[ \t]*",
    re.IGNORECASE,
)
_RE_SENTENCE = re.compile(
    r"(?:(?<!\.)\.|(?<![\d)}\]nk])!|。)(?=\s+[^\W\d_]|\s*$)(?<!\bp\.)(?<!\ba\.)"
)
_RE_SPAN = re.compile(
    r"\$\$[^$]+\$\$|\$[^$]+\$|\\\((?:[^\\]|\\[^)])*\\\)|\\\[(?:[^\\]|\\[^\]])*\\\]"
)
_RE_FINAL = re.compile(r"final answer(?:\*\*)? is", re.IGNORECASE)
_RE_VALUE = re.compile(r"(?<![\w.,])-?\$?\d+(?:,\d{3})*(?:\.\d+)?%?(?![\w/^=:*+-]|[.,]\d)")
_RE_OPEN = re.compile(
    r"n't\b|\b(?:or|not|no|cannot|see|step|question|problem|equation|but|"
    r"except|wrong|incorrect|never|other|either|neither|"
    r"between|about|approximately|at|least|most|than|maybe|if|"
    r"over|under|nearly|almost|roughly|around|up)\b|[<>±≈~?=]|\\(?:pm|approx|neq?|[lg]eq?)\b",
    re.IGNORECASE,
)
_RE_THUS = re.compile(r"\b(?:Therefore|Thus|Hence|So|Consequently|In conclusion)\b")
_RE_STOP = re.compile(r"(?<=[.!])\s+|\n")
_RE_SPECIAL = re.compile(r"<\||</s>|I hope it is correct")
_RE_DIGIT = re.compile(r"\d")


def locate(text: str) -> str | None:
    r"""The text of the answer within a reply.

    Args:
        text: The reply, of any length.

    Returns:
        The inside of the last box, or what a later "the final answer is" says; else what the last
        announcement announces, to the end of its sentence; else the formula that ends a last
        sentence that begins with "So" or "Therefore" and says that something is it; else the
        only formula of a short text that has no number outside of it; else None.

    >>> locate(r"so 5 and \boxed{3}, no: \boxed{\frac{1}{2}}")
    '\\frac{1}{2}'
    >>> locate("3 + 4 = 7. The final answer is **7**."), locate("3 and then 4")
    ('7', None)
    """
    boxed = last_box(text)
    if boxed is not None:
        after = text[max(text.rfind("\\boxed"), text.rfind("\\fbox")) :][-MAX_TAIL:]
        final = _announced(after) if _RE_FINAL.search(after) else None
        return final if final is not None and _RE_DIGIT.search(final) else boxed
    announced = _announced(text[-MAX_TAIL:])
    if announced is not None:
        return announced
    return _only_formula(text) if len(text) <= 400 else None


def _announced(tail: str) -> str | None:
    last = None
    for match in _RE_ANNOUNCED.finditer(tail):
        last = match
    if last is None and ("option" in tail or "choice" in tail):
        last = _RE_CHOSEN.search(tail)
    if last is None:
        return _concluded(tail)
    rest = tail[last.end() :].lstrip()
    line = rest.split("\n\n", 1)[0] if rest.startswith(("\\[", "$$")) else rest.split("\n", 1)[0]
    line = line[:MAX_BOX]
    end = _RE_SENTENCE.search(line)
    if end is not None:
        line = line[: end.start()]
    line = line.lstrip("} ") if line.count("}") > line.count("{") else line
    line = line.strip().strip("*").strip()
    if len(line) > 4 and line.startswith('\\"') and line.endswith('\\"'):
        line = line[2:-2].strip()
    line = _said(line)
    spans = _RE_SPAN.findall(line) if len(line) <= 400 else []
    if len(spans) == 1 and not _RE_DIGIT.search(line.replace(spans[0], "")):
        outside = line.replace(spans[0], "").strip()
        keep = _may_be_unit(outside) or not _alone(line, spans[0])
        return line if keep else spans[0]
    return line or None


def _said(sentence: str) -> str:
    """What an announced sentence says: what follows its last `is`, or its only number."""
    if len(sentence) > 400 or sentence[:1] in "\\$" or _RE_OPEN.search(sentence):
        return sentence
    words = sentence.split()
    if sum(len(word) > 1 and word.isalpha() for word in words) < 2 or not words[0].isalpha():
        return sentence
    for verb in (" is ", " are ", " equals "):
        _, found, rest = sentence.rpartition(verb)
        if found and _RE_DIGIT.search(rest):
            return rest.strip()
    numbers = _RE_VALUE.findall(sentence)
    prose = not any(mark in sentence for mark in "$\\^_+*/([{")
    only = len(numbers) == 1 and prose and _alone(sentence, numbers[0])
    return numbers[0] if only else sentence


def _concluded(tail: str) -> str | None:
    """The formula that ends the last sentence of a reply where that one draws a conclusion."""
    text = _RE_SPECIAL.split(tail, maxsplit=1)[0].rstrip()
    if not text.endswith(("$.", "$", "\\).", "\\)")):
        return None
    sentence = _RE_STOP.split(text[-400:].rstrip("."))[-1].strip()
    starts = [match.start() for match in _RE_THUS.finditer(sentence)]
    sentence = sentence[starts[-1] :] if starts else ""
    if not sentence or _RE_OPEN.search(sentence):
        return None
    spans = _RE_SPAN.findall(sentence)
    before = sentence[: sentence.rfind(spans[-1])].rstrip() if spans else ""
    return spans[-1] if before.endswith((" is", " are", " equals")) else None


def _alone(text: str, part: str) -> bool:
    """Whether no word beside a part of a text changes what it says."""
    before, _, after = text.partition(part)
    return untouched(before, after)


def _may_be_unit(outside: str) -> bool:
    return outside.isalpha() and len(outside.split()) == 1


def _only_formula(text: str) -> str | None:
    spans = _RE_SPAN.findall(text)
    if len(spans) != 1:
        return None
    outside = text.replace(spans[0], " ")
    if not _alone(text, spans[0]):
        return None
    return spans[0] if not _RE_DIGIT.search(outside) and any(c.isalpha() for c in outside) else None
