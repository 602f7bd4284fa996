"""The shipped recipe `digits` on the files of a demo."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rewardkit.digits.demo_folder import DATA, RUN, SCORER
from rewardkit.digits.files import DEMONSTRATIONS, MODEL, TEST, TRAIN
from rewardkit.errors import ConfigError
from rewardkit.rewards.options import parse_option
from rewardkit.trainer.options import check_options
from rewardkit.trainer.reading import load_recipe
from rewardkit.trainer.recipe import Grpo, Recipe, Warmup

RECIPE: Final = "digits"
OWN: Final = ("output", "seed")
"""Values of the recipe that the demo's own arguments say."""


def demo_recipe(folder: Path, seed: int, options: Sequence[str]) -> Recipe:
    """The shipped recipe on the files of a demo.

    Raises:
        ConfigError: For an option that the recipe or TRL doesn't know.
    """
    for option in options:
        name, _ = parse_option(option)
        if name in OWN:
            raise ConfigError(f"--set {name}: expected --{name}, as the demo sets it in the recipe")
    data = folder / DATA
    paths: dict[str, str | list[str]] = {
        "model.path": str(data / MODEL),
        "data.train": [str(data / TRAIN)],
        "data.held_out": [str(data / TEST)],
        "stages.warmup.data": [str(data / DEMONSTRATIONS)],
        "stages.perception.reward.parts.clip.encoder.model": str(data / SCORER),
    }
    # JSON is YAML, whatever a path has in it.
    ours = [f"{name}={json.dumps(value)}" for name, value in paths.items()]
    last = [f"output={json.dumps(str(folder / RUN))}", f"seed={seed}"]
    recipe = load_recipe(RECIPE, [*ours, *options, *last])
    for name, stage in recipe.stages.items():
        if isinstance(stage, Grpo | Warmup):
            check_options(stage, recipe, f"stages.{name}")
    return recipe
