"""A reward that is the same for every rollout: a baseline, or the last resort of a route."""

from collections.abc import Sequence

import msgspec

from rewardkit.rewards.numbers import check_number
from rewardkit.types import Rollout, Score


class Constant(
    msgspec.Struct, frozen=True, tag_field="kind", tag="constant", forbid_unknown_fields=True
):
    """Give every rollout the same value.

    Args:
        value: Any finite number.

    Raises:
        ConfigError: When the value is NaN or infinite.

    >>> Constant(0.5)([Rollout(completion="anything")])
    [Score(value=0.5, reason='constant', parts={})]
    """

    value: float

    def __post_init__(self) -> None:
        """Refuse a value that no score may have."""
        check_number(self.value, "constant.value")

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout with `value`."""
        return [Score(float(self.value), "constant") for _ in rollouts]
