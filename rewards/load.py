"""One way to name any reward: a preset, a YAML file, a Python object, plain values."""

from collections.abc import Mapping
from pathlib import Path

from rewardkit.errors import ConfigError
from rewardkit.rewards.base import Reward
from rewardkit.rewards.config import decode
from rewardkit.rewards.encoding import encode
from rewardkit.rewards.options import apply_options
from rewardkit.rewards.place import described
from rewardkit.rewards.preset import named_config
from rewardkit.rewards.yaml_text import read_yaml


def load_reward(
    spec: str | Path | Mapping[str, object] | Reward, options: Mapping[str, object] | None = None
) -> Reward:
    """Find a reward, whatever it is named by.

    Args:
        spec: A preset's name, the path of a YAML file, `file.py:name` or `module:name`, a mapping
            as in a YAML file, or a reward. A path is read from the current directory.
        options: Values to replace, by dotted path: `{"parts.format.weight": 0.5}`.

    Returns:
        The reward. One given as a value comes back as it is, unless options change it.

    Raises:
        ConfigError: When there is no such thing, or something in it is wrong: where, what was
            expected, what was got.

    >>> load_reward("r1", options={"parts.format.weight": 0.5}).parts["format"].weight
    0.5
    """
    if isinstance(spec, type):
        raise ConfigError(f"reward: expected a reward, got the class {spec.__name__}: call it")
    if not isinstance(spec, str | Path | Mapping | Reward):
        raise ConfigError(
            f"reward: expected a name, a path, a mapping or a reward, got {described(spec)}"
        )
    if isinstance(spec, str | Path):
        where = str(spec)
        config = named_config(spec) if isinstance(spec, str) else read_yaml(spec)
    elif isinstance(spec, Mapping):
        where, config = "", spec
    elif options:
        where, config = "", encode(spec)
    else:
        return spec
    return decode(apply_options(config, options or {}, where), where)
