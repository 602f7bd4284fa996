"""Best: the highest of several rewards."""

from collections.abc import Mapping, Sequence

import msgspec

from rewardkit.rewards.base import Reward
from rewardkit.rewards.numbers import UNJUDGED, Unjudged, check_choice, first_unjudged
from rewardkit.rewards.walk import check_names, check_reward, score_all
from rewardkit.types import Rollout, Score


def best_of(scores: Mapping[str, Score], unjudged: Unjudged = "none") -> Score:
    """The highest of several scores; of equal ones the first.

    Args:
        scores: By name, at least one.
        unjudged: `none`: one score without a value leaves the best without one, for it might have
            been higher; `skip`: the best of those judged, None where there is none; `zero`: it
            counts as 0.

    >>> best_of({"a": Score(0.2, "x"), "b": Score(0.7, "y")}).reason
    'best is b = 0.7: y'
    """
    parts = dict(scores)
    why = first_unjudged(parts)
    zero = 0.0 if unjudged == "zero" else None
    values = {n: zero if s.value is None else s.value for n, s in parts.items()}
    judged = [(value, name) for name, value in values.items() if value is not None]
    if not judged or (why and unjudged == "none"):
        return Score(None, why, parts)
    value, name = max(judged, key=lambda pair: pair[0])
    return Score(value, f"best is {name} = {value:g}: {parts[name].reason}", parts)


class Best(msgspec.Struct, frozen=True, tag_field="kind", tag="best", forbid_unknown_fields=True):
    """The highest of several rewards, with every one kept as a part.

    Attributes:
        rewards: By name; names hold no full stop.
        unjudged: What a reward without a value does: `none` leaves the best without one, `skip`
            takes the best of the others, `zero` counts it as 0.

    Returns:
        Per rollout the highest value; of equal ones the first named gives the reason.

    Raises:
        ConfigError: When there is no reward.

    >>> from rewardkit import Rollout
    >>> from rewardkit.rewards import Constant
    >>> best = Best({"low": Constant(0.1), "high": Constant(0.8)})
    >>> best([Rollout(completion="x")])[0].value
    0.8
    """

    rewards: dict[str, Reward]
    unjudged: Unjudged = "none"

    def __post_init__(self) -> None:
        """Check the options."""
        check_names(self.rewards, "best.rewards")
        check_choice(self.unjudged, UNJUDGED, "best.unjudged")
        for name, reward in self.rewards.items():
            check_reward(reward, f"best.rewards.{name}")

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout by every reward."""
        columns = [score_all(reward, rollouts) for reward in self.rewards.values()]
        return [
            best_of(dict(zip(self.rewards, row, strict=True)), self.unjudged)
            for row in zip(*columns, strict=True)
        ]
