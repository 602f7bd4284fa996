"""The options of a stage that are TRL's: their names, their types, and TRL's configuration."""

import dataclasses
import typing
from pathlib import Path

import torch
from trl import GRPOConfig, SFTConfig

from rewardkit.errors import ConfigError
from rewardkit.rewards import needs_groups
from rewardkit.rewards.place import Place
from rewardkit.rewards.plain import read_plain
from rewardkit.suggest import did_you_mean
from rewardkit.trainer.recipe import Grpo, Recipe, Warmup

OURS = ("output_dir", "model_init_kwargs", "remove_unused_columns", "resume_from_checkpoint")
"""Options of TRL that a recipe can't set, as the run is built on them."""


def option_names(stage: type) -> set[str]:
    """The options that TRL has for a kind of stage; none for one that doesn't train."""
    if stage not in (Grpo, Warmup):
        return set()
    return {field.name for field in dataclasses.fields(_config(stage))}


def trl_config(
    stage: Grpo | Warmup, recipe: Recipe, folder: str | Path, seed: int, where: str
) -> typing.Any:  # noqa: ANN401 - one of two
    """TRL's configuration: the stage's options over defaults that fit the machine.

    Raises:
        ConfigError: With what TRL has to say on options that don't go together.
    """
    cuda = torch.cuda.is_available()
    defaults: dict[str, typing.Any] = {
        "seed": seed,
        "logging_steps": 1,
        "save_strategy": "steps",
        "save_total_limit": 2,
        "report_to": "none",
        "disable_tqdm": True,
        "logging_nan_inf_filter": False,
        "use_cpu": not cuda,
        "bf16": cuda and not stage.options.get("fp16"),
        "gradient_checkpointing": cuda,
        **({"max_length": None} if isinstance(stage, Warmup) else {}),
    }
    init = {"dtype": recipe.model.dtype, "revision": recipe.model.revision}
    try:
        return _config(type(stage))(
            output_dir=str(folder),
            remove_unused_columns=False,
            model_init_kwargs=init,
            **(defaults | stage.options),
        )
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{where}.options: {' '.join(str(error).split())}") from error


def check_options(stage: Grpo | Warmup, recipe: Recipe, where: str) -> typing.Any:  # noqa: ANN401
    """Refuse options that TRL doesn't know, of another type, or that contradict each other.

    Returns:
        TRL's configuration.

    Raises:
        ConfigError: For the first one.
    """
    hints = typing.get_type_hints(_config(type(stage)))
    for name, value in stage.options.items():
        place = Place(path=f"{where}.options.{name}")
        if name in OURS:
            raise place.error("expected none, as the run sets it")
        if name not in option_names(type(stage)):
            raise place.error(f"unknown to TRL{did_you_mean(name, hints)}")
        try:
            read_plain(value, hints[name], place)
        except TypeError:  # a type that msgspec doesn't know is for TRL to check
            continue
    config = trl_config(stage, recipe, recipe.output, 0, where)
    if isinstance(stage, Grpo):
        local = config.per_device_train_batch_size * config.steps_per_generation
        if needs_groups(stage.reward) and local % config.num_generations:
            raise ConfigError(
                f"{where}.options: expected whole groups on each process, as the reward compares "
                f"their rollouts, got {local} rollouts a process and {config.num_generations} a "
                "group"
            )
    return config


def _config(stage: type) -> type[GRPOConfig | SFTConfig]:
    return GRPOConfig if stage is Grpo else SFTConfig
