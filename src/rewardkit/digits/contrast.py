"""What contrastive training on pairs of digits takes: pixels as the model has them, and a loss."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from rewardkit.rewards.encoders.fgclip.pixels_v1 import MEAN, STD, square_pixels

if TYPE_CHECKING:
    from PIL.Image import Image


def prepared_halves(draw: Callable[[int], "Image"], scans: Iterable[int], side: int) -> Tensor:
    """Scans as each stands in the left half of an image that was prepared for the model.

    Args:
        draw: Makes the image that has a scan on both sides.
        scans: Which ones.
        side: Pixels of a side of the square that the model sees.

    Returns:
        [N, side, side / 2] float32, from 0 to 1.
    """
    squares = [square_pixels(draw(scan), side).pixels[:, : side // 2, 0] for scan in scans]
    return torch.stack([torch.tensor(square) for square in squares]).float() / 255


def side_by_side(left: Tensor, right: Tensor) -> Tensor:
    """Two batches of halves as the model takes them.

    Args:
        left: [N, side, side / 2] from 0 to 1.
        right: Likewise.

    Returns:
        [N, 3, side, side] float32, normalised.

    >>> side_by_side(torch.zeros(1, 4, 2), torch.ones(1, 4, 2)).shape
    torch.Size([1, 3, 4, 4])
    """
    pixels = torch.cat([left, right], dim=2)[:, None].expand(-1, 3, -1, -1)
    mean, std = (torch.tensor(one)[:, None, None] for one in (MEAN, STD))
    return (pixels - mean) / std


def match_loss(cosines: Tensor, truth: Tensor, scale: Tensor) -> Tensor:
    """Contrastive loss both ways; a text may be true of many images, or of none.

    Args:
        cosines: Of N images with M texts, [N, M].
        truth: Whether a text is true of an image, [N, M].
        scale: What the cosines are multiplied by.

    Returns:
        The sum of both ways' means, a scalar.
    """
    logits, true = cosines * scale, truth.float()
    texts = -(logits.log_softmax(1) * true).sum(1) / true.sum(1).clamp(min=1)
    images = -(logits.log_softmax(0) * true).sum(0) / true.sum(0).clamp(min=1)
    return texts.mean() + images.mean()
