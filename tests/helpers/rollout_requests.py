"""Requests for rollouts of tiny models."""

from collections.abc import Callable
from typing import TypeAlias

from rewardkit.generation.options import Generation
from rewardkit.generation.rollout_plan import Request

Ask: TypeAlias = Callable[..., Request]
"""Makes a request with some of its fields changed."""

HOW = Generation(n=2, temperature=1.0, max_tokens=5, batch_size=4)
