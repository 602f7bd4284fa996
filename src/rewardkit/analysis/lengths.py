"""Length against reward: does the policy get paid for long replies, or for short ones?"""

import random
from array import array
from bisect import bisect_right

import msgspec

from rewardkit.analysis.statistics import pearson, spearman

MAX_PAIRS = 100_000
"""Rows that the figures are computed from; of more rows, a random sample of this size."""


class LengthBin(msgspec.Struct, frozen=True):
    """Rows whose replies are about equally long, about a quarter of all.

    Attributes:
        shortest: Shortest reply.
        longest: Longest reply.
        n: Rows.
        mean_reward: Their mean reward.
    """

    shortest: int
    longest: int
    n: int
    mean_reward: float


class LengthReport(msgspec.Struct, frozen=True):
    """How length and reward go together.

    Attributes:
        unit: `tokens` or `characters`.
        rows: Rows with a length and a reward.
        sampled: Rows that the figures are computed from.
        pearson: Linear correlation in [-1, 1]; None where one of the two is constant.
        spearman: Correlation of ranks in [-1, 1]; None likewise.
        bins: At most four bins from short to long.
    """

    unit: str
    rows: int
    sampled: int
    pearson: float | None
    spearman: float | None
    bins: list[LengthBin]


class LengthSample:
    """A bounded sample of lengths and rewards; the same rows give the same sample.

    Source: Vitter 1985, https://doi.org/10.1145/3147.3165, algorithm R.
    """

    __slots__ = ("_lengths", "_max_pairs", "_random", "_rewards", "rows")

    def __init__(self, max_pairs: int = MAX_PAIRS) -> None:
        """Begin with nothing."""
        self.rows = 0
        self._max_pairs = max_pairs
        self._lengths = array("q")
        self._rewards = array("d")
        # Of its own and seeded, so that nobody else's draws change the figures.
        self._random = random.Random(0)

    def add(self, length: int, reward: float) -> None:
        """Take in one row."""
        self.rows += 1
        if self.rows <= self._max_pairs:
            self._lengths.append(length)
            self._rewards.append(reward)
            return
        place = int(self._random.random() * self.rows)
        if place < self._max_pairs:
            self._lengths[place] = length
            self._rewards[place] = reward

    def report(self, unit: str) -> LengthReport:
        """Compute the figures.

        >>> sample = LengthSample()
        >>> for length in range(8):
        ...     sample.add(length, length / 10)
        >>> report = sample.report("tokens")
        >>> report.spearman, [found.n for found in report.bins]
        (1.0, [2, 2, 2, 2])
        """
        lengths = [float(length) for length in self._lengths]
        return LengthReport(
            unit,
            self.rows,
            len(lengths),
            pearson(lengths, self._rewards),
            spearman(lengths, self._rewards),
            self._bins(),
        )

    def _bins(self) -> list[LengthBin]:
        ordered = sorted(zip(self._lengths, self._rewards, strict=True))
        n = len(ordered)
        # Equal lengths stay together: an edge is the first row of its length.
        edges = sorted({ordered[n * quarter // 4][0] for quarter in (1, 2, 3)}) if n else []
        parts: list[list[tuple[int, float]]] = [[] for _ in range(len(edges) + 1)]
        for length, reward in ordered:
            parts[bisect_right(edges, length)].append((length, reward))
        return [
            LengthBin(
                part[0][0], part[-1][0], len(part), sum(reward for _, reward in part) / len(part)
            )
            for part in parts
            if part
        ]
