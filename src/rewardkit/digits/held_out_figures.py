"""How well the policy does on digits never trained on, after each stage, and what it gained."""

from collections.abc import Callable, Sequence

import msgspec

from rewardkit.analysis.paired import PartPairs
from rewardkit.analysis.statistics import clustered_error
from rewardkit.digits.replies import ACCURACY, FORMAT, PERCEPTION, Evaluated, Reply


class Estimate(msgspec.Struct, frozen=True):
    """A mean, or a difference of means, with its standard error; None where nothing is judged."""

    value: float | None
    error: float | None


class StageFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How well the policy does after a stage, on greedy replies to unseen scans.

    Attributes:
        stage: That trained it last.
        questions: How many.
        accuracy: Share of right answers.
        perception: Share of digits that are named right in their places.
        both: Share of images of which both are.
        format: Share of replies that are well-formed.
        tokens: Mean length of a reply.
    """

    stage: str
    questions: int
    accuracy: Estimate
    perception: Estimate
    both: Estimate
    format: Estimate
    tokens: Estimate


class Gain(msgspec.Struct, frozen=True, kw_only=True):
    """What a stage has over the warm-up, question by question."""

    stage: str
    accuracy: Estimate
    perception: Estimate
    both: Estimate


def stage_figures(evaluated: Evaluated) -> StageFigures:
    """Means over the questions of one evaluation."""
    replies = list(evaluated.replies.values())
    return StageFigures(
        stage=evaluated.stage,
        questions=len(replies),
        accuracy=mean_of([reply.part(ACCURACY) for reply in replies]),
        perception=mean_of([reply.part(PERCEPTION) for reply in replies]),
        both=mean_of([reply.both for reply in replies]),
        format=mean_of([reply.part(FORMAT) for reply in replies]),
        tokens=mean_of([reply.completion_tokens for reply in replies]),
    )


def mean_of(values: Sequence[float | None]) -> Estimate:
    """The mean of what is judged.

    >>> mean_of([1.0, 0.0, None])
    Estimate(value=0.5, error=0.5)
    """
    judged = [value for value in values if value is not None]
    mean = sum(judged) / len(judged) if judged else None
    return Estimate(mean, clustered_error((value, 1) for value in judged))


def gain_over(start: Evaluated, end: Evaluated) -> Gain:
    """What the replies at the end have over those at the start, question by question."""

    def gain(value: Callable[[Reply], float | None]) -> Estimate:
        pairs = PartPairs(tolerance=0.0)
        shared = [name for name in start.replies if name in end.replies]
        for number, name in enumerate(shared):
            pairs.add(number, value(start.replies[name]), value(end.replies[name]))
        found = pairs.report()
        return Estimate(found.difference, found.error)

    return Gain(
        stage=end.stage,
        accuracy=gain(lambda reply: reply.part(ACCURACY)),
        perception=gain(lambda reply: reply.part(PERCEPTION)),
        both=gain(lambda reply: reply.both),
    )
