"""Counts for each question: how many rollouts are judged, how many right, and their range.

This is what grows with the input: about 200 bytes a question and 33 bytes a question and part.
"""

import math
from array import array
from collections.abc import Iterator, Sequence

import msgspec

from rewardkit.analysis.statistics import pass_at_k

ROUNDING = 1e-9
"""How far a value may miss a threshold: 0.7 + 0.2 + 0.1 is a hair less than 1."""


class GroupVariance(msgspec.Struct, frozen=True):
    """Questions whose rollouts all got the same value: a policy gradient learns nothing from them.

    Attributes:
        groups: Questions with at least two judged rollouts; the shares are of these.
        left_out: Questions with fewer.
        all_right: Questions whose values are all equal and right.
        all_wrong: All equal, not right, and the lowest value that this part took anywhere.
        all_equal: All equal, and neither of the two.
        share: Share of `groups` without variance, in [0, 1]; None without groups.
    """

    groups: int
    left_out: int
    all_right: int
    all_wrong: int
    all_equal: int
    share: float | None


class PassAtK(msgspec.Struct, frozen=True):
    """Mean over questions of the chance that one of k rollouts is right.

    Attributes:
        k: Rollouts drawn.
        value: The mean in [0, 1]; None without groups.
        groups: Questions with at least k judged rollouts.
        left_out: Questions with fewer.
    """

    k: int
    value: float | None
    groups: int
    left_out: int


class GroupNumbers:
    """Numbers the questions in the order of their first appearance.

    >>> numbers = GroupNumbers()
    >>> [numbers.number(group) for group in ("b", "a", "b")]
    [0, 1, 0]
    """

    __slots__ = ("numbers",)

    def __init__(self) -> None:
        """Begin with no question."""
        self.numbers: dict[str, int] = {}

    def number(self, group: str) -> int:
        """The number of a question, a new one where it is new."""
        return self.numbers.setdefault(group, len(self.numbers))

    def __len__(self) -> int:
        """How many questions there are."""
        return len(self.numbers)


class GroupCounts:
    """One part's counts by question."""

    __slots__ = ("_correct_at", "_high", "_judged", "_low", "_met", "_right")

    def __init__(self, correct_at: float) -> None:
        """Begin with nothing; values from `correct_at` on are right."""
        self._correct_at = correct_at - ROUNDING
        self._met = bytearray()
        self._judged = array("L")
        self._right = array("L")
        self._low = array("d")
        self._high = array("d")

    def is_right(self, value: float) -> bool:
        """Whether a value counts as right."""
        return value >= self._correct_at

    def add(self, group: int, value: float | None) -> None:
        """Take in one rollout of the question of this number; None is not judged."""
        if group >= len(self._judged):
            self._grow(group + 1 - len(self._judged))
        self._met[group] = 1
        if value is None:
            return
        if not self._judged[group]:
            self._low[group] = self._high[group] = value
        elif value < self._low[group]:
            self._low[group] = value
        elif value > self._high[group]:
            self._high[group] = value
        self._judged[group] += 1
        self._right[group] += value >= self._correct_at

    def _grow(self, n: int) -> None:
        self._met.extend(bytes(n))
        for column in (self._judged, self._right):
            column.extend([0] * n)
        for limits in (self._low, self._high):
            limits.extend([0.0] * n)

    def __getitem__(self, group: int) -> tuple[int, int]:
        """Judged and right rollouts of a question; (0, 0) of one that this part never met."""
        if group >= len(self._judged):
            return 0, 0
        return self._judged[group], self._right[group]

    def is_mixed(self, group: int) -> bool:
        """Whether the judged rollouts of the question of this number differ."""
        return self._judged[group] > 1 and self._low[group] != self._high[group]

    def judged(self) -> Iterator[tuple[int, int]]:
        """Judged and right rollouts of the questions with at least one judged."""
        return ((n, c) for n, c in zip(self._judged, self._right, strict=True) if n)

    def _fewer_than(self, k: int) -> int:
        """Questions that have this part, but fewer than k judged rollouts."""
        return sum(1 for met, n in zip(self._met, self._judged, strict=True) if met and n < k)

    def variance(self, lowest: float, right_at: float | None = None) -> GroupVariance:
        """Count the questions without variance by max - min.

        Args:
            lowest: The lowest value that this part took in any row.
            right_at: Values from here on are all right; None for those that count as right.
        """
        threshold = self._correct_at if right_at is None else right_at - ROUNDING
        groups = right = wrong = equal = 0
        for n, low, high in zip(self._judged, self._low, self._high, strict=True):
            if n < 2:
                continue
            groups += 1
            if low != high:
                continue
            if low >= threshold:
                right += 1
            elif low == lowest:
                wrong += 1
            else:
                equal += 1
        share = (right + wrong + equal) / groups if groups else None
        return GroupVariance(groups, self._fewer_than(2), right, wrong, equal, share)

    def pass_at(self, ks: Sequence[int]) -> list[PassAtK]:
        """Estimate pass@k over the questions with enough judged rollouts."""
        found = []
        for k in ks:
            chances = [pass_at_k(n, right, k) for n, right in self.judged() if n >= k]
            # Rounded once, so that the order of the questions doesn't show.
            value = math.fsum(chances) / len(chances) if chances else None
            found.append(PassAtK(k, value, len(chances), self._fewer_than(k)))
        return found
