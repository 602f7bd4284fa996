"""A recipe as plain values, and what makes two runs the same."""

import hashlib
from typing import Any

import msgspec

from rewardkit.rewards import encode, fingerprint
from rewardkit.rewards.base import Reward
from rewardkit.templates import Template
from rewardkit.trainer.recipe import Evaluate, Grpo, Recipe, Sample


def as_plain(value: object) -> Any:  # noqa: ANN401 - whatever YAML holds
    """A recipe, or a part of one, as plain values that `load_recipe` reads back; defaults too."""
    if isinstance(value, Template):
        return value.to_config()
    if isinstance(value, dict):
        return {key: as_plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_plain(one) for one in value]
    if isinstance(value, Reward):
        return encode(value)
    if not isinstance(value, msgspec.Struct):
        return value
    tag = value.__struct_config__.tag
    fields = {
        field.encode_name: as_plain(getattr(value, field.name))
        for field in msgspec.structs.fields(value)
    }
    return ({"kind": tag} if tag else {}) | fields


def fingerprint_of(recipe: Recipe) -> str:
    """What makes two runs the same, as a hash: the recipe, and the code of its rewards."""
    rewards = {name: fingerprint(stage.reward) for name, stage in rewarded(recipe)}
    plain = msgspec.json.encode([as_plain(recipe) | {"output": ""}, rewards], order="sorted")
    return hashlib.sha256(plain).hexdigest()[:16]


def rewarded(recipe: Recipe) -> list[tuple[str, Sample | Grpo | Evaluate]]:
    """The stages that have a reward, by name."""
    kinds = (Sample, Grpo, Evaluate)
    return [(name, one) for name, one in recipe.stages.items() if isinstance(one, kinds)]
