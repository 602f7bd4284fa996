"""A reward's plain values that mean the same in any folder, as a stack starts in its own."""

import os
from collections.abc import Callable, Mapping

from rewardkit.rewards.encoders.openclip import FOLDER
from rewardkit.rewards.loading import is_file, split_spec
from rewardkit.templates import load_template


def portable(config: Mapping[str, object]) -> dict[str, object]:
    """Plain values of a reward with absolute paths and templates written out.

    Made absolute are the files of custom functions, and models and images that are here.
    The options of custom functions stay as they are: only their function knows what they mean.
    """
    kind = config.get("kind")
    own = {"custom": "options", "judge": "model"}.get(str(kind))  # a judge's model is elsewhere
    return {key: value if key == own else _portable(key, value) for key, value in config.items()}


def _portable(key: str, value: object) -> object:
    if isinstance(value, Mapping):
        return portable(value)
    if isinstance(value, list):
        return [_portable(key, item) for item in value]
    if isinstance(value, str) and key in PLACES:
        return PLACES[key](value)
    return value


def _folder(name: str) -> str:
    return os.path.abspath(name) if os.path.isdir(name) else name


def _file(name: str) -> str:
    return os.path.abspath(name) if os.path.isfile(name) else name


def _function(spec: str) -> str:
    place, name = split_spec(spec)
    return f"{os.path.abspath(place)}:{name}" if is_file(place) else spec


def _architecture(name: str) -> str:
    folder = name.removeprefix(FOLDER)
    return name if folder == name else FOLDER + os.path.abspath(folder)


def _template(name: str) -> object:
    return load_template(name).to_config()


PLACES: dict[str, Callable[[str], object]] = {
    "function": _function,
    "model": _folder,
    "pretrained": _file,
    "contrast_images": _file,
    "architecture": _architecture,
    "template": _template,
}
"""The options that may name something by a path, and how each is written so that it is found."""
