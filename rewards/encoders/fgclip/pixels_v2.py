"""Images as FG-CLIP 2 wants them: cut into patches whose number depends on the image alone.

Source: 360CVGroup/FG-CLIP, branch main at b1af1cd, and the NaFlex processor of SigLIP 2
(Tschannen et al. 2025, https://arxiv.org/abs/2502.14786). What differs: each image has its own
budget of patches, where the released code gives a batch the largest of its images'.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

BUDGETS: Final = (128, 256, 576, 784, 1024)
"""Numbers of patches that an image's own is rounded up to; larger images get the last."""


@dataclass(frozen=True)
class Patches:
    """An image cut into patches, without padding.

    Attributes:
        pixels: [rows * columns, 3 * ps * ps] uint8; row, column, channel inside a patch.
        rows: Patches from top to bottom.
        columns: Patches from left to right.
        budget: The most patches that the image could have had.
    """

    pixels: "NDArray[np.uint8]"
    rows: int
    columns: int
    budget: int

    @property
    def nbytes(self) -> int:
        """Bytes as the model takes it: float32, padded to the budget."""
        return 4 * self.budget * int(self.pixels.shape[1])

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns


def patch_budget(height: int, width: int, patch: int) -> int:
    """The most patches for an image of this size in pixels.

    >>> patch_budget(480, 640, 16), patch_budget(1, 1, 16)
    (1024, 128)
    """
    own = (height // patch) * (width // patch)
    return next((budget for budget in BUDGETS if own <= budget), BUDGETS[-1])


def grid_shape(height: int, width: int, patch: int, budget: int) -> tuple[int, int]:
    """Rows and columns of patches that an image is resized to, about its aspect ratio.

    Args:
        height: Pixels, at least 1.
        width: Pixels, at least 1.
        patch: Pixels a patch's side.
        budget: The most patches, at least 1.

    >>> grid_shape(480, 640, 16, 1024)
    (27, 36)
    """
    low, high = 1e-6, 100.0
    while high - low >= 1e-5:
        scale = (low + high) / 2
        rows, columns = _scaled(height, scale, patch), _scaled(width, scale, patch)
        low, high = (scale, high) if rows * columns <= budget else (low, scale)
    return _scaled(height, low, patch), _scaled(width, low, patch)


def _scaled(side: int, scale: float, patch: int) -> int:
    return max(1, math.ceil(side * scale / patch))


def cut_patches(image: "Image", patch: int, budget: int | None = None) -> Patches:
    """Resize an RGB image to whole patches and cut it.

    Args:
        image: Upright, mode RGB, of any size.
        patch: Pixels a patch's side.
        budget: The most patches; None for what the image's size asks for.

    >>> from PIL import Image
    >>> cut_patches(Image.new("RGB", (64, 32)), 16).shape
    (8, 16)
    """
    from PIL import Image as images

    width, height = image.size
    budget = patch_budget(height, width, patch) if budget is None else budget
    rows, columns = grid_shape(height, width, patch, budget)
    resized = image.resize((columns * patch, rows * patch), images.Resampling.BILINEAR)
    pixels = np.asarray(resized, dtype=np.uint8).reshape(rows, patch, columns, patch, 3)
    pixels = pixels.transpose(0, 2, 1, 3, 4).reshape(rows * columns, 3 * patch * patch)
    return Patches(pixels, rows, columns, budget)


def padded_patches(
    images: list[Patches], device: torch.device, length: int | None = None
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Bring images to the device, normalised and padded to one number of patches.

    Args:
        images: What to bring.
        device: Where to.
        length: Number of patches, None for that of the largest image.

    Returns:
        Pixels [B, P, 3*ps*ps] float32 in [-1, 1], 0 in the padding, and [B, P], True where a
        patch isn't padding; None where none is, for attention without a mask is faster.
    """
    counts = torch.tensor([len(image.pixels) for image in images])
    length = int(counts.max()) if length is None else length
    pixels = np.zeros((len(images), length, images[0].pixels.shape[1]), dtype=np.uint8)
    for row, image in zip(pixels, images, strict=True):
        row[: len(image.pixels)] = image.pixels
    values = (torch.from_numpy(pixels).to(device).to(torch.float32) / 255 - 0.5) / 0.5
    if int(counts.min()) == length:
        return values, None
    real = (torch.arange(length) < counts[:, None]).to(device)
    return values * real[:, :, None], real
