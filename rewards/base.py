"""What a reward is: a batch of rollouts in, one score each out."""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from rewardkit.types import Rollout, Score


@runtime_checkable
class Reward(Protocol):
    """Anything that scores a batch of rollouts.

    Ours are small frozen values whose fields are their options. A reward that looks at the other
    rollouts of a question has the attribute `whole_groups = True`; it is then never handed a part
    of a group.
    """

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout.

        Returns:
            One score for each rollout, in their order; `Score(None, reason)` where not judged.
        """


def pointwise(function: Callable[[Rollout], Score]) -> Callable[[Sequence[Rollout]], list[Score]]:
    """Make a reward of a function that scores one rollout.

    >>> @pointwise
    ... def short(rollout: Rollout) -> Score:
    ...     return Score(float(len(rollout.text) < 10), f"{len(rollout.text)} characters")
    >>> short([Rollout(completion="yes")])[0].value
    1.0
    """

    def reward(rollouts: Sequence[Rollout]) -> list[Score]:
        return [function(rollout) for rollout in rollouts]

    reward.__name__ = getattr(function, "__name__", "pointwise")
    reward.__doc__ = function.__doc__
    return reward
