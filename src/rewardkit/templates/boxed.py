r"""Find the answer in a box: the last complete `\boxed{…}` or `\fbox{…}` with something in it."""

import re

from rewardkit.templates.markers import VISIBLE
from rewardkit.templates.parsed import Answer

MAX_BOX_SEARCH = 100_000
"""A box is looked for in so many characters at the end of the text."""

_OPENERS = ("\\boxed", "\\fbox")
# An escaped sign (`\{`, `\\`) is no brace. Replies quoted from JSON double the backslash of a box.
_TOKEN = re.compile(r"\\{1,2}(?:boxed|fbox)\s{0,4}\{|\\.|[{}]", re.DOTALL)


def find_boxed(reply: str, start: int, end: int) -> Answer:
    r"""The content of the last complete box between two offsets.

    Of boxes inside one another the outermost counts. Empty boxes state nothing and are passed over.

    Returns:
        `found`; `no_answer` without any box or with empty ones only; `unreadable_answer` where a
        box is begun but none is complete.

    >>> find_boxed(r"no \boxed{5}, it is \boxed{\frac{7}{2}}.", 0, 40).text
    '\\frac{7}{2}'
    >>> find_boxed(r"\boxed{\text{unclosed", 0, 21).status
    'unreadable_answer'
    """
    window = max(start, end - MAX_BOX_SEARCH)
    first = _first_opener(reply, window, end)
    if first < 0:
        return Answer("no_answer", reason="there is no box")
    best: tuple[int, int] | None = None
    empty = False
    # Each entry is the content's start for a box, -1 for a plain brace; the outermost box is the
    # lowest entry.
    stack: list[int] = []
    for match in _TOKEN.finditer(reply, first, end):
        token = match.group()
        if token == "}":
            opened = stack.pop() if stack else -1
            if opened >= 0:
                content = _content(reply, opened, match.start())
                if content is None:
                    empty = True
                else:
                    best = content
        elif token == "{":
            stack.append(-1)
        elif token[-1] == "{" and len(token) > 2:
            stack.append(match.end())
    if best is not None:
        return Answer("found", reply[best[0] : best[1]], *best)
    if empty:
        return Answer("no_answer", reason="the box is empty")
    return Answer("unreadable_answer", "", first, end, "a box is begun but none is complete")


def _first_opener(reply: str, start: int, end: int) -> int:
    """Offset of the first box, -1 without one."""
    places = [place for opener in _OPENERS if (place := reply.find(opener, start, end)) >= 0]
    return min(places, default=-1)


def _content(reply: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without white space around it, None where nothing is visible in it."""
    if VISIBLE.search(reply, start, end) is None:
        return None
    text = reply[start:end]
    return start + len(text) - len(text.lstrip()), start + len(text.rstrip())
