"""Weighted sum: several parts, each kept beside the sum, paid by stated weights.

Source: correctness plus format, as in R1-V and EasyR1 (0.9 and 0.1 in cythu/PeBR-R1@0f332ce).
"""

import math
from collections.abc import Mapping, Sequence

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.base import Reward
from rewardkit.rewards.numbers import (
    UNJUDGED,
    Unjudged,
    check_choice,
    check_number,
    finite_score,
    first_unjudged,
)
from rewardkit.rewards.walk import check_names, check_reward, score_all
from rewardkit.types import Rollout, Score


class Part(msgspec.Struct, frozen=True):
    """One part of a weighted sum; in YAML the weight stands beside the reward's own options.

    Attributes:
        weight: What one unit of the part pays, any finite number; 0 reports the part without
            paying it.
        reward: The part.

    Raises:
        ConfigError: When the weight is not a finite number or the reward is not a reward.

    >>> from rewardkit.rewards import Constant
    >>> Part(0.9, Constant(1.0))
    Part(weight=0.9, reward=Constant(value=1.0))
    """

    weight: float
    reward: Reward

    def __post_init__(self) -> None:
        """Check both."""
        check_number(self.weight, "part.weight")
        check_reward(self.reward, "part.reward")


def weighted_sum(
    weights: Mapping[str, float], scores: Mapping[str, Score], unjudged: Unjudged = "none"
) -> Score:
    """Add up parts by weight; a weight of 0 keeps a part out of the sum and out of its trouble.

    Args:
        weights: By part, finite.
        scores: By part, the same names.
        unjudged: `none`: a paid part without a value leaves the sum without one; `skip`: the
            judged parts' weights are scaled up to the same total; `zero`: it counts as 0.

    Returns:
        The sum, not renormalised; None where no paid part is judged, or when the sum overflows.

    >>> weighted_sum({"a": 0.9, "b": 0.1}, {"a": Score(1.0), "b": Score(0.0)}).reason
    '0.9*1 [a] + 0.1*0 [b] = 0.9'
    """
    parts = dict(scores)
    paid = [name for name, weight in weights.items() if weight]
    judged = [(weights[n], v, n) for n in paid if (v := parts[n].value) is not None]
    scale, note = 1.0, ""
    if len(judged) < len(paid):
        why = first_unjudged({name: parts[name] for name in paid})
        if unjudged == "none" or (unjudged == "skip" and not judged):
            return Score(None, why, parts)
        note = f" ({why})"
        if unjudged == "skip":
            scale = math.fsum(weights[name] for name in paid) / math.fsum(w for w, _, _ in judged)
    products = [weight * scale * value for weight, value, _ in judged]
    try:
        total = math.fsum(products)
    except (OverflowError, ValueError):  # fsum's answers to a sum beyond floats and to inf - inf
        total = math.nan
    terms = " + ".join(f"{weight * scale:g}*{value:g} [{name}]" for weight, value, name in judged)
    return finite_score(total, f"{terms or '0'} = {total:g}{note}", parts)


class Weighted(
    msgspec.Struct, frozen=True, tag_field="kind", tag="weighted", forbid_unknown_fields=True
):
    """Sum of parts times their weights, with every part's own score kept.

    Attributes:
        parts: By name; names hold no full stop.
        unjudged: What a part without a value does: `none` leaves the sum without a value (the
            reason names the part), `skip` shares its weight out over the judged parts, `zero`
            counts it as 0.

    Returns:
        Per rollout the sum of weight times value, in no fixed range and not renormalised. `parts`
        holds the parts' scores as they were, before the weights.

    Raises:
        ConfigError: When there is no part, every weight is 0, or `skip` meets a negative weight
            (the weights that are left could then add up to nothing, or to a sum of the other sign).

    >>> from rewardkit import Rollout
    >>> from rewardkit.rewards import Constant
    >>> reward = Weighted({"a": Part(0.9, Constant(1.0)), "b": Part(0.1, Constant(0.0))})
    >>> reward([Rollout(completion="x")])[0].value
    0.9
    """

    parts: dict[str, Part]
    unjudged: Unjudged = "none"

    def __post_init__(self) -> None:
        """Check parts and weights."""
        check_names(self.parts, "weighted.parts")
        check_choice(self.unjudged, UNJUDGED, "weighted.unjudged")
        for name, part in self.parts.items():
            if not isinstance(part, Part):
                got = type(part).__name__
                raise ConfigError(
                    f"weighted.parts.{name}: expected Part(weight, reward), got {got}"
                )
        weights = [part.weight for part in self.parts.values()]
        if not any(weights):
            raise ConfigError("weighted.parts: expected a weight that is not 0, got none")
        if self.unjudged == "skip" and min(weights) < 0:
            raise ConfigError(
                f"weighted.unjudged: skip expects weights of at least 0, got {min(weights)!r}"
            )

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout by every part."""
        weights = {name: part.weight for name, part in self.parts.items()}
        columns = [score_all(part.reward, rollouts) for part in self.parts.values()]
        return [
            weighted_sum(weights, dict(zip(weights, row, strict=True)), self.unjudged)
            for row in zip(*columns, strict=True)
        ]
