"""The most frequent reasons of a stream, in bounded memory.

Reasons carry the values of their row ("5 is not 7"), so that no two are alike. They are counted by
their shape, in which numbers and quoted texts are left out, and shown with one example.
"""

import re
from collections.abc import Sequence

import msgspec

MAX_REASON = 160
"""Characters of a reason that are looked at and shown."""

# Each alternative has its own first character, and the text is short: linear.
_VALUES = re.compile(
    r"(?<!\w)'[^']*'(?!\w)|\"[^\"]*\"|`[^`]*`|(?<![^\W\d_])[-+]?\d+(?:[.,/]\d+)*", re.ASCII
)


class TopReason(msgspec.Struct, frozen=True):
    """One kind of reason.

    Attributes:
        reason: Its shape: '…' stands for what differs between rows.
        count: Rows with it.
        example: The first reason of this shape.
    """

    reason: str
    count: int
    example: str


def shape(reason: str) -> str:
    """Leave out of a reason what belongs to one row only.

    >>> shape("answer '5' is not 7.5: wrong")
    'answer … is not …: wrong'
    """
    return _VALUES.sub("…", reason[:MAX_REASON])


class ReasonCounter:
    """Counts shapes of reasons; rare ones are dropped when there are too many.

    Counts are exact while there are at most twice `capacity` shapes. Beyond that they are lower
    bounds, at most `missed` too low, and no reason with more than rows / capacity rows is lost.

    Source: Misra and Gries 1982, https://doi.org/10.1016/0167-6423(82)90012-0, cut back in batches.
    """

    __slots__ = ("_capacity", "_counts", "_examples", "missed")

    def __init__(self, capacity: int = 512) -> None:
        """Begin with nothing."""
        self._capacity = capacity
        self._counts: dict[str, int] = {}
        self._examples: dict[str, str] = {}
        self.missed = 0

    def add(self, reason: str) -> None:
        """Count one reason."""
        key = shape(reason)
        if key in self._counts:
            self._counts[key] += 1
            return
        self._counts[key] = 1
        self._examples[key] = reason[:MAX_REASON]
        if len(self._counts) > 2 * self._capacity:
            self._cut()

    def _cut(self) -> None:
        spared = sorted(self._counts.values(), reverse=True)[self._capacity]
        self.missed += spared
        self._counts = {key: n - spared for key, n in self._counts.items() if n > spared}
        self._examples = {key: self._examples[key] for key in self._counts}

    def top(self, n: int) -> Sequence[TopReason]:
        """The n most frequent kinds; equally frequent ones in the order of the alphabet.

        >>> counter = ReasonCounter()
        >>> for reason in ("5 is not 7", "8 is not 9", "no answer"):
        ...     counter.add(reason)
        >>> [(top.count, top.reason) for top in counter.top(2)]
        [(2, '… is not …'), (1, 'no answer')]
        """
        ordered = sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))
        return [TopReason(key, count, self._examples[key]) for key, count in ordered[:n]]
