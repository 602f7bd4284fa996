"""YAML in, plain values out: nothing evaluated, nothing doubled, nothing without bounds.

Refused beyond what `yaml.safe_load` refuses: keys given twice, aliases (they blow up when
expanded), nesting beyond 64 levels, more than 1 MiB. Read otherwise than there: `1e-6` is a
number, as in YAML 1.2.
"""

from pathlib import Path

from rewardkit.errors import ConfigError
from rewardkit.rewards.place import MAX_DEPTH
from rewardkit.rewards.yaml_dialect import dumper, loader

MAX_BYTES = 1 << 20
"""How large a configuration file may be."""


def read_yaml(path: Path) -> object:
    """Read a YAML file of at most 1 MiB.

    Raises:
        ConfigError: When it can't be read or is not such YAML; with file, line and column.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # a NUL in a path is a ValueError
        why = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"{path}: expected a YAML file, got: {why}") from None
    if len(content) > MAX_BYTES:
        raise ConfigError(f"{path}: expected at most {MAX_BYTES} bytes, got more")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path}: expected UTF-8, got byte {error.start}: {error.reason}"
        ) from None
    return parse_yaml(text, str(path))


def parse_yaml(text: str, source: str) -> object:
    r"""Read YAML.

    Args:
        text: One document.
        source: What to call it in errors.

    Raises:
        ConfigError: When it is not YAML as this module describes it.

    >>> parse_yaml("at: 4e-1", "r.yaml")
    {'at': 0.4}
    >>> parse_yaml("at: 1\nat: 2", "r.yaml")
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: r.yaml: line 2, column 1: key given twice, got 'at' again
    """
    import yaml

    try:
        _check_events(text, source)
        return yaml.load(text, Loader=loader())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        what = " ".join(filter(None, (error.context, error.problem))) or "not YAML"
        raise ConfigError(f"{source}: {place}{what}") from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        message = " ".join(str(error).split())
        raise ConfigError(f"{source}: expected YAML, got: {message:.200}") from None


def _check_events(text: str, source: str) -> None:
    """Refuse aliases and deep nesting before anything is built, which would recurse."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent):
            name = event.anchor
            raise ConfigError(f"{source}: line {line}: expected values written out, got *{name}")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > 2 * MAX_DEPTH:
            raise ConfigError(
                f"{source}: line {line}: expected at most {2 * MAX_DEPTH} levels, got more"
            )


def dump_yaml(value: object) -> str:
    """Write plain values as YAML that `parse_yaml` reads back as they were, keys in their order.

    >>> print(dump_yaml({"kind": "saturate", "at": 0.4, "label": "1e5"}), end="")
    kind: saturate
    at: 0.4
    label: '1e5'
    """
    import yaml

    text: str = yaml.dump(value, Dumper=dumper(), sort_keys=False, allow_unicode=True)
    return text
