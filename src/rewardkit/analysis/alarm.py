"""Reward against held-out accuracy: an alarm when the one rises and the other falls."""

from collections.abc import Mapping, Sequence
from math import sqrt

ACCURACY = "watch/accuracy"
"""What a look at held-out accuracy is logged as."""


def reward_is_cheated(history: Sequence[Mapping[str, float]], rows: int) -> bool:
    """Whether the reward has risen while accuracy fell by more than chance.

    Args:
        history: What was logged, in order: rows with `reward`, and rows with accuracy.
        rows: Held-out questions.

    Returns:
        True when the latest accuracy is more than two standard errors below the best look before,
        and the mean reward since the look before is above that up to the best one.

    >>> rising = [{"reward": 0.1}, {"watch/accuracy": 0.9}, {"reward": 0.8}]
    >>> reward_is_cheated([*rising, {"watch/accuracy": 0.3}], 64)
    True
    >>> reward_is_cheated([*rising, {"watch/accuracy": 0.85}], 64)
    False
    """
    looks: list[tuple[float, float]] = []
    rewards: list[float] = []
    for row in history:
        if "reward" in row:
            rewards.append(row["reward"])
        if ACCURACY in row and rewards:
            looks.append((row[ACCURACY], sum(rewards) / len(rewards)))
            rewards = []
    if len(looks) < 2:
        return False
    now, reward = looks[-1]
    best, reward_then = max(looks[:-1])
    error = sqrt((best * (1 - best) + now * (1 - now)) / rows)
    return now < best - 2 * error and reward > reward_then
