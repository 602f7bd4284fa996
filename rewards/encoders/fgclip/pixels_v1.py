"""Images as FG-CLIP v1 wants them: squashed to a square, in CLIP's normalisation.

Source: 360CVGroup/FG-CLIP, branch v1.0 at 0fcea59, and the settings of CLIP's image processor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

MEAN: Final = (0.48145466, 0.4578275, 0.40821073)
STD: Final = (0.26862954, 0.26130258, 0.27577711)


@dataclass(frozen=True)
class Square:
    """An image resized to a square.

    Attributes:
        pixels: [side, side, 3] uint8.
    """

    pixels: "NDArray[np.uint8]"

    @property
    def nbytes(self) -> int:
        """Bytes as the model takes it, float32."""
        return 4 * self.pixels.size


def square_pixels(image: "Image", side: int) -> Square:
    """Resize an RGB image straight to a square; the aspect ratio is not kept.

    Args:
        image: Upright, mode RGB, of any size.
        side: Pixels.

    >>> from PIL import Image
    >>> square_pixels(Image.new("RGB", (5, 2), "red"), 4).pixels[0, 0].tolist()
    [255, 0, 0]
    """
    from PIL import Image as images

    resized = image.resize((side, side), images.Resampling.BICUBIC)
    return Square(np.asarray(resized, dtype=np.uint8))


def normalised_squares(squares: Sequence[Square], device: torch.device) -> torch.Tensor:
    """Bring squares to the device and normalise them there.

    Args:
        squares: Of one side.
        device: Where to.

    Returns:
        [B, 3, side, side] float32, channels of mean 0 and deviation 1 over CLIP's images.
    """
    pixels = (
        torch.from_numpy(np.stack([square.pixels for square in squares]))
        .to(device)
        .to(torch.float32)
        / 255
    )
    mean, std = (torch.tensor(one, dtype=torch.float32, device=device) for one in (MEAN, STD))
    return ((pixels - mean) / std).permute(0, 3, 1, 2).contiguous()
