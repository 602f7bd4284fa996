"""Options of a preset: single values of a configuration replaced by their dotted path."""

from collections.abc import Mapping

from rewardkit.errors import ConfigError
from rewardkit.rewards.place import Place, as_mapping, described
from rewardkit.rewards.yaml_text import parse_yaml
from rewardkit.suggest import did_you_mean


def apply_options(config: object, options: Mapping[str, object], where: str = "") -> object:
    """Replace or add values in a configuration; the original is left as it is.

    Args:
        config: Plain values as in a YAML file.
        options: New values by dotted path, such as `parts.format.weight`. Each key on the way must
            be there or be an option of its kind; the last one is checked by `decode`.
        where: What to call the configuration in errors.

    Raises:
        ConfigError: When a path leads nowhere; names what is there, and the nearest.

    >>> apply_options({"kind": "clip", "high": 1.0}, {"high": 2.0})
    {'kind': 'clip', 'high': 2.0}
    """
    for path, value in options.items():
        keys = path.split(".")
        if not all(keys):
            raise Place(where).error(
                f"expected a dotted path such as parts.format.weight, got {path!r}"
            )
        config = _replaced(config, keys, value, Place(where))
    return config


def _replaced(config: object, keys: list[str], value: object, place: Place) -> dict[str, object]:
    fields = as_mapping(config, place, f"a mapping to set {keys[0]!r} in")
    key, rest = keys[0], keys[1:]
    if not rest:
        return fields | {key: value}
    known = [*fields, *(name for name in _option_names(fields) if name not in fields)]
    if key not in known and fields:
        near = did_you_mean(key, known).replace(", did", "; did")
        raise place.at(key).error(f"no such part, expected one of {', '.join(known)}{near}")
    return fields | {key: _replaced(fields.get(key, {}), rest, value, place.at(key))}


def _option_names(fields: Mapping[str, object]) -> tuple[str, ...]:
    """The options of the kind that a mapping configures; none where it configures no known kind."""
    from rewardkit.rewards import REWARDS  # the table names the classes, whose files need no table

    kind = fields.get("kind")
    cls = REWARDS.get(kind) if isinstance(kind, str) else None
    names: tuple[str, ...] = getattr(cls, "__struct_fields__", ())
    return names


def parse_option(text: str) -> tuple[str, object]:
    """Read one option as a command line gives it: a dotted path, `=`, and a value in YAML.

    Raises:
        ConfigError: When there is no `=`, or the value is not YAML.

    >>> parse_option("parts.format.weight=0.5")
    ('parts.format.weight', 0.5)
    """
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise ConfigError(f"option: expected PATH=VALUE, got {described(text)}")
    return path.strip(), parse_yaml(value, f"option {path.strip()}")
