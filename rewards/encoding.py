"""Reward to configuration: the way back from a value to what a YAML file would hold."""

from collections.abc import Mapping

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.base import Reward
from rewardkit.rewards.encoders import ENCODERS
from rewardkit.rewards.encoders.identity import LocalModel, decisive_options
from rewardkit.rewards.encoders.options import EncoderOptions
from rewardkit.rewards.named_function import function_path
from rewardkit.rewards.place import Place, described
from rewardkit.rewards.weighted import Part
from rewardkit.rewards.yaml_text import dump_yaml
from rewardkit.templates import Template, load_template
from rewardkit.verifiers import VERIFIERS
from rewardkit.verifiers.base import Verifier


def encode(reward: Reward) -> dict[str, object]:
    """Write a reward as plain values that `decode` makes an equal reward of; defaults are left out.

    Raises:
        ConfigError: When a part is neither a reward of rewardkit nor a function that can be found
            by name.

    >>> from rewardkit.rewards import Clip, Constant
    >>> encode(Clip(Constant(2.0), high=1.0))
    {'kind': 'clip', 'reward': {'kind': 'constant', 'value': 2.0}, 'high': 1.0}
    """
    return _reward(reward, Place(), full=False)


def to_yaml(reward: Reward) -> str:
    """Write a reward as the text of a YAML file.

    Raises:
        ConfigError: As `encode`.

    >>> from rewardkit.rewards import Constant
    >>> print(to_yaml(Constant(2.0)), end="")
    kind: constant
    value: 2.0
    """
    return dump_yaml(encode(reward))


def canonical(reward: Reward) -> dict[str, object]:
    """Write a reward in full: every option, templates and models by content, however given.

    Options that a reward names in `operational` decide no value, and are left out.

    Two rewards that do the same by the same options give the same, whichever way they were written.

    Raises:
        ConfigError: As `encode`.
    """
    return _reward(reward, Place(), full=True)


def _reward(reward: object, place: Place, full: bool) -> dict[str, object]:
    from rewardkit.rewards import REWARDS  # the table names the classes, whose files need no table

    if not isinstance(reward, msgspec.Struct):
        return {"kind": "custom", "function": function_path(reward, place)}
    kind = type(reward).__struct_config__.tag
    cls: type = type(reward)
    if not isinstance(kind, str) or REWARDS.get(kind) is not cls:
        name = cls.__name__
        raise place.error(f"expected a reward that rewardkit ships or a function, got {name}")
    if full and isinstance(reward, LocalModel):
        return {"kind": kind, **decisive_options(reward)}
    return {"kind": kind, **_options(reward, place, full)}


def _options(struct: msgspec.Struct, place: Place, full: bool) -> dict[str, object]:
    options: dict[str, object] = {}
    left_out: frozenset[str] = getattr(struct, "operational", frozenset()) if full else frozenset()
    for field in msgspec.structs.fields(struct):
        if field.name in left_out:
            continue
        value = getattr(struct, field.name)
        if full or field.required or value != _default(field):
            options[field.encode_name] = _value(
                value, field.type, place.at(field.encode_name), full
            )
    return options


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return None if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def _value(value: object, hint: object, place: Place, full: bool) -> object:
    if value is None:
        return None
    if isinstance(value, Template) or (full and Template in _args(hint)):
        return _template(value, place, full)
    if isinstance(value, Part):
        return {"weight": float(value.weight), **_reward(value.reward, place, full)}
    if isinstance(value, EncoderOptions) and not isinstance(value, Reward):
        return _encoder(value, place, full)
    if Verifier in _args(hint) and isinstance(value, Mapping):
        return _verifiers(value, place, full)
    if isinstance(value, Reward) and not isinstance(value, type):
        return _reward(value, place, full)
    if isinstance(value, Mapping) and _holds_values(value):
        inner = _args(hint)[-1]
        return {key: _value(item, inner, place.at(str(key)), full) for key, item in value.items()}
    if isinstance(value, list | tuple) and _holds_values(dict(enumerate(value))):
        items = enumerate(value)
        return [_value(item, _args(hint)[0], place.at(str(n)), full) for n, item in items]
    try:
        return _listed(msgspec.to_builtins(msgspec.convert(value, hint), order="deterministic"))
    except (msgspec.ValidationError, TypeError) as error:
        raise place.error(f"{error}, got {described(value)}") from None


def _listed(value: object) -> object:
    """The same plain values with lists for tuples, as a file would give them."""
    if isinstance(value, list | tuple):
        return [_listed(item) for item in value]
    if isinstance(value, dict):
        return {key: _listed(item) for key, item in value.items()}
    return value


def _verifiers(value: Mapping[str, object], place: Place, full: bool) -> dict[str, object]:
    options: dict[str, object] = {}
    for task, verifier in value.items():
        if type(verifier) is not VERIFIERS.get(task) or not isinstance(verifier, msgspec.Struct):
            name = type(verifier).__name__
            raise place.at(task).error(f"expected the verifier of task {task!r}, got {name}")
        options[task] = _options(verifier, place.at(task), full)
    return options


def _encoder(spec: EncoderOptions, place: Place, full: bool) -> dict[str, object]:
    kind = str(type(spec).__struct_config__.tag)
    if type(spec) is not ENCODERS.get(kind) or not isinstance(spec, LocalModel):
        name = type(spec).__name__
        raise place.error(f"expected an encoder that rewardkit ships, got {name}")
    return {"kind": kind, **(decisive_options(spec) if full else _options(spec, place, full))}


def _args(hint: object) -> tuple[object, ...]:
    args: tuple[object, ...] = getattr(hint, "__args__", ())
    return args


def _holds_values(items: Mapping[object, object]) -> bool:
    """Whether these are rewards or parts, and not plain values."""
    return bool(items) and all(
        isinstance(item, msgspec.Struct) or callable(item) for item in items.values()
    )


def _template(value: object, place: Place, full: bool) -> object:
    try:
        template = value if isinstance(value, Template) else load_template(str(value))
    except ConfigError as error:
        raise place.error(error) from None
    config = template.to_config()
    if full or not isinstance(config, str):
        return config
    return {"base": config}  # a name alone would come back as the name, which is not the same value
