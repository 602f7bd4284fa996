"""The options that every encoder has: where it computes, in what precision, how much at a time."""

import re
from importlib import util
from typing import Final, Literal, TypeAlias

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.place import described
from rewardkit.rewards.plain import check_plain

Dtype: TypeAlias = Literal["auto", "float32", "bfloat16", "float16"]
"""Precision of the weights; vectors and scores are float32 always."""

DTYPES: Final = ("auto", "float32", "bfloat16", "float16")
DEVICE: Final = re.compile(r"auto|cpu|mps|cuda(:(0|[1-9][0-9]{0,2}))?")

MAX_BATCH: Final = 65_536
MAX_THREADS: Final = 1_024
MAX_CACHE_MB: Final = 1_048_576


class EncoderOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What an encoder's spec holds beside the model; a spec is a struct with these fields first.

    Only `device` and `dtype` can change a value beyond float noise, and only they count in a
    reward's fingerprint.

    Args:
        device: `cpu`, `cuda`, `cuda:1`, `mps`; `auto` takes CUDA where torch sees it, else the CPU.
        dtype: `auto` is bfloat16 on CUDA (float16 where the card has no bfloat16), float32
            elsewhere.
        batch_size: Images, or texts, that are encoded at a time, 1 to 65536; None finds it by the
            free memory.
        threads: Threads of one operation on the CPU, 1 to 1024; None leaves torch's setting.
        cache_mb: Megabytes (10^6 bytes) of vectors that are kept, 0 to 1048576; dense maps, where
            they are used, have as much again.
    """

    device: str = "auto"
    dtype: Dtype = "auto"
    batch_size: int | None = None
    threads: int | None = None
    cache_mb: int = 256


def check_options(spec: EncoderOptions) -> None:
    """Refuse options of the wrong type or out of their range; for a spec's `__post_init__`.

    Raises:
        ConfigError: Naming the option, what was expected and what was got.

    >>> from rewardkit.rewards.encoders import TransformersClip
    >>> TransformersClip(model="some/folder", batch_size=0)
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: transformers.batch_size: expected 1 to 65536, got int 0
    """
    check_plain(spec)
    owner = spec.__struct_config__.tag
    if not isinstance(spec.device, str) or not DEVICE.fullmatch(spec.device):
        raise ConfigError(
            f"{owner}.device: expected auto, cpu, cuda, cuda:N or mps, got {described(spec.device)}"
        )
    if spec.dtype not in DTYPES:
        raise ConfigError(
            f"{owner}.dtype: expected one of {', '.join(DTYPES)}, got {described(spec.dtype)}"
        )
    ranges = {
        "batch_size": (1, MAX_BATCH),
        "threads": (1, MAX_THREADS),
        "cache_mb": (0, MAX_CACHE_MB),
    }
    for name, (low, high) in ranges.items():
        value = getattr(spec, name)
        if value is not None and not low <= value <= high:
            raise ConfigError(f"{owner}.{name}: expected {low} to {high}, got {described(value)}")


def check_packages(*packages: str) -> None:
    """Refuse an encoder whose packages are not installed; nothing is imported.

    Args:
        packages: Import names, such as `torch`.

    Raises:
        ConfigError: Saying what to install.

    >>> check_packages("msgspec")
    """
    for package in packages:
        if util.find_spec(package) is None:
            raise ConfigError(
                f"encoder: expected the packages of rewardkit[clip], got no {package}: "
                "pip install 'rewardkit[clip]'"
            )
