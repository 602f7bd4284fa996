"""The figures of one part of a reward, taken in score by score."""

from collections.abc import Sequence

import msgspec

from rewardkit.analysis.groups import GroupCounts, GroupVariance
from rewardkit.analysis.histogram import Histogram, bars
from rewardkit.analysis.reasons import ReasonCounter, TopReason
from rewardkit.analysis.statistics import Moments
from rewardkit.scored import PartScore


class PartSummary(msgspec.Struct, frozen=True):
    """The figures of one part, or of the reward.

    Attributes:
        judged: Rows with a value; mean and spread are of these. Means of nothing are None.
        unjudged: Rows whose value is null.
        absent: Rows without this part.
        std: Standard deviation with n - 1.
        edges: Lowest and highest value of the histogram.
        histogram: Counts in equal bins between the edges; one bin where all values are equal.
        line: The histogram in block characters.
        unjudged_reasons: Why rows are not judged, the most frequent first.
        low_reasons: Reasons of values that are not right, the most frequent first.
        reasons_missed: How much too low the counts of reasons may be; 0 is exact.
    """

    judged: int
    unjudged: int
    absent: int
    mean: float | None
    std: float | None
    min: float | None
    max: float | None
    histogram: list[int]
    line: str
    groups: GroupVariance
    unjudged_reasons: Sequence[TopReason]
    low_reasons: Sequence[TopReason]
    reasons_missed: int


class PartFigures:
    """Takes in one part's scores."""

    def __init__(self, correct_at: float) -> None:
        """Begin with nothing."""
        self.unjudged = 0
        self.moments = Moments()
        self.histogram = Histogram()
        self.counts = GroupCounts(correct_at)
        self.unjudged_reasons = ReasonCounter()
        self.low_reasons = ReasonCounter()

    def add(self, group: int, score: PartScore) -> None:
        """Take in the score of one rollout of the question of this number."""
        value = score.value
        self.counts.add(group, value)
        if value is None:
            self.unjudged += 1
            self.unjudged_reasons.add(score.reason)
            return
        self.moments.add(value)
        self.histogram.add(value)
        if score.reason and not self.counts.is_right(value):
            self.low_reasons.add(score.reason)

    def report(self, rows: int, reasons: int, right_at: float | None = None) -> PartSummary:
        """Compute the figures.

        Args:
            rows: Rows of all files, with this part or without.
            reasons: How many reasons to give, of each kind.
            right_at: From which value a question without variance is all right; None for the value
                that makes a rollout right.
        """
        moments = self.moments
        some = moments.n > 0
        histogram = self.histogram.counts(moments.low, moments.high) if some else []
        return PartSummary(
            judged=moments.n,
            unjudged=self.unjudged,
            absent=rows - moments.n - self.unjudged,
            mean=moments.mean,
            std=moments.std,
            min=moments.low if some else None,
            max=moments.high if some else None,
            histogram=histogram,
            line=bars(histogram),
            groups=self.counts.variance(moments.low, right_at),
            unjudged_reasons=self.unjudged_reasons.top(reasons),
            low_reasons=self.low_reasons.top(reasons),
            reasons_missed=max(self.unjudged_reasons.missed, self.low_reasons.missed),
        )
