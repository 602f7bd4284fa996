"""The digits example as tests use it: its checkpoint, its world, and rollouts over unseen scans."""

import functools
import random
import runpy
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from rewardkit import Rollout
from rewardkit.rewards.encoders import FgClip

EXAMPLE = Path(__file__).parents[2] / "examples" / "digits"
CLAIMS = [f"{side} is {digit}" for side in ("left", "right") for digit in range(10)]


class Pair(NamedTuple):
    """An image of two unseen scans, and the digits on it."""

    image: Image.Image
    left: int
    right: int

    @property
    def caption(self) -> str:
        """What is right to say of it."""
        return f"left is {self.left} right is {self.right}"

    def says(self, text: str) -> Rollout:
        """A rollout that says something of it."""
        keywords = [f"left is {self.left}", f"right is {self.right}"]
        return Rollout(completion=text, images=[self.image], keywords=keywords)


def shipped(folder: Path = EXAMPLE / "fg-clip") -> FgClip:
    """The checkpoint, as a spec that gives equal values on any machine."""
    return FgClip(model=str(folder), device="cpu", threads=1)


@functools.cache
def unseen_pairs(count: int = 100, seed: int = 11) -> tuple[Pair, ...]:
    """Pairs of scans that no training has seen, with different digits."""
    world: dict[str, Any] = runpy.run_path(str(EXAMPLE / "world.py"))
    rng = random.Random(seed)
    pairs: list[Pair] = []
    while len(pairs) < count:
        left, right = rng.choice(world["UNSEEN"]), rng.choice(world["UNSEEN"])
        digits = world["digits_on"](left, right)
        if digits[0] != digits[1]:
            pairs.append(Pair(world["draw_pair"](left, right), *digits))
    return tuple(pairs)


def auc(higher: list[float], lower: list[float]) -> float:
    """How often a value of the first list is above one of the second; ties count half."""
    wins = sum((a > b) + 0.5 * (a == b) for a in higher for b in lower)
    return wins / (len(higher) * len(lower))
