"""Presets: the rewards that ship as YAML files, by name."""

import functools
from pathlib import Path

from rewardkit.errors import ConfigError
from rewardkit.rewards.place import Place
from rewardkit.rewards.yaml_text import parse_yaml, read_yaml
from rewardkit.suggest import did_you_mean

FOLDER = Path(__file__).parent / "presets"
SUFFIXES = (".yaml", ".yml")


@functools.cache
def preset_names() -> tuple[str, ...]:
    """The names of the presets that ship with rewardkit, sorted.

    >>> "gsm8k" in preset_names()
    True
    """
    return tuple(sorted(file.stem for file in FOLDER.glob("*.yaml")))


def preset_text(name: str) -> str:
    """The YAML of a preset, with the comment that names its source and where it is stricter.

    Raises:
        ConfigError: When there is no such preset.
    """
    if name not in preset_names():
        known = ", ".join(preset_names())
        raise ConfigError(
            f"expected one of {known}, got {name!r:.60}{did_you_mean(name, preset_names())}"
        )
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def named_config(spec: str, place: Place | None = None) -> object:
    """Find what a name stands for: a preset, a YAML file or a Python object.

    Args:
        spec: A preset's name, a path that ends in `.yaml` or `.yml`, `file.py:name` or
            `module:name`.
        place: Where the name stands, for errors.

    Returns:
        Plain values, not checked yet.

    Raises:
        ConfigError: When there is no such preset or file; names the presets and the nearest.

    >>> named_config("my_rewards.py:brevity")
    {'kind': 'custom', 'function': 'my_rewards.py:brevity'}
    """
    place = place or Place()
    if spec in preset_names():
        return parse_yaml(preset_text(spec), f"preset {spec}")
    if spec.lower().endswith(SUFFIXES):
        try:
            return read_yaml(Path(spec))
        except ConfigError as error:
            raise place.error(error) from None
    module, colon, name = spec.rpartition(":")
    if colon and module and all(part.isidentifier() for part in name.split(".")):
        return {"kind": "custom", "function": spec}
    known = ", ".join(preset_names())
    near = did_you_mean(spec, preset_names())
    raise place.error(
        f"expected a preset ({known}), a YAML file, or file.py:name, got {spec!r:.80}{near}"
    )
