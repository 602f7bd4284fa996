"""A recipe file to a recipe: every key checked, errors with their path."""

import re
import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.generation.questions import Source
from rewardkit.rewards.base import Reward
from rewardkit.rewards.config import decode
from rewardkit.rewards.options import parse_option
from rewardkit.rewards.place import Place, as_mapping, described
from rewardkit.rewards.plain import read_plain
from rewardkit.rewards.structs import read_struct
from rewardkit.rewards.yaml_text import read_yaml
from rewardkit.suggest import did_you_mean
from rewardkit.templates import Template, load_template
from rewardkit.trainer.recipe import STAGES, Recipe, Sample, Stage
from rewardkit.trainer.stage_keys import gather_options, spelled_out

SHIPPED = Path(__file__).parent / "recipes"


def recipe_names() -> list[str]:
    """The shipped recipes.

    >>> "pebr-r1-7b" in recipe_names()
    True
    """
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def recipe_titles() -> dict[str, str]:
    """The shipped recipes, each with the first line of its file."""
    files = {name: (SHIPPED / f"{name}.yaml").read_text("utf-8") for name in recipe_names()}
    return {name: text.partition("\n")[0].lstrip("# ") for name, text in files.items()}


def load_recipe(spec: str | Path | Mapping[str, object], options: Sequence[str] = ()) -> Recipe:
    """Read a recipe.

    Args:
        spec: A shipped recipe's name, the path of a YAML file, or a mapping as in one.
        options: `dotted.path=value`, such as `stages.perception.options.learning_rate=2e-6`; an
            option of TRL's may stand at the stage itself, as in `stages.perception.learning_rate`.

    Raises:
        ConfigError: With the path of what is wrong, what was expected and what was got.
    """
    config: object = spec
    where = ""
    if not isinstance(spec, Mapping):
        path = SHIPPED / f"{spec}.yaml" if str(spec) in recipe_names() else Path(spec)
        if not path.exists() and "/" not in str(spec) and path.suffix not in (".yaml", ".yml"):
            near = did_you_mean(str(spec), recipe_names())
            names = ", ".join(recipe_names())
            raise ConfigError(f"recipe: expected a YAML file or one of {names}, got {spec!s}{near}")
        config, where = read_yaml(path), str(spec)
    place = Place(where)
    fields = as_mapping(config, place, "a recipe: a mapping with model, data, template, stages")
    fields = gather_options(fields, place)
    for option in options:
        dotted, value = parse_option(option)
        fields = _set(fields, spelled_out(dotted, fields), value, place)
    return read_recipe(fields, place)


def read_recipe(fields: Mapping[str, object], place: Place) -> Recipe:
    """Make a recipe of plain values.

    Raises:
        ConfigError: As `load_recipe`.
    """
    recipe = read_struct(Recipe, fields, place, _value)
    if not recipe.stages:
        raise place.at("stages").error("expected at least one stage, got none")
    levels: list[str] = []
    for name, stage in recipe.stages.items():
        at, source = place.at("stages").at(name), getattr(stage, "source", None)
        if not re.fullmatch(r"[\w-]+", name):  # it names a folder, and stands in dotted paths
            raise at.error(f"expected a name of letters, digits, _ and -, got {name!r}")
        if source is not None and getattr(stage, "data", None) is not None:
            raise at.error("expected 'data' or 'from', got both")
        if source is not None and source not in levels:
            names = ", ".join(levels) or "a sample stage before this one, of which there is none"
            near = did_you_mean(source, levels).replace(", did", "; did")
            raise at.at("from").error(f"expected {names}, got {source!r}{near}")
        if isinstance(stage, Sample):
            levels += [f"{name}.{level}" for level in ("easy", "medium", "hard")]
    return recipe


def _set(fields: Mapping[str, object], path: str, value: object, place: Place) -> dict[str, object]:
    """The same fields with one replaced; the keys on the way are checked when all are read."""
    key, _, rest = path.partition(".")
    if not key:
        raise place.error(f"expected a dotted path such as model.path, got {path!r}")
    if not rest:
        return {**fields, key: value}
    inner = as_mapping(fields.get(key) or {}, place.at(key), f"a mapping to set {rest!r} in")
    return {**fields, key: _set(inner, rest, value, place.at(key))}


def _value(value: object, hint: object, place: Place) -> object:
    """Read one field by its annotation."""
    union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    hints = typing.get_args(hint) if union else (hint,)
    if Reward in hints or Template in hints:
        try:
            return decode(value) if Reward in hints else _template(value)
        except ConfigError as error:
            raise place.error(error) from None
    if hint == dict[str, Stage]:
        stages = as_mapping(value, place, "a mapping of names to stages")
        return {name: _stage(stage, place.at(name)) for name, stage in stages.items()}
    for one in hints:
        if isinstance(one, type) and issubclass(one, msgspec.Struct):
            if isinstance(value, Mapping) or (value is not None and str not in hints):
                return read_struct(one, as_mapping(value, place, "a mapping"), place, _value)
        if typing.get_origin(one) is list and isinstance(value, list):
            (inner,) = typing.get_args(one)
            return [_value(item, inner, place.at(str(i))) for i, item in enumerate(value)]
    return read_plain(value, str if hint == Source else hint, place)


def _template(value: object) -> str | Template:
    """A template's name as it is, once it is known; a mapping as the template that it makes."""
    made = load_template(typing.cast("str", value))  # which refuses all but names and mappings
    return value if isinstance(value, str) else made


def _stage(value: object, place: Place) -> Stage:
    fields = as_mapping(value, place, "a stage: a mapping with 'kind'")
    kind = fields.pop("kind", None)
    if not isinstance(kind, str) or kind not in STAGES:
        near = did_you_mean(kind, STAGES).replace(", did", "; did") if isinstance(kind, str) else ""
        got = f"{described(kind)}{near}"
        raise place.at("kind").error(f"expected one of {', '.join(STAGES)}, got {got}")
    return read_struct(STAGES[kind], fields, place, _value)
