"""Allowing remote images: one switch for every reward inside a composite."""

from collections.abc import Mapping
from typing import Final, cast

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.base import Reward
from rewardkit.rewards.walk import nested

FIELD: Final = "allow_remote_images"
"""The field of every reward that reads images."""


def allow_remote_images(reward: Reward) -> Reward:
    """The same reward, with `allow_remote_images` set on every reward inside that has it.

    Args:
        reward: Any reward; stays as it is.

    Returns:
        A new composite, or the same one where nothing in it reads images.

    Raises:
        ConfigError: When a reward that reads images is made by a function or a class of the
            caller's, where it can't be changed.

    >>> from rewardkit.rewards import Constant
    >>> allow_remote_images(Constant(1.0))
    Constant(value=1.0)
    """
    allowed = cast(Reward, _allowed(reward))
    for one in nested(allowed):
        if isinstance(one, msgspec.Struct) and getattr(one, FIELD, True) is False:
            raise ConfigError(
                f"--allow-remote-images: expected rewards that can be changed, got "
                f"{type(one).__name__} out of a custom reward; set {FIELD} there"
            )
    return allowed


def _allowed(value: object) -> object:
    """The value with the field set inside; the same object where there is none."""
    if isinstance(value, msgspec.Struct):
        return _allowed_struct(value)
    if isinstance(value, Mapping):
        items = {key: _allowed(item) for key, item in value.items()}
        return value if all(items[key] is value[key] for key in value) else items
    if isinstance(value, list | tuple):
        rows = [_allowed(item) for item in value]
        same = all(new is old for new, old in zip(rows, value, strict=True))
        return value if same else type(value)(rows)
    return value


def _allowed_struct(struct: msgspec.Struct) -> msgspec.Struct:
    changed: dict[str, object] = {}
    for name in struct.__struct_fields__:
        old = getattr(struct, name)
        new = True if name == FIELD else _allowed(old)
        if new is not old:
            changed[name] = new
    return msgspec.structs.replace(struct, **changed) if changed else struct
