"""What a stage works with, and what comes of it."""

from pathlib import Path
from typing import Any

import msgspec

from rewardkit.generation.split import Split
from rewardkit.trainer.metrics import Metrics
from rewardkit.trainer.recipe import Recipe
from rewardkit.types import Rollout


class Done(msgspec.Struct, frozen=True):
    """What came of a stage.

    Attributes:
        model: Where the policy is now.
        metrics: Figures by name.
        levels: Files of questions that later stages take, by level.
    """

    model: str
    metrics: dict[str, float] = {}
    levels: dict[str, str] = {}


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a stage works with.

    Attributes:
        recipe: The whole recipe.
        name: The stage's name.
        folder: The stage's own; what is there of an earlier try is gone on with.
        model: Folder or hub id of the policy as the stages before left it.
        seed: Of what the stage draws.
        rows: The questions of the stage.
        split: All questions.
        processor: The policy's processor or tokenizer.
        instruction: What the template asks for.
        before: What the stages before came to.
        metrics: Takes figures; those of an earlier try up to its checkpoint are there.
        checkpoint: Where that try got to, None for a fresh start.
    """

    recipe: Recipe
    name: str
    folder: Path
    model: str
    seed: int
    rows: list[Rollout]
    split: Split
    processor: Any
    instruction: str
    before: dict[str, Done]
    metrics: Metrics
    checkpoint: str | None
