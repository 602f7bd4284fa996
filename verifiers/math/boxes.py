r"""Boxes in a reply: the last one, those that are one answer with it, and formulas around one."""

import re

from rewardkit.verifiers.math.beside import spoils_box

MAX_BOXES = 60
"""Boxes that may be one answer."""
MAX_BOX = 4_000
"""Characters of one box."""
_BOXES = ("\\boxed", "\\fbox")
_RE_BETWEEN = re.compile(
    r"(?:[\s$,;.&]|and|or|\\(?:quad|qquad|text|textbf|mbox|\)|\(|\]|\[|,|;| )|[{}])*"
)
_RE_NAME = re.compile(r"([A-Za-z](?:_\{?[0-9A-Za-z]{1,3}\}?)?) ?= ?$")
_RE_DIGITS = re.compile(r"-?\d+(?:\.\d+)?")
_RE_BEFORE = re.compile(
    r"(?:\d|[\^_/+][ {]*|\\(?:cdot|times|sqrt|d?frac|pm|ln|log) *\{?|\}\{|(?:^|[\s$({\[=])-)$"
)
_RE_AFTER = re.compile(
    r"\^(?! ?\{? ?\\circ)|[_!\d]|[xyznk](?![a-zA-Z])| ?(?:[+/]|\\cdot|\\times) ?[\d\\({]"
    r"| ?- ?(?:\d|\\boxed|\\frac|\\sqrt)"
)
_RE_HEDGE = re.compile(
    r"[\s$,;.)]{0,9}(?:\\text ?\{)?[\s,(\[]{0,9}(?:or|或)(?![a-zA-Z])\s{0,9}(?:maybe |perhaps )?"
    r"[}\s$]{0,9}([^\n$)}]{1,60})"
)
"""What follows a box and takes it back: `or 6`."""
_RE_WORD = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{2,}")
_EDGES = ("$", "\\(", "\\)", "\\[", "\\]", "\n")
_AROUND = 400
"""Characters of a formula before and after a box that belong to it."""


def last_box(text: str) -> str | None:
    r"""The inside of the last `\boxed{}` or `\fbox{}`, or the formula that it is an operand of.

    Boxes with nothing but commas, names and `and` or `or` between them are one answer.

    Returns:
        None without any box; an empty text where the last one is not closed.

    >>> last_box(r"\boxed{1}, no, \boxed{2} and \boxed{3}"), last_box(r"so $-\boxed{5}$")
    ('2 and 3', '-{5}')
    """
    end, found, named = len(text), "", ""
    for _ in range(MAX_BOXES):
        low = end - MAX_BOX - 60 if found else 0
        start, length = max((text.rfind(name, max(0, low), end), len(name)) for name in _BOXES)
        if start < 0:
            break
        inside, stop = _inside(text, start + length)
        if not inside and not found:
            return ""
        label = _RE_NAME.search(text[max(0, start - 12) : start])
        if not found:
            around = _around(text, start, stop)
            if around is not None:
                return around
            found, named = inside, f"{label[1]} = {inside}" if label else ""
        else:
            between = text[stop:end]
            if len(between) > 40 or not inside or _RE_BETWEEN.fullmatch(between) is None:
                break
            word = " or " if "or" in between else " and " if "and" in between else ", "
            found = f"{inside}{word}{found}"
            named = f"{label[1]} = {inside}{word}{named}" if label and named else ""
        end = label.start() + max(0, start - 12) if label and named else start
    several = found and named and " = " in named.partition(" = ")[2]
    return (named if several else found) or None


def taken_back(text: str) -> str:
    r"""What an `or` after the last box offers beside it; empty without one.

    >>> taken_back(r"\boxed{5} or 6"), taken_back(r"\boxed{5} cm")
    ('6', '')
    """
    start, length = max((text.rfind(name), len(name)) for name in _BOXES)
    if start < 0:
        return ""
    _, stop = _inside(text, start + length)
    match = _RE_HEDGE.match(text, stop, stop + _AROUND)
    return match[1].strip() if match else ""


def spoiled(text: str) -> bool:
    r"""Whether the words next to the last box deny it or make another number of it.

    >>> spoiled(r"it is not \boxed{5}"), spoiled(r"not 4 but \boxed{5}")
    (True, False)
    """
    start, length = max((text.rfind(name), len(name)) for name in _BOXES)
    if start < 0:
        return False
    _, stop = _inside(text, start + length)
    return spoils_box(text[max(0, start - 60) : start], text[stop : stop + 100])


def every_box(reference: str) -> str | None:
    r"""All boxes of a reference that names parts: `\boxed{1} papers and \boxed{2} bins`.

    Returns:
        The insides with commas between them; None where a sentence or more than three words stand
        between two boxes, so that an earlier one may be a step on the way.
    """
    insides: list[str] = []
    end = 0
    while (start := reference.find("\\boxed", end)) >= 0:
        between = reference[end:start]
        plain = between.replace("$", " ").replace("\\text", " ").strip(" {}\\()")
        if insides and not (
            plain.endswith(("and", ",")) and len(plain.split()) <= 3 and "." not in plain
        ):
            return None
        inside, end = _inside(reference, start + len("\\boxed"))
        if not inside or len(insides) >= MAX_BOXES:
            return None
        insides.append(inside)
    return ", ".join(insides) if len(insides) > 1 else None


def _inside(text: str, at: int) -> tuple[str, int]:
    """The group at a place and where it ends; empty where it is not closed within the limit."""
    rest = text[at : at + MAX_BOX]
    shift = len(rest) - len(rest.lstrip())
    rest = rest[shift:]
    if not rest.startswith("{"):
        digits = _RE_DIGITS.match(rest)
        return (digits[0], at + shift + digits.end()) if digits else ("", at)
    depth = 0
    for k, character in enumerate(rest):
        if character in "{}" and rest[k - 1 : k] != "\\":
            depth += 1 if character == "{" else -1
            if depth == 0:
                return rest[1:k].strip(), at + shift + k + 1
    return "", at


def _around(text: str, start: int, stop: int) -> str | None:
    r"""The formula that a box is an operand of, as in `-\boxed{5}`; None where it stands alone."""
    before, after = text[max(0, start - _AROUND) : start], text[stop : stop + _AROUND]
    if _RE_BEFORE.search(before[-8:]) is None and _RE_AFTER.match(after) is None:
        return None
    ends = [before.rfind(edge) + len(edge) for edge in _EDGES if edge in before]
    before = before[max(ends, default=0) :]
    after = after[: min((after.find(edge) for edge in _EDGES if edge in after), default=len(after))]
    words = [match.end() for match in _RE_WORD.finditer(before)]
    before = before[words[-1] :] if words else before
    word = _RE_WORD.search(after)
    after = after[: word.start()] if word else after
    formula = before + text[start:stop] + after
    return formula.replace("\\boxed", "").replace("\\fbox", "").strip(" .,;:")
