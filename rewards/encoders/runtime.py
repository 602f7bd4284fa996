"""Where a model computes on this machine: the options `auto` resolved by what torch sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.options import EncoderOptions

if TYPE_CHECKING:
    import torch


class Runtime(NamedTuple):
    """A device and a precision that this machine has.

    Attributes:
        device: With its number where there are several, such as `cuda:0`.
        dtype: Of the weights and what is computed with them.
    """

    device: torch.device
    dtype: torch.dtype


def resolve_runtime(spec: EncoderOptions) -> Runtime:
    """Find the device and the precision that a spec asks for; imports torch.

    Raises:
        ConfigError: When this machine has no such device.

    >>> from rewardkit.rewards.encoders import TransformersClip
    >>> resolve_runtime(TransformersClip(model="some/folder", device="cpu"))
    Runtime(device=device(type='cpu'), dtype=torch.float32)
    """
    device = _device(spec)
    return Runtime(device, _dtype(spec, device))


def _device(spec: EncoderOptions) -> torch.device:
    import torch

    name = spec.device
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(name)
    if device.type == "cuda":
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        number = device.index if device.index is not None else 0
        if number >= count:
            raise ConfigError(
                f"encoder.device: expected a device of this machine, got {name!r}: "
                f"torch sees {count} CUDA devices"
            )
        index = torch.cuda.current_device() if device.index is None else device.index
        return torch.device("cuda", index)
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise ConfigError(
            f"encoder.device: expected a device of this machine, got {name!r}: torch sees no MPS"
        )
    return device


def _dtype(spec: EncoderOptions, device: torch.device) -> torch.dtype:
    import torch

    named = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
    if spec.dtype != "auto":
        return named[spec.dtype]
    if device.type != "cuda":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
