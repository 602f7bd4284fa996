"""A recipe file to a recipe: every key checked, errors with their path."""

import hashlib
import typing
from collections.abc import Mapping
from pathlib import Path

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards import encode, fingerprint
from rewardkit.rewards.base import Reward
from rewardkit.rewards.config import decode
from rewardkit.rewards.options import parse_option
from rewardkit.rewards.place import Place, as_mapping, check_keys, described, missing
from rewardkit.rewards.plain import read_plain
from rewardkit.rewards.yaml_text import read_yaml
from rewardkit.suggest import did_you_mean
from rewardkit.templates import Template, load_template
from rewardkit.trainer.recipe import (
    STAGES,
    Evaluate,
    Grpo,
    Recipe,
    Sample,
    Stage,
)

SHIPPED = Path(__file__).parent / "recipes"
S = typing.TypeVar("S", bound=msgspec.Struct)


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


def load_recipe(
    spec: str | Path | Mapping[str, object], options: typing.Sequence[str] = ()
) -> Recipe:
    """Read a recipe.

    Args:
        spec: A shipped recipe's name, the path of a YAML file, or a mapping as in one.
        options: `dotted.path=value`, such as `stages.perception.options.learning_rate=2e-6`.

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
    for option in options:
        fields = _set(fields, *parse_option(option), place)
    return read_recipe(fields, place)


def read_recipe(fields: Mapping[str, object], place: Place) -> Recipe:
    """Make a recipe of plain values.

    Raises:
        ConfigError: As `load_recipe`.
    """
    recipe = _struct(Recipe, fields, place)
    if not recipe.stages:
        raise place.at("stages").error("expected at least one stage, got none")
    seen: list[str] = []
    for name, stage in recipe.stages.items():
        source = getattr(stage, "source", None)
        if source is not None:
            _check_source(source, seen, place.at("stages").at(name).at("from"))
        if type(stage) is STAGES["sample"]:
            seen += [f"{name}.{level}" for level in ("easy", "medium", "hard")]
    return recipe


def as_plain(value: object) -> typing.Any:  # noqa: ANN401 - whatever YAML holds
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


def _check_source(source: str, known: list[str], place: Place) -> None:
    if source not in known:
        names = ", ".join(known) or "a sample stage before this one, of which there is none"
        near = did_you_mean(source, known).replace(", did", "; did")
        raise place.error(f"expected {names}, got {source!r}{near}")


def _set(fields: Mapping[str, object], path: str, value: object, place: Place) -> dict[str, object]:
    """The same fields with one replaced; the keys on the way are checked when all are read."""
    key, _, rest = path.partition(".")
    if not key:
        raise place.error(f"expected a dotted path such as model.path, got {path!r}")
    if not rest:
        return {**fields, key: value}
    inner = as_mapping(fields.get(key) or {}, place.at(key), f"a mapping to set {rest!r} in")
    return {**fields, key: _set(inner, rest, value, place.at(key))}


def _struct(cls: type[S], values: Mapping[str, object], place: Place) -> S:
    known = {field.encode_name: field for field in msgspec.structs.fields(cls)}
    check_keys(values, known, place)
    for name, field in known.items():
        if field.required and name not in values:
            raise missing(name, f"as {cls.__name__.lower()} needs it", values, place)
    read = {
        known[key].name: _value(value, known[key].type, place.at(key))
        for key, value in values.items()
    }
    try:
        return cls(**read)
    except ConfigError as error:
        raise place.error(error) from None


def _value(value: object, hint: object, place: Place) -> object:
    args = typing.get_args(hint)
    if hint is Reward:
        try:
            return decode(value)
        except ConfigError as error:
            raise place.error(error) from None
    if hint == dict[str, Stage]:
        stages = as_mapping(value, place, "a mapping of names to stages")
        return {name: _stage(stage, place.at(name)) for name, stage in stages.items()}
    if Template in args:
        return _template(value, place)
    for inner in (hint, *args):
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct) and value is not None:
            return _struct(inner, as_mapping(value, place, "a mapping"), place)
    return read_plain(value, hint, place)


def _template(value: object, place: Place) -> str | Template:
    try:
        load_template(value)  # type: ignore[arg-type]  # refuses what is neither name nor mapping
    except ConfigError as error:
        raise place.error(error) from None
    return (
        value if isinstance(value, str) else load_template(as_mapping(value, place, "a template"))
    )


def _stage(value: object, place: Place) -> Stage:
    fields = as_mapping(value, place, "a stage: a mapping with 'kind'")
    kind = fields.pop("kind", None)
    if not isinstance(kind, str) or kind not in STAGES:
        near = did_you_mean(kind, STAGES).replace(", did", "; did") if isinstance(kind, str) else ""
        got = f"{described(kind)}{near}"
        raise place.at("kind").error(f"expected one of {', '.join(STAGES)}, got {got}")
    return _struct(STAGES[kind], fields, place)
