"""Parameters of a native module from safetensors, by their published names, none left over."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import torch
from torch import nn

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.fgclip.checkpoint import parameter_shapes
from rewardkit.rewards.encoders.named import check_parameters

TOLERATED: Final = ".embeddings.position_ids"
"""End of the one name that may be too many: numbers from 0 up, which older files hold."""

FLOATING: Final = ("F64", "F32", "F16", "BF16")


def compare_parameters(module: nn.Module, files: Sequence[Path], where: str) -> None:
    """Compare names and shapes with those of a module, without reading the data.

    Args:
        module: On any device, `meta` too.
        files: Safetensors files that together hold its parameters.
        where: What to call them in errors.

    Raises:
        ConfigError: Naming what is missing, unexpected, twice there, or of another shape or type.
    """
    wanted = {name: list(value.shape) for name, value in module.state_dict().items()}
    found: dict[str, tuple[str, list[int]]] = {}
    for file in files:
        here = parameter_shapes(file)
        if twice := sorted(found.keys() & here.keys()):
            raise ConfigError(f"{where}: expected {twice[0]:.100} in one file, got it in two")
        found |= {name: kind for name, kind in here.items() if not name.endswith(TOLERATED)}
    misshapen = [
        f"{name}: {wanted[name]} of floats wanted, {shape} of {kind} there"
        for name, (kind, shape) in found.items()
        if name in wanted and (shape != wanted[name] or kind not in FLOATING)
    ]
    missing, unexpected = wanted.keys() - found.keys(), found.keys() - wanted.keys()
    check_parameters(where, list(missing), list(unexpected), misshapen)


def load_parameters(
    module: nn.Module,
    files: Sequence[Path],
    device: torch.device,
    dtype: torch.dtype,
    in_float32: Iterable[str] = (),
) -> None:
    """Fill a module, made on device `meta`, with checked parameters, for inference.

    Args:
        module: Its parameters are replaced.
        files: As `compare_parameters` took them.
        device: Where to.
        dtype: Of all parameters but those `in_float32`.
        in_float32: Names of parameters that are never rounded to half precision.
    """
    from safetensors import safe_open

    wanted, exact = module.state_dict().keys(), set(in_float32)
    state: dict[str, torch.Tensor] = {}
    for file in files:
        with safe_open(file, framework="pt", device="cpu") as opened:
            for name in wanted & set(opened.keys()):
                kind = torch.float32 if name in exact else dtype
                # A copy: the file may be replaced while the model is in use.
                state[name] = opened.get_tensor(name).to(device, kind, copy=True)
    module.load_state_dict(state, strict=True, assign=True)
    module.eval().requires_grad_(False)
