"""Find a template's markers in a reply, in one pass.

All markers are literal texts joined into one alternation without any repetition over unbounded
text, so the pass is linear whatever the reply holds, and it stops after `MAX_MARKERS`: no honest
reply has as many.
"""

import re
from collections.abc import Iterator
from itertools import islice

MAX_MARKERS = 4096
"""A reply with more markers than this is not read further."""

_BLANKS = "[ \\t]{0,8}"
_PIECES = re.compile(r"\w+|([^\w\s])\1*")
_WHITE = re.compile(r"\s+")

INK = re.compile(r"\S")
"""Anything that is not white space."""

VISIBLE = re.compile(
    "[^\\s\\x00-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f"
    "\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0]"
)
"""Anything that a reader would see: neither white space nor control nor zero-width characters."""


class Markers:
    """The markers of a template, compiled.

    >>> markers = Markers({"<a>": 1, "</a>": -1}, ignore_case=False, spaces=False)
    >>> list(markers.find("x <a>7</a>"))
    [(2, 5, 1), (6, 10, -1)]
    >>> loose = Markers({"<a>": 1, "</a>": -1}, ignore_case=True, spaces=True)
    >>> list(loose.find("x < A >7</a >"))
    [(2, 7, 1), (8, 13, -1)]
    """

    __slots__ = ("_codes", "_ignore_case", "_pattern", "_spaces")

    def __init__(self, codes: dict[str, int], ignore_case: bool, spaces: bool) -> None:
        """Compile the markers.

        Args:
            codes: A code for each marker.
            ignore_case: Upper and lower case are the same.
            spaces: Up to 8 blanks may stand between a marker's words and signs.
        """
        # The longest first: an alternation takes the first that fits, and `<a>` may begin another
        # marker.
        ordered = sorted(codes, key=len, reverse=True)
        if spaces and codes:
            source = _loose([_pieces(marker) for marker in ordered])
        else:
            source = "|".join(map(re.escape, ordered))
        # A template without markers finds none; an empty alternation would match everywhere.
        self._pattern = re.compile(source or "(?!)", re.IGNORECASE if ignore_case else 0)
        self._ignore_case = ignore_case
        self._spaces = spaces
        self._codes = {self._canonical(marker): code for marker, code in codes.items()}

    def find(self, reply: str) -> Iterator[tuple[int, int, int]]:
        """Each marker's start, end and code, from left to right, at most `MAX_MARKERS + 1`."""
        codes = self._codes
        exact = not (self._ignore_case or self._spaces)
        for match in islice(self._pattern.finditer(reply), MAX_MARKERS + 1):
            text = match.group()
            code = codes.get(text if exact else self._canonical(text))
            # Case folding in `re` and in `str` differ for a few letters: what is not in the table
            # is text.
            if code is not None:
                yield match.start(), match.end(), code

    def _canonical(self, marker: str) -> str:
        """The marker as it stands in the table: without what the laxness overlooks."""
        if self._spaces:
            marker = _WHITE.sub("", marker)
        return marker.casefold() if self._ignore_case else marker

    def clash(self, codes: dict[str, int]) -> bool:
        """Whether two of these markers are the same once the laxness has been applied."""
        return len({self._canonical(marker) for marker in codes}) < len(codes)


def _loose(markers: list[list[str]]) -> str:
    r"""A pattern for markers given as their words and signs, with blanks allowed between these.

    Markers that begin alike share that part of the pattern, so a text full of `<` is looked at
    once, not once for each marker. Each bounded run of blanks stands between two literals: there
    is one way to match.

    >>> _loose([["<", "a", ">"], ["<", "/", "a", ">"]])
    '<(?:[ \\t]{0,8}(?:a(?:[ \\t]{0,8}(?:>))|/(?:[ \\t]{0,8}(?:a(?:[ \\t]{0,8}(?:>))))))'
    """
    branches: dict[str, list[list[str]]] = {}
    for marker in markers:
        branches.setdefault(marker[0], []).append(marker[1:])
    sources = []
    for piece, rests in branches.items():
        longer = [rest for rest in rests if rest]
        tail = f"(?:{_BLANKS}(?:{_loose(longer)}))" if longer else ""
        # A marker may begin another one; the longer one is tried first.
        sources.append(re.escape(piece) + tail + ("?" if tail and len(longer) < len(rests) else ""))
    return "|".join(sources)


def _pieces(marker: str) -> list[str]:
    """The words and runs of one sign that a marker is made of."""
    return [match.group() for match in _PIECES.finditer(marker)]
