"""Small statistics: mean and spread of a stream, pass@k, correlation, errors of means."""

import math
from collections.abc import Iterable, Sequence


class Moments:
    """Count, mean, spread and range of a stream of numbers, in constant memory.

    Source: Welford 1962, https://doi.org/10.1080/00401706.1962.10490022, for the variance. The
    mean is the sum by the count, so that it is exact for values of 0 and 1.

    >>> moments = Moments()
    >>> for value in (0.0, 1.0, 1.0, 0.0):
    ...     moments.add(value)
    >>> moments.mean, round(moments.std, 4)
    (0.5, 0.5774)
    """

    __slots__ = ("_centre", "_squares", "_total", "high", "low", "n")

    def __init__(self) -> None:
        """Begin with nothing."""
        self.n = 0
        self.low = math.inf
        self.high = -math.inf
        self._total = 0.0
        self._centre = 0.0
        self._squares = 0.0

    def add(self, value: float) -> None:
        """Take one finite number in."""
        self.n += 1
        self._total += value
        step = value - self._centre
        self._centre += step / self.n
        self._squares += step * (value - self._centre)
        if value < self.low:
            self.low = value
        if value > self.high:
            self.high = value

    @property
    def mean(self) -> float | None:
        """The mean, None of nothing."""
        if not self.n:
            return None
        # Rounding may carry the mean of equal values past them.
        return min(max(self._total / self.n, self.low), self.high)

    @property
    def std(self) -> float | None:
        """Standard deviation with n - 1, None of fewer than two; exactly 0.0 of equal values."""
        if self.n < 2:
            return None
        if self.low == self.high:
            return 0.0
        return math.sqrt(max(self._squares, 0.0) / (self.n - 1))


def pass_at_k(n: int, right: int, k: int) -> float:
    """Chance that at least one of k rollouts, drawn without putting back, is right.

    Args:
        n: Judged rollouts of the question, at least k.
        right: How many of them are right.
        k: Rollouts drawn, at least 1.

    Returns:
        The unbiased estimate 1 - C(n - right, k) / C(n, k), in [0, 1].

    Source: Chen et al. 2021, https://arxiv.org/abs/2107.03374, section 2.1.

    >>> pass_at_k(4, 1, 2)
    0.5
    """
    if n - right < k:
        return 1.0
    if k == 1:
        return right / n
    missed = 1.0
    for drawn in range(k):
        missed *= (n - right - drawn) / (n - drawn)
    return 1.0 - missed


def pearson(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Linear correlation in [-1, 1]; None of fewer than two pairs or a constant side.

    >>> pearson([1, 2, 3], [2, 4, 6])
    1.0
    """
    n = len(xs)
    if n < 2 or min(xs) == max(xs) or min(ys) == max(ys):
        return None
    # Scaled by the largest distance, so that no square overflows or vanishes.
    x_steps, y_steps = _centred(xs), _centred(ys)
    xx = math.fsum(x * x for x in x_steps)
    yy = math.fsum(y * y for y in y_steps)
    xy = math.fsum(x * y for x, y in zip(x_steps, y_steps, strict=True))
    return min(max(xy / math.sqrt(xx * yy), -1.0), 1.0)


def _centred(values: Sequence[float]) -> list[float]:
    mean = math.fsum(values) / len(values)
    steps = [value - mean for value in values]
    largest = max(abs(step) for step in steps) or 1.0
    return [step / largest for step in steps]


def spearman(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Correlation of ranks in [-1, 1], ties share their mean rank; None where `pearson` is None.

    >>> spearman([1, 2, 3], [1, 10, 100])
    1.0
    """
    return pearson(ranks(xs), ranks(ys)) if len(xs) > 1 else None


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values get the mean of theirs.

    >>> ranks([10, 30, 10])
    [1.5, 3.0, 1.5]
    """
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    start = 0
    for stop in range(1, len(order) + 1):
        if stop == len(order) or values[order[stop]] != values[order[start]]:
            for place in order[start:stop]:
                found[place] = (start + 1 + stop) / 2
            start = stop
    return found


def clustered_error(sums: Iterable[tuple[float, int]]) -> float | None:
    """Standard error of a mean whose rows come in groups of related ones.

    Rollouts of one question are not independent, so that the usual error would be too small. With
    one row in each group this is the usual standard error of the mean.

    Args:
        sums: For each group the sum of its values and their number, at least 1.

    Returns:
        The error, at least 0; None for fewer than two groups.

    Source: Miller 2024, https://arxiv.org/abs/2411.00640, on clustered errors; the factor
    G / (G - 1) for G groups is added, as is usual for small samples.

    >>> clustered_error([(1.0, 1), (0.0, 1), (1.0, 1), (0.0, 1)])  # 0.5774 / sqrt(4)
    0.28867513459481287
    """
    clusters = list(sums)
    if len(clusters) < 2:
        return None
    rows = sum(n for _, n in clusters)
    mean = math.fsum(total for total, _ in clusters) / rows
    squares = math.fsum((total - n * mean) ** 2 for total, n in clusters)
    return math.sqrt(squares * len(clusters) / (len(clusters) - 1)) / rows
