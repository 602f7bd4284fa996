"""Group: a rollout's value beside those of the other rollouts of its question.

Source: pass rate and best of n as in Chen et al. 2021 (arXiv 2107.03374); the standardised value
is the advantage of GRPO (arXiv 2402.03300) as cythu/PeBR-R1@0f332ce computes it, (r - mean) / (std
+ 1e-6).
"""

import math
from collections.abc import Sequence
from typing import ClassVar, Literal, TypeAlias, get_args

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.base import Reward
from rewardkit.rewards.numbers import check_choice, check_number, finite_score
from rewardkit.rewards.walk import check_reward, question, score_all
from rewardkit.types import Rollout, Score

Statistic: TypeAlias = Literal["best-of", "pass-rate", "mean", "centered", "standardised"]
"""What is said about a group; the last two differ from rollout to rollout."""

STATISTICS: tuple[Statistic, ...] = get_args(Statistic)


def mean(values: Sequence[float]) -> float:
    """The mean of at least one value; the order of the values does not matter, to the last bit."""
    return math.fsum(values) / len(values)


def standardised(values: Sequence[float], epsilon: float = 1e-6) -> list[float]:
    """Each value's distance from the mean, in sample standard deviations.

    Args:
        values: At least one, finite.
        epsilon: Added to the standard deviation, in the values' unit.

    Returns:
        One number a value; exactly 0.0 for all of them where max - min is 0, as with a single
        value. The standard deviation of equal numbers comes out near 1e-7 in single precision, so
        it is not asked.

    >>> standardised([1.0, 1.0, 1.0])
    [0.0, 0.0, 0.0]
    >>> [round(value, 3) for value in standardised([0.0, 1.0])]
    [-0.707, 0.707]
    """
    if max(values) == min(values):
        return [0.0] * len(values)
    centre = mean(values)
    squares = math.fsum((value - centre) ** 2 for value in values)
    spread = math.sqrt(squares / (len(values) - 1))
    return [(value - centre) / (spread + epsilon) for value in values]


def group_values(
    values: Sequence[float], statistic: Statistic, threshold: float = 1.0, epsilon: float = 1e-6
) -> list[float]:
    """One statistic of a group's values, for each of them.

    Args:
        values: The judged ones of one question, at least one.
        statistic: See [`Group`][rewardkit.rewards.Group].
        threshold: From which value on a rollout passes, for `pass-rate`.
        epsilon: For `standardised`.

    Returns:
        One number a value.

    Raises:
        OverflowError: When a sum leaves the range of a float.

    >>> group_values([0.0, 1.0, 1.0, 1.0], "pass-rate")
    [0.75, 0.75, 0.75, 0.75]
    """
    count = len(values)
    if statistic == "best-of":
        return [max(values)] * count
    if statistic == "pass-rate":
        return [sum(value >= threshold for value in values) / count] * count
    if statistic == "mean":
        return [mean(values)] * count
    if statistic == "standardised":
        return standardised(values, epsilon)
    if max(values) == min(values):
        return [0.0] * count
    centre = mean(values)
    return [value - centre for value in values]


class Group(msgspec.Struct, frozen=True, tag_field="kind", tag="group", forbid_unknown_fields=True):
    """A reward seen beside the other rollouts of the same question.

    Attributes:
        reward: The reward whose values are compared.
        statistic: `best-of`: the group's highest value; `pass-rate`: the share that reaches the
            threshold; `mean`: the mean; `centered`: value minus mean; `standardised`: that in
            standard deviations.
        threshold: From which value on a rollout passes, for `pass-rate`.
        epsilon: Added to the standard deviation, for `standardised`; at least 0.

    Returns:
        Per rollout the statistic. Rollouts without a value are left out of it and stay None; so a
        group of which none is judged is None throughout. Equal values, by max - min, are exactly 0
        when centered or standardised. None where a rollout has no group, prompt or id. `parts`
        holds the `reward`.

    Raises:
        ConfigError: When the statistic is unknown, or a number is not finite.

    >>> from rewardkit import Rollout
    >>> from rewardkit.rewards import Length
    >>> replies = [Rollout(completion="", group="q", completion_tokens=n) for n in (512, 1024)]
    >>> [score.value for score in Group(Length(), statistic="mean")(replies)]
    [0.75, 0.75]
    """

    whole_groups: ClassVar[bool] = True
    reward: Reward
    statistic: Statistic = "standardised"
    threshold: float = 1.0
    epsilon: float = 1e-6

    def __post_init__(self) -> None:
        """Check the options."""
        check_reward(self.reward, "group.reward")
        check_choice(self.statistic, STATISTICS, "group.statistic")
        check_number(self.threshold, "group.threshold")
        check_number(self.epsilon, "group.epsilon")
        if self.epsilon < 0:
            raise ConfigError(f"group.epsilon: expected at least 0, got {self.epsilon!r}")

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout, then compare within each question."""
        scores = score_all(self.reward, rollouts)
        results = [_not_judged(score) for score in scores]
        rows: dict[str, list[int]] = {}
        for row, rollout in enumerate(rollouts):
            key = question(rollout)
            if key is None:
                reason = (
                    "group missing: expected a group, a prompt or an id to tell questions apart"
                )
                results[row] = Score(None, reason, {"reward": scores[row]})
            elif scores[row].value is not None:
                rows.setdefault(key, []).append(row)
        for its_rows in rows.values():
            for row, score in zip(its_rows, self._compare(its_rows, scores), strict=True):
                results[row] = score
        return results

    def _compare(self, rows: list[int], scores: list[Score]) -> list[Score]:
        values = [value for row in rows if (value := scores[row].value) is not None]
        try:
            stats = group_values(values, self.statistic, self.threshold, self.epsilon)
        except OverflowError:
            stats = [math.nan] * len(rows)
        return [
            finite_score(
                stat,
                f"{self.statistic} of {len(rows)} rollouts = {stat:g}, this one {value:g}: "
                f"{scores[row].reason}",
                {"reward": scores[row]},
            )
            for row, value, stat in zip(rows, values, stats, strict=True)
        ]


def _not_judged(score: Score) -> Score:
    return Score(None, f"reward not judged: {score.reason}", {"reward": score})
