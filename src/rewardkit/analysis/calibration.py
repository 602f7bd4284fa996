"""How well a score tells matching pairs from mismatched ones, and where it should pay in full."""

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from rewardkit.analysis.statistics import ranks

MIN_PAIRS: Final = 20
"""Pairs of each kind under which figures say too little to propose anything."""

MIN_AUC: Final = 0.6
"""Below it an encoder can hardly tell these images apart: 0.5 is guessing."""


class Spread(msgspec.Struct, frozen=True):
    """Where some scores lie; None of nothing.

    Attributes:
        pairs: How many there are.
        mean: Their mean.
        q01: 1 % are at most so large; the others likewise, interpolated in between.
    """

    pairs: int
    mean: float | None
    q01: float | None
    q05: float | None
    q25: float | None
    q50: float | None
    q75: float | None
    q95: float | None
    q99: float | None


class Proposal(msgspec.Struct, frozen=True):
    """The score that should pay in full, and what it would pay these pairs.

    Attributes:
        saturate_at: None where nothing can be proposed.
        reason: The rule that gave it, or why there is none.
        matching_in_full: Share of the matching pairs that would be paid in full.
        mismatched_in_full: The same of the mismatched ones.
        matching_mean: What the matching pairs would be paid on average.
        mismatched_mean: The same of the mismatched ones.
        weak: Whether there is none because the pairs are too few or too hard to tell apart.
    """

    saturate_at: float | None
    reason: str
    matching_in_full: float | None = None
    mismatched_in_full: float | None = None
    matching_mean: float | None = None
    mismatched_mean: float | None = None
    weak: bool = False


def quantile(ordered: Sequence[float], share: float) -> float:
    """The score that so large a share lies at or below, in a straight line between neighbours.

    Args:
        ordered: At least one score, in rising order.
        share: In [0, 1].

    >>> quantile([1.0, 2.0, 4.0], 0.75)
    3.0
    """
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    # One product and one sum, so that equal neighbours give exactly their value.
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def spread_of(scores: Sequence[float]) -> Spread:
    """Where some scores lie.

    >>> spread_of([]).q50, spread_of([0.25, 0.75]).q50
    (None, 0.5)
    """
    if not scores:
        return Spread(0, *[None] * 8)
    ordered = sorted(scores)
    shares = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
    mean = min(max(math.fsum(ordered) / len(ordered), ordered[0]), ordered[-1])
    return Spread(len(ordered), mean, *(quantile(ordered, share) for share in shares))


def area_under_curve(matching: Sequence[float], mismatched: Sequence[float]) -> float | None:
    """The chance that a matching pair scores above a mismatched one; a tie counts half.

    Returns:
        The area under the ROC curve, in [0, 1], 0.5 for guessing; None where a side is empty.

    Source: Mann and Whitney 1947, https://doi.org/10.1214/aoms/1177730491; Hanley and McNeil 1982,
    https://doi.org/10.1148/radiology.143.1.7063747.

    >>> area_under_curve([0.3, 0.5], [0.1, 0.3])
    0.875
    """
    n, m = len(matching), len(mismatched)
    if not n or not m:
        return None
    above = math.fsum(ranks([*matching, *mismatched])[:n]) - n * (n + 1) / 2
    return above / (n * m)


def overlap(matching: Sequence[float], mismatched: Sequence[float]) -> float | None:
    """What the best threshold gets wrong: matching pairs below it and mismatched ones from it on.

    Returns:
        The least sum of both shares, in [0, 1]: 0 where one threshold separates them, 1 where none
        is better than chance; None where a side is empty. It is 1 less Youden's J.

    Source: Youden 1950, https://doi.org/10.1002/1097-0142(1950)3:1%3C32::AID-CNCR2820030106%3E3.0.CO;2-3.

    >>> overlap([0.3, 0.5], [0.1, 0.3])
    0.5
    """
    n, m = len(matching), len(mismatched)
    if not n or not m:
        return None
    labelled = sorted([(s, True) for s in matching] + [(s, False) for s in mismatched])
    missed, refused, best = 0, 0, 0.0
    for place, (score, matches) in enumerate(labelled):
        missed += matches
        refused += not matches
        if place + 1 == len(labelled) or labelled[place + 1][0] != score:
            best = max(best, refused / m - missed / n)
    return 1.0 - best


def propose(matching: Sequence[float], mismatched: Sequence[float]) -> Proposal:
    """Propose the score that pays in full.

    The median of the matching pairs, or the 95 % quantile of the mismatched ones where that is
    higher: a description as good as a usual one of this data is paid in full, so that nothing is
    gained by flattering the encoder beyond what true descriptions reach, and about one
    mismatched pair in twenty at most.

    Args:
        matching: Scores of matching pairs.
        mismatched: Scores of mismatched pairs.

    Returns:
        The proposal, rounded to four digits after the point; without a value where there are fewer
        than 20 pairs of a kind, the AUC is below 0.6, or the value would not be above 0.

    >>> proposal = propose([0.4] * 20, [0.1] * 20)
    >>> proposal.saturate_at, proposal.mismatched_mean
    (0.4, 0.25)
    """
    if min(len(matching), len(mismatched)) < MIN_PAIRS:
        return Proposal(
            None,
            f"expected at least {MIN_PAIRS} matching and mismatched pairs, got {len(matching)} "
            f"and {len(mismatched)}",
            weak=True,
        )
    auc = area_under_curve(matching, mismatched) or 0.0
    if auc < MIN_AUC:
        return Proposal(
            None,
            f"separation too weak to use: AUC {auc:.3f}, expected at least {MIN_AUC}",
            weak=True,
        )
    median, rare = quantile(sorted(matching), 0.5), quantile(sorted(mismatched), 0.95)
    at = round(max(median, rare), 4)
    if at <= 0.0:
        reason = f"expected cosines above 0 of matching pairs, got {at} at the place to saturate"
        return Proposal(None, reason, weak=True)
    rule = "median of matching" if median >= rare else "95 % quantile of mismatched"
    return Proposal(
        at,
        f"the {rule} pairs",
        _share_in_full(matching, at),
        _share_in_full(mismatched, at),
        _mean_pay(matching, at),
        _mean_pay(mismatched, at),
    )


def _share_in_full(scores: Sequence[float], at: float) -> float:
    return sum(score >= at for score in scores) / len(scores)


def _mean_pay(scores: Sequence[float], at: float) -> float:
    return math.fsum(min(max(score / at, 0.0), 1.0) for score in scores) / len(scores)
