"""The model of a rollout run, looked at before any work: is it there, and can it be asked?"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.generation.generate import Policy, load_policy
from rewardkit.generation.options import Generation, Model
from rewardkit.generation.policy import adapter_base, load_processor, read_config, sees
from rewardkit.types import Rollout

PROCESSOR_FILES = ("tokenizer_config.json", "processor_config.json", "preprocessor_config.json")


class Parts(msgspec.Struct, frozen=True):
    """What is known of a model before its weights are loaded.

    Attributes:
        processor: Its processor, or its tokenizer.
        commit: Of a model of the hub; None of a folder.
    """

    processor: Any
    commit: str | None


def load_parts(model: Model, how: Generation) -> Parts:
    """Load all but the weights.

    Raises:
        ConfigError: When there is no such model, or it has no processor or chat template.
    """
    if how.engine == "vllm" and model.revision is not None:
        raise ConfigError(
            f"--revision: expected none with --engine vllm, got {model.revision}: give the folder "
            "of that revision as --model"
        )
    base = msgspec.structs.replace(model, path=adapter_base(model.path) or model.path)
    own = any((Path(model.path) / name).is_file() for name in PROCESSOR_FILES)
    try:
        config = read_config(base)
        processor = load_processor(model if own else base)
    except ConfigError as error:
        raise ConfigError(str(error).replace("model.path: ", "--model: ", 1)) from error
    return Parts(processor, getattr(config, "_commit_hash", None))


def load_weights(model: Model, processor: Any, how: Generation) -> Policy:  # noqa: ANN401 - any
    """Load the model, ready to reply on this process's device.

    Args:
        model: Which.
        processor: Its own.
        how: What engine runs it.

    Raises:
        ConfigError: When the weights are missing, damaged, or too large for the device.
    """
    from safetensors import SafetensorError

    try:
        return load_policy(model.path, model, processor, how)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        line = str(error).strip().partition("\n")[0]
        raise ConfigError(f"--model: expected weights that can be loaded, got: {line}") from error


def check_images(rows: Sequence[Rollout], processor: object) -> None:
    """Refuse questions with images where the model takes text alone.

    Raises:
        ConfigError: Naming the first of them.
    """
    if sees(processor):
        return
    first = next((row for row in rows if row.images), None)
    if first is not None:
        raise ConfigError(
            f"--model: expected a model that takes images, as question '{first.id}' has some, got "
            "one that takes text alone, or whose folder lacks its processor"
        )
