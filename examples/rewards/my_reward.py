"""A reward of one's own: pay for short replies.

rewardkit score examples/gsm8k.jsonl --reward examples/rewards/my_reward.py:brevity
"""

from collections.abc import Sequence

from rewardkit import Rollout, Score


def brevity(rollouts: Sequence[Rollout], words: int = 12) -> list[Score]:
    """Pay 1 for a reply of at most so many words, and less the longer it is.

    Args:
        rollouts: Any batch of rollouts.
        words: Up to here a reply is short, at least 1.

    Returns:
        One score a rollout, in (0, 1]; None for an empty reply, which is neither short nor long.

    >>> [score.value for score in brevity([Rollout(completion="one two three four")], words=2)]
    [0.5]
    """
    return [_score(rollout, words) for rollout in rollouts]


def _score(rollout: Rollout, words: int) -> Score:
    """Score one reply."""
    length = len(rollout.text.split())
    if length == 0:
        return Score(None, "empty reply")
    return Score(min(1.0, words / length), f"{length} words, short is up to {words}")
