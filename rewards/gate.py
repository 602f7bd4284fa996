"""Gate: the reward pays only where a condition is met.

Source: 'being quick pays only when right', the step term of AGILE (arXiv 2510.01304).
"""

from collections.abc import Sequence

import msgspec

from rewardkit.rewards.base import Reward
from rewardkit.rewards.numbers import check_number
from rewardkit.rewards.walk import check_reward, score_all, score_rows
from rewardkit.types import Rollout, Score


class Gate(msgspec.Struct, frozen=True, tag_field="kind", tag="gate", forbid_unknown_fields=True):
    """A reward that pays only where another one reaches a value.

    Attributes:
        condition: Decides.
        reward: Pays; it is not computed for rollouts that fail, unless it needs whole groups and a
            rollout of the same question passes.
        at_least: The condition's value from which the reward pays.
        otherwise: What a rollout gets that fails.

    Returns:
        Per rollout the reward's value, or `otherwise`; None where the condition is not judged, or
        where it is met and the reward is not judged. `parts` holds `condition` and, where it was
        asked, `reward`.

    Raises:
        ConfigError: When a number is not finite or a part is not a reward.

    >>> from rewardkit import Rollout
    >>> from rewardkit.rewards import Constant
    >>> gate = Gate(condition=Constant(0.5), reward=Constant(3.0), at_least=0.6, otherwise=-1.0)
    >>> gate([Rollout(completion="x")])[0].value
    -1.0
    """

    condition: Reward
    reward: Reward
    at_least: float = 1.0
    otherwise: float = 0.0

    def __post_init__(self) -> None:
        """Check the options."""
        check_reward(self.condition, "gate.condition")
        check_reward(self.reward, "gate.reward")
        check_number(self.at_least, "gate.at_least")
        check_number(self.otherwise, "gate.otherwise")

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout: first the condition, then the reward for those that pass."""
        conditions = score_all(self.condition, rollouts)
        passing = [
            row
            for row, score in enumerate(conditions)
            if score.value is not None and score.value >= self.at_least
        ]
        paid = dict(zip(passing, score_rows(self.reward, rollouts, passing), strict=True))
        return [self._score(score, paid.get(row)) for row, score in enumerate(conditions)]

    def _score(self, condition: Score, paid: Score | None) -> Score:
        parts = {"condition": condition}
        if condition.value is None:
            return Score(None, f"condition not judged: {condition.reason}", parts)
        if paid is None:
            reason = f"condition {condition.value:g} < {self.at_least:g}: {condition.reason}"
            return Score(self.otherwise, reason, parts)
        return Score(paid.value, paid.reason, {**parts, "reward": paid})
