"""Variations of digits, so that few scans do for training: turned, stretched, moved, dimmed."""

import math
from typing import Final

import torch
from torch import Tensor, nn

TURN: Final = math.radians(18.0)
STRETCH: Final = 0.15
SLANT: Final = 0.22
SHIFT: Final = 0.18
"""Of half a side."""
DIMMED: Final = 0.3
"""Brightness lost or gained in all, mostly lost."""
NOISE_SD: Final = 0.07


def varied_halves(halves: Tensor) -> Tensor:
    """Each digit turned, stretched, slanted and moved by random amounts.

    Args:
        halves: [N, height, width] from 0 to 1; both sides count as one length.

    Returns:
        [N, height, width]; what comes in from outside is black. Drawn from torch's random state.
    """
    turn, slant, *stretch = (
        _amounts(len(halves), most) for most in (TURN, SLANT, STRETCH, STRETCH)
    )
    across, down = _amounts(len(halves), SHIFT), _amounts(len(halves), SHIFT)
    cos, sin = torch.cos(turn), torch.sin(turn)
    rows = (
        torch.stack([cos * (1 + stretch[0]), slant - sin, across], dim=1),
        torch.stack([sin, cos * (1 + stretch[1]), down], dim=1),
    )
    shape = [len(halves), 1, *halves.shape[1:]]
    grid = nn.functional.affine_grid(torch.stack(rows, dim=1), shape, align_corners=False)
    return nn.functional.grid_sample(halves[:, None], grid, align_corners=False)[:, 0]


def varied_light(halves: Tensor) -> Tensor:
    """Each digit dimmed by a random amount and with noise, [N, height, width] from 0 to 1."""
    light = torch.rand(len(halves), 1, 1) * DIMMED + 0.8
    return (halves * light + torch.randn_like(halves) * NOISE_SD).clamp(0, 1)


def _amounts(count: int, most: float) -> Tensor:
    return (torch.rand(count) * 2 - 1) * most
