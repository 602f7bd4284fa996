"""The numbers beside a reward: one set of names for all rollouts, as stacks average them."""

from collections.abc import Mapping

from rewardkit.adapters.scorer import Paid
from rewardkit.rewards import Reward


def part_names(reward: Reward) -> tuple[str, ...]:
    """The parts that every score of a reward has.

    Returns:
        The names of a weighted sum, in its order; none for other rewards, whose parts differ from
        rollout to rollout.

    >>> from rewardkit.rewards import load_reward
    >>> part_names(load_reward("r1"))
    ('accuracy', 'format')
    """
    parts = getattr(reward, "parts", None)
    return tuple(parts) if isinstance(parts, Mapping) else ()


def figures(reward: Reward, paid: Paid) -> dict[str, float]:
    """What to log about a rollout: numbers only, the same keys for each rollout of a reward.

    Returns:
        `judged`, and for each part `parts/NAME`, its value, and `judged/NAME`. A part that is not
        judged is 0.0 in both: divide the mean of the one by the mean of the other.
    """
    numbers = {"judged": float(paid.judged)}
    for name in part_names(reward):
        part = paid.score.parts.get(name)
        value = None if part is None else part.value
        numbers[f"parts/{name}"] = value or 0.0
        numbers[f"judged/{name}"] = float(value is not None)
    return numbers
