"""How a reward says that an encoder saw only the beginning of a text."""

from typing import Final

TRUNCATED: Final = "text truncated"
"""Stands in the reason of such a score; `rewardkit score` counts the rollouts that have it."""
