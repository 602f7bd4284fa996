"""The parts of a reward that pay by a cosine, and where in its configuration they stand."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.clip_score import ClipScore
from rewardkit.rewards.ref_caption import RefCaption
from rewardkit.rewards.walk import is_reward
from rewardkit.rewards.weighted import Part

CosinePart: TypeAlias = ClipScore | RefCaption


def cosine_parts(reward: object) -> dict[str, CosinePart]:
    """The parts to calibrate, by their dotted path.

    Args:
        reward: Any reward, composite or not.

    Returns:
        At least one; the path of the reward itself is empty.

    Raises:
        ConfigError: When there is none.

    >>> from rewardkit.rewards import load_reward
    >>> list(cosine_parts(load_reward("pebr-stage1")))
    ['parts.clip']
    """
    found: dict[str, CosinePart] = {}
    for path, one in located(reward):
        if isinstance(one, ClipScore | RefCaption):
            found.setdefault(path, one)
    if not found:
        raise ConfigError("--reward: expected a clip-score or ref-caption inside, got none")
    return found


def located(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """A reward and those inside it with their paths, outermost first.

    >>> from rewardkit.rewards import Clip, Constant
    >>> [path for path, _ in located(Clip(Constant(2.0), high=1.0))]
    ['', 'reward']
    """
    if isinstance(value, Part):  # its weight stands beside the reward's own options
        yield from located(value.reward, path)
        return
    if is_reward(value):
        yield path, value
    if isinstance(value, msgspec.Struct):
        fields = ((name, getattr(value, name)) for name in value.__struct_fields__)
    elif isinstance(value, Mapping):
        fields = ((str(key), item) for key, item in value.items())
    elif isinstance(value, list | tuple):
        fields = ((str(number), item) for number, item in enumerate(value))
    else:
        return
    for name, item in fields:
        yield from located(item, f"{path}.{name}" if path else name)
    inner = getattr(value, "inner", None)
    if callable(inner):
        yield from located(inner(), path)
