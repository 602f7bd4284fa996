"""What the words beside a number, a formula or a box do to it: leave it, deny it, change it."""

import re

from rewardkit.verifiers.math.prose import changes, denies, follows
from rewardkit.verifiers.math.prose_words import DONE, SCALES, SELECTING

_RE_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_NEIGHBOURS = 200
"""Characters beside a formula in which words may change it."""


def untouched(before: str, after: str) -> bool:
    """Whether the words beside a formula leave it as it is: `is 5`, not `is not 5` or `5 squared`.

    >>> untouched("The sum is ", "."), untouched("It is not ", "."), untouched("", " squared")
    (True, False, False)
    """
    ahead = _RE_WORD.findall(before[-_NEIGHBOURS:].lower())[-3:]
    behind = _RE_WORD.findall(after[:_NEIGHBOURS].lower())[:3]
    if ahead:
        while len(ahead) > 1 and ahead[-1] in ("of", "the", "a", "is", "are", "to"):
            if ahead[-1] == "to" and ahead[-2] == "up":
                return False
            if ahead[-1] in ("is", "are"):
                ahead = ahead[-1:]
                break
            ahead = ahead[:-1]
        if changes(ahead[-1]) or ahead[-1] in SELECTING:
            return False
        if any(denies(word) for word in ahead[-2:]):
            return False
    if not behind:
        return True
    first = behind[0]
    verb = first in ("is", "are", "was")
    if changes(first) or first in ("each", "or", "if", "per", "apiece", "and"):
        return False
    if len(behind) < 3 and not verb and not follows(behind):
        return False
    return not any(denies(word) for word in behind)


_RE_PLACE = re.compile(
    r"(?:the )?\$?\d{1,9}\$? ?\^?\{? ?(?:\\(?:text|mathrm|textrm|mbox) ?\{)? ?"
    r"(?:st|nd|rd|th)[ }$]{1,4}"
    r"(?:\\text ?\{ ?)?[a-z]+(?: [a-z]+){0,4}[.} ]{0,3}",
    re.IGNORECASE,
)


def place_in_order(text: str) -> bool:
    """Whether a text is a place in an order, such as `the 5th term`, and no number.

    >>> place_in_order("The 5th term"), place_in_order("5th"), place_in_order("the 5th is 7")
    (True, False, False)
    """
    return len(text) < 200 and _RE_PLACE.fullmatch(text.strip()) is not None


_RE_LAST_WORD = re.compile(r"([^\W\d_]+(?:'[^\W\d_]+)?)[\s$(:*]{0,6}$")
_RE_NEXT_WORDS = re.compile(r"[}\s$)*]{0,6}([^\W\d_]+)(?: ([^\W\d_]+(?:'[^\W\d_]+)?))?")
_AHEAD_OF_BOX = frozenset(
    "minus negative half twice double triple thrice not never neither".split()
)


def spoils_box(before: str, after: str) -> bool:
    """Whether the words next to a box deny it or make another number of it.

    >>> spoils_box("it is not ", ""), spoils_box("", " is wrong"), spoils_box("so ", " times")
    (True, True, False)
    """
    ahead = _RE_LAST_WORD.search(before[-40:].lower())
    if ahead and (ahead[1] in _AHEAD_OF_BOX or ahead[1].endswith(("n't", "不是", "并非"))):
        return True
    behind = _RE_NEXT_WORDS.match(after[:80].lower())
    if behind is None:
        return False
    first, second = behind[1], behind[2] or ""
    return first in SCALES | DONE or (first in ("is", "was", "are") and denies(second))
