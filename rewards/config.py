"""Configuration to reward: plain values in, a checked reward out, errors with their path.

One walk over the fields of the reward's own class: there is no second description of the options
to keep in step.
"""

import types
import typing
from collections.abc import Collection, Mapping

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.base import Reward
from rewardkit.rewards.encoders import ENCODERS
from rewardkit.rewards.place import Place, as_mapping, check_keys, described, missing
from rewardkit.rewards.plain import read_plain
from rewardkit.rewards.preset import named_config
from rewardkit.rewards.structs import made_struct, read_struct
from rewardkit.rewards.weighted import Part
from rewardkit.suggest import did_you_mean
from rewardkit.templates import Template, load_template
from rewardkit.verifiers import VERIFIERS
from rewardkit.verifiers.base import Verifier

KIND = "kind"
S = typing.TypeVar("S", bound=msgspec.Struct)


def decode(config: object, where: str = "") -> Reward:
    """Make a reward of plain values, as a YAML file holds them.

    Args:
        config: A mapping with `kind` and the options of that kind, or a preset's name, a path of a
            YAML file, or `file.py:name`.
        where: What to call it in errors, such as the file's name.

    Raises:
        ConfigError: With the dotted path of what is wrong, what was expected and what was got.

    >>> decode({"kind": "clip", "reward": {"kind": "constant", "value": 2}, "high": 1})
    Clip(reward=Constant(value=2.0), low=None, high=1.0)
    >>> decode({"kind": "constant", "valeu": 2})
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: valeu: unknown key, expected one of value; did you mean 'value'?
    """
    return _reward(config, Place(where))


def _reward(value: object, place: Place) -> Reward:
    from rewardkit.rewards import REWARDS  # the table names the classes, whose files need no table

    if isinstance(value, str):
        return _reward(named_config(value, place), Place(value, depth=place.at(value).depth))
    fields = as_mapping(value, place, "a reward: a mapping with 'kind', or a preset's name")
    # The table's classes are both, which no single type can say.
    cls = typing.cast("type[msgspec.Struct]", REWARDS[_kind(fields, REWARDS, place)])
    return typing.cast("Reward", _struct(cls, fields, place))


def _kind(fields: dict[str, object], table: Collection[str], place: Place) -> str:
    """Take the kind out of a mapping; one of the table's."""
    kind = fields.pop(KIND, None)
    if kind is None:
        raise missing(KIND, f"one of {', '.join(table)}", fields, place)
    if isinstance(kind, str) and kind in table:
        return kind
    near = did_you_mean(kind, table).replace(", did", "; did") if isinstance(kind, str) else ""
    known = ", ".join(table)
    raise place.at(KIND).error(f"expected one of {known}, got {described(kind)}{near}")


def _encoder(value: object, place: Place) -> msgspec.Struct:
    if type(value) in ENCODERS.values():
        return typing.cast("msgspec.Struct", value)
    fields = as_mapping(value, place, "an encoder: a mapping with 'kind' and 'model'")
    return _struct(ENCODERS[_kind(fields, ENCODERS, place)], fields, place)


def _part(value: object, place: Place) -> Part:
    fields = as_mapping(value, place, "a part: a mapping with 'weight' and 'kind'")
    if "weight" not in fields:
        raise missing("weight", "a number beside 'kind'", fields, place)
    weight = read_plain(fields.pop("weight"), float, place.at("weight"))
    if set(fields) == {"preset"}:
        reward = _reward(read_plain(fields["preset"], str, place.at("preset")), place)
    else:
        reward = _reward(fields, place)
    return made_struct(Part, {"weight": weight, "reward": reward}, place)


def _struct(cls: type[S], values: Mapping[str, object], place: Place) -> S:
    return read_struct(cls, values, place, _value)


def _value(value: object, hint: object, place: Place) -> object:
    """Read one field by its annotation."""
    if hint is Reward:
        return _reward(value, place)
    if hint is Part:
        return _part(value, place)
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _union(value, hint, args, place)
    if origin is dict and args[1] is Verifier:
        return _verifiers(value, place)
    if origin is dict and args[1] in (Reward, Part):
        items = as_mapping(value, place, "a mapping of names to rewards")
        return {key: _value(item, args[1], place.at(key)) for key, item in items.items()}
    if origin in (list, tuple) and args[0] is Reward:
        if not isinstance(value, list | tuple):
            raise place.error(f"expected a list of rewards, got {described(value)}")
        rewards = [_reward(item, place.at(str(number))) for number, item in enumerate(value)]
        return rewards if origin is list else tuple(rewards)
    return read_plain(value, hint, place)


def _union(value: object, hint: object, args: tuple[object, ...], place: Place) -> object:
    if value is None and types.NoneType in args:
        return None
    if Reward in args:
        return _reward(value, place)
    if set(ENCODERS.values()) <= set(args):
        return _encoder(value, place)
    if Template in args:
        if isinstance(value, str | Template):
            return value
        try:
            return load_template(as_mapping(value, place, "a template's name or a mapping"))
        except ConfigError as error:
            options = (*Template.__struct_fields__, "base", *_keys(value))
            raise place.adopt(error, "template", options) from None
    return read_plain(value, hint, place)


def _keys(value: object) -> list[str]:
    return [str(key) for key in value] if isinstance(value, Mapping) else []


def _verifiers(value: object, place: Place) -> dict[str, msgspec.Struct]:
    items = as_mapping(value, place, "a mapping of tasks to their verifiers' options")
    check_keys(items, VERIFIERS, place)
    return {
        task: _struct(
            VERIFIERS[task], as_mapping(options, place.at(task), "options"), place.at(task)
        )
        for task, options in items.items()
    }
