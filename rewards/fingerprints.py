"""Fingerprint of a reward: equal for two runs only when the same code computed the same reward."""

import functools
import hashlib
import inspect
import json
import sys
from pathlib import Path

from rewardkit.rewards.base import Reward
from rewardkit.rewards.encoding import canonical
from rewardkit.rewards.walk import nested, uses_models

PACKAGES: tuple[str, ...] = (
    "rewardkit",
    "latex2sympy2_extended",
    "mpmath",
    "numpy",
    "msgspec",
    "py3langid",
    "rapidfuzz",
    "regex",
    "scipy",
    "sympy",
)
"""The packages whose version can change a reward. What reads and prints (PyYAML, rich) can not."""

MODEL_PACKAGES: tuple[str, ...] = (
    "open_clip_torch",
    "pillow",
    "safetensors",
    "tokenizers",
    "torch",
    "torchvision",
    "transformers",
)
"""Those that can change a reward which uses a model, and no other."""

ABSENT = "not installed"


@functools.cache
def _versions(packages: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    from importlib import (
        metadata,
    )  # slow to import, and only wanted where something is written down

    found = [("python", "{}.{}".format(*sys.version_info))]
    for package in packages:
        try:
            found.append((package, metadata.version(package)))
        except metadata.PackageNotFoundError:
            found.append((package, ABSENT))
    return tuple(found)


def versions(reward: Reward | None = None) -> dict[str, str]:
    """The versions that decide what a reward is, by package; none of them is imported.

    Args:
        reward: Whose; the packages that compute models count only where it, or a reward inside
            it, has `uses_models = True`. None is a reward without.

    Returns:
        `python` as major.minor (its Unicode tables decide what a letter is), then the packages;
        `not installed` where one is missing.

    >>> versions()["rewardkit"] != "not installed"
    True
    """
    models = reward is not None and uses_models(reward)
    return dict(_versions((*PACKAGES, *MODEL_PACKAGES) if models else PACKAGES))


def fingerprint(reward: Reward) -> str:
    """Name a reward by what decides its values.

    Covers every option in full (so defaults written out change nothing), templates, custom
    functions and local models by content and not by path, and the versions of the packages that
    the values depend on. How much a model computes at a time doesn't count, nor where a judge is.

    Returns:
        64 hexadecimal digits (SHA-256).

    Raises:
        ConfigError: When a part can't be written down, such as a lambda, or a local model can't be
            read.

    >>> from rewardkit.rewards import Constant
    >>> fingerprint(Constant(1.0)) == fingerprint(Constant(1)) != fingerprint(Constant(2.0))
    True
    """
    facts = {
        "reward": _without_folders(canonical(reward)),
        "sources": sorted({digest for one in nested(reward) for digest in _source_digests(one)}),
        "versions": versions(reward),
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _without_folders(value: object) -> object:
    """The same values, with custom functions named without the folder of their file."""
    if isinstance(value, list):
        return [_without_folders(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: _without_folders(item) for key, item in value.items()}
    function = result.get("function")
    if result.get("kind") == "custom" and isinstance(function, str) and ".py:" in function:
        result["function"] = function.replace("\\", "/").rpartition("/")[2]
    return result


def _source_digests(reward: object) -> list[str]:
    """The content of the files that a custom reward's code stands in; none for rewardkit's own."""
    files: list[str] = []
    source_files = getattr(reward, "source_files", None)
    if callable(source_files):
        files = [str(file) for file in source_files()]
    elif inspect.isfunction(reward) and (file := inspect.getsourcefile(reward)):
        files = [file]
    return [
        hashlib.sha256(path.read_bytes()).hexdigest() for path in map(Path, files) if path.is_file()
    ]
