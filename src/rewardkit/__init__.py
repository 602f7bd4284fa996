"""Rewards, verifiers and a thin GRPO trainer for language and vision-language models."""

from rewardkit.errors import ConfigError, RewardkitError, RolloutError, VerifierError
from rewardkit.scoring import score
from rewardkit.types import Rollout, Score, Verdict

__all__ = [
    "ConfigError",
    "RewardkitError",
    "Rollout",
    "RolloutError",
    "Score",
    "Verdict",
    "VerifierError",
    "score",
]
