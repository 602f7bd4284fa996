"""Clip, Scale, Saturate: one reward's value bent, its parts and its None untouched."""

from collections.abc import Sequence

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.base import Reward
from rewardkit.rewards.numbers import check_number, finite_score
from rewardkit.rewards.walk import check_reward, score_all
from rewardkit.types import Rollout, Score


def clip(value: float, low: float | None, high: float | None) -> float:
    """The nearest number within the bounds; None is no bound.

    >>> clip(1.5, 0.0, 1.0), clip(-5.0, None, 1.0)
    (1.0, -5.0)
    """
    if low is not None and value < low:
        return low
    return high if high is not None and value > high else value


def saturate(value: float, at: float) -> float:
    """Rise in a straight line from 0 at 0 to 1 at `at`, and stay there; 0 below 0.

    Returns:
        A number in [0, 1].

    Source: PeBR-R1's cosine term (arXiv 2509.13031; cythu/PeBR-R1@0f332ce), 1 if c >= 0.4 else c /
        0.4, which pays a negative cosine a negative number; here it pays 0.

    >>> saturate(0.3, 0.4), saturate(0.5, 0.4), saturate(-0.2, 0.4)
    (0.7499999999999999, 1.0, 0.0)
    """
    return 1.0 if value >= at else max(value / at, 0.0)


class Clip(msgspec.Struct, frozen=True, tag_field="kind", tag="clip", forbid_unknown_fields=True):
    """A reward kept within bounds.

    Attributes:
        reward: The reward.
        low: Lowest value; None is no bound.
        high: Highest value; None is no bound.

    Returns:
        Per rollout the value in [low, high]; None where the reward gives None. Parts are the
        reward's.

    Raises:
        ConfigError: When no bound is given, one is not finite, or low is above high.

    >>> from rewardkit import Rollout
    >>> from rewardkit.rewards import Constant
    >>> Clip(Constant(7.0), low=0.0, high=1.0)([Rollout(completion="x")])[0].value
    1.0
    """

    reward: Reward
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        """Check the options."""
        check_reward(self.reward, "clip.reward")
        if self.low is None and self.high is None:
            raise ConfigError("clip: expected low, high or both, got neither")
        if self.low is not None:
            check_number(self.low, "clip.low")
        if self.high is not None:
            check_number(self.high, "clip.high")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ConfigError(f"clip.low: expected at most high = {self.high!r}, got {self.low!r}")

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout and clip."""
        scores = score_all(self.reward, rollouts)
        return [
            score
            if score.value is None
            else _bent(score, score.value, clip(score.value, self.low, self.high), "clipped")
            for score in scores
        ]


class Scale(msgspec.Struct, frozen=True, tag_field="kind", tag="scale", forbid_unknown_fields=True):
    """A reward times a factor plus an offset.

    Attributes:
        reward: The reward.
        factor: Any finite number.
        offset: Any finite number, added after the factor.

    Returns:
        Per rollout factor * value + offset; None where the reward gives None or the result
        overflows.

    Raises:
        ConfigError: When a number is not finite.

    >>> from rewardkit import Rollout
    >>> from rewardkit.rewards import Constant
    >>> Scale(Constant(1.0), factor=2.0, offset=-1.0)([Rollout(completion="x")])[0].value
    1.0
    """

    reward: Reward
    factor: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        """Check the options."""
        check_reward(self.reward, "scale.reward")
        check_number(self.factor, "scale.factor")
        check_number(self.offset, "scale.offset")

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout and scale."""
        scores = score_all(self.reward, rollouts)
        return [
            score
            if score.value is None
            else _bent(score, score.value, self.factor * score.value + self.offset, "scaled")
            for score in scores
        ]


class Saturate(
    msgspec.Struct, frozen=True, tag_field="kind", tag="saturate", forbid_unknown_fields=True
):
    """A reward that pays in full from a threshold on, and in proportion below it.

    Attributes:
        reward: The reward.
        at: The value that pays 1, above 0.

    Returns:
        Per rollout a value in [0, 1]: 1 from `at` on, value / at below, 0 below 0; None stays None.

    Raises:
        ConfigError: When `at` is not a finite number above 0.

    Source: PeBR-R1 (arXiv 2509.13031), where the threshold of the cosine is 0.4.

    >>> from rewardkit import Rollout
    >>> from rewardkit.rewards import Constant
    >>> Saturate(Constant(0.2), at=0.4)([Rollout(completion="x")])[0].value
    0.5
    """

    reward: Reward
    at: float

    def __post_init__(self) -> None:
        """Check the options."""
        check_reward(self.reward, "saturate.reward")
        check_number(self.at, "saturate.at")
        if self.at <= 0:
            raise ConfigError(f"saturate.at: expected a number above 0, got {self.at!r}")

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout and saturate."""
        scores = score_all(self.reward, rollouts)
        return [
            score
            if score.value is None
            else _bent(score, score.value, saturate(score.value, self.at), "saturated")
            for score in scores
        ]


def _bent(score: Score, old: float, new: float, how: str) -> Score:
    if new == old:
        return score
    return finite_score(new, f"{old:g} {how} to {new:g}: {score.reason}", score.parts)
