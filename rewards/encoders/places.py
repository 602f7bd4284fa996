"""Where a model comes from: a folder on this machine, or an id on the Hugging Face hub."""

import re
from pathlib import Path
from typing import Final

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.digests import folder_digest
from rewardkit.rewards.place import described

HUB_ID: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[\w.-]{1,96})?", re.ASCII)


def local_folder(model: str) -> Path | None:
    """The folder that a model's name is; None for a hub id.

    >>> local_folder("openai/clip-vit-base-patch32") is None
    True
    """
    path = Path(model)
    return path if model and path.is_dir() else None


def check_place(owner: str, model: str, revision: str | None, weights: str) -> None:
    """Refuse a model that is neither a checkpoint's folder nor looks like a hub id.

    Args:
        owner: The spec's kind, for the message.
        model: Folder or hub id.
        revision: Branch, tag or commit; of a hub id only.
        weights: Pattern of the weights' files in a folder, such as `*.safetensors`.

    Raises:
        ConfigError: Saying what was expected there.
    """
    folder = local_folder(model)
    if folder is None:
        if not HUB_ID.fullmatch(model) or Path(model).is_absolute():
            raise ConfigError(
                f"{owner}.model: expected a folder that exists or an id of the Hugging Face hub, "
                f"got {described(model)}"
            )
        return
    if revision is not None:
        raise ConfigError(
            f"{owner}.revision: expected nothing for a folder, got {described(revision)}"
        )
    if not (folder / "config.json").is_file():
        raise ConfigError(f"{owner}.model: expected a folder with config.json, got {model}")
    if not any(folder.glob(weights)):
        raise ConfigError(
            f"{owner}.model: expected weights as {weights} in the folder, got {model} without"
        )


def place_digest(model: str, revision: str | None) -> str:
    """What a fingerprint holds of a model: a folder's content, a hub id with its revision.

    Nothing is downloaded: of a hub id the content isn't known, so pin `revision` to a commit where
    two runs are compared.
    """
    folder = local_folder(model)
    return f"{model}@{revision or 'main'}" if folder is None else folder_digest(folder)


def place_name(model: str) -> str:
    """A short name for people: the folder's own, or the hub id.

    >>> place_name("openai/clip-vit-base-patch32")
    'openai/clip-vit-base-patch32'
    """
    folder = local_folder(model)
    return model if folder is None else folder.resolve().name
