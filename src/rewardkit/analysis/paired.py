"""Differences of paired values: how many are better or worse, and by how much on average."""

from array import array
from typing import Literal, TypeAlias

import msgspec

from rewardkit.analysis.groups import GroupNumbers
from rewardkit.analysis.statistics import Moments, clustered_error
from rewardkit.scored import ScoredRow

Change: TypeAlias = Literal[
    "better", "worse", "equal", "newly_judged", "newly_unjudged", "unjudged"
]
"""What became of a value from A to B; `unjudged` is null in both."""


def change(a: float | None, b: float | None, tolerance: float = 0.0) -> Change:
    """Name what became of a value.

    >>> change(0.0, 1.0), change(1.0, None), change(0.5, 0.5 + 1e-12, 1e-9)
    ('better', 'newly_unjudged', 'equal')
    """
    if a is None:
        return "unjudged" if b is None else "newly_judged"
    if b is None:
        return "newly_unjudged"
    if abs(b - a) <= tolerance:
        return "equal"
    return "better" if b > a else "worse"


class PartComparison(msgspec.Struct, frozen=True):
    """What became of one part, or of the reward, over matched rows that have it in both files.

    Attributes:
        unjudged: Rows that are not judged in either file.
        pairs: Rows judged in both; the means are of these, None without any.
        difference: Mean of B - A.
        error: Standard error of the difference; rollouts of one question count as related. None
            when the pairs are of fewer than two questions.
        low: Lower end of the 95 % interval of the difference.
        high: Upper end.
    """

    better: int
    worse: int
    equal: int
    newly_judged: int
    newly_unjudged: int
    unjudged: int
    pairs: int
    mean_a: float | None
    mean_b: float | None
    difference: float | None
    error: float | None
    low: float | None
    high: float | None


class PartPairs:
    """Takes in one part's pairs of values."""

    __slots__ = ("_a", "_b", "_changes", "_difference", "_rows", "_sums", "_tolerance")

    def __init__(self, tolerance: float) -> None:
        """Begin with nothing; values that differ by at most `tolerance` are equal."""
        self._tolerance = tolerance
        self._changes: dict[Change, int] = {}
        self._a, self._b, self._difference = Moments(), Moments(), Moments()
        self._sums = array("d")
        self._rows = array("L")

    def add(self, group: int, a: float | None, b: float | None) -> None:
        """Take in one row's values; `group` is the number of its question."""
        kind = change(a, b, self._tolerance)
        self._changes[kind] = self._changes.get(kind, 0) + 1
        if a is None or b is None:
            return
        self._a.add(a)
        self._b.add(b)
        self._difference.add(b - a)
        if group >= len(self._rows):
            missing = group + 1 - len(self._rows)
            self._sums.extend([0.0] * missing)
            self._rows.extend([0] * missing)
        self._sums[group] += b - a
        self._rows[group] += 1

    def report(self) -> PartComparison:
        """Compute the figures."""
        clusters = [(s, n) for s, n in zip(self._sums, self._rows, strict=True) if n]
        difference, error = self._difference.mean, clustered_error(clusters)
        low = high = None
        if difference is not None and error is not None:
            reach = error * t_quantile(len(clusters) - 1)
            low, high = difference - reach, difference + reach
        counts = self._changes
        return PartComparison(
            better=counts.get("better", 0),
            worse=counts.get("worse", 0),
            equal=counts.get("equal", 0),
            newly_judged=counts.get("newly_judged", 0),
            newly_unjudged=counts.get("newly_unjudged", 0),
            unjudged=counts.get("unjudged", 0),
            pairs=self._difference.n,
            mean_a=self._a.mean,
            mean_b=self._b.mean,
            difference=difference,
            error=error,
            low=low,
            high=high,
        )


def t_quantile(degrees: int) -> float:
    """The 97.5 % point of Student's t distribution.

    Args:
        degrees: Degrees of freedom, at least 1.

    >>> round(t_quantile(10), 3)
    2.228
    """
    # Slow to import, and needed once at the end.
    from scipy.special import stdtrit  # type: ignore[import-untyped]  # scipy ships no types

    return float(stdtrit(degrees, 0.975))


class Paired:
    """Takes in matched rows; memory grows with the number of questions and parts."""

    def __init__(self, tolerance: float) -> None:
        """Begin with nothing."""
        self._tolerance = tolerance
        self._groups = GroupNumbers()
        self.reward = PartPairs(tolerance)
        self.parts: dict[str, PartPairs] = {}
        self.names_a: dict[str, None] = {}
        self.names_b: dict[str, None] = {}

    def add(self, a: ScoredRow, b: ScoredRow) -> None:
        """Take in one matched row; its question is the one that A says."""
        group = self._groups.number(a.group)
        self.reward.add(group, a.reward, b.reward)
        self.names_a.update(dict.fromkeys(a.scores))
        self.names_b.update(dict.fromkeys(b.scores))
        for name, old in a.scores.items():
            new = b.scores.get(name)
            if new is None:
                continue
            pairs = self.parts.get(name)
            if pairs is None:
                pairs = self.parts[name] = PartPairs(self._tolerance)
            pairs.add(group, old.value, new.value)
