"""Two digit scans to one image, as they are, noisy, turned or blank."""

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL.Image import Image

Shift: TypeAlias = Literal["noise", "rotation", "blank"]
"""What is done to an image. A blank one leaves nothing to read: a reply to it can only be guessed,
and the answer only be worked out from the guess."""

Pixels: TypeAlias = npt.NDArray[np.float64]
"""Brightness of an image's pixels in [0, 1], (height, width)."""

UPSAMPLING: Final = 2
NOISE_SD: Final = 0.2
"""Standard deviation of the Gaussian noise, in units of the brightness range."""
TURN_DEGREES: Final = (10.0, 25.0)
"""Each digit is turned by an angle in this range, either way."""


def render(
    left: Pixels, right: Pixels, shift: Shift | None = None, seed: tuple[int, ...] = (0,)
) -> "Image":
    """Put two scans side by side.

    Args:
        left: A scan of (8, 8) pixels.
        right: Another one.
        shift: `noise` on every pixel, `rotation` of each digit, or a `blank` image; None for the
            scans as they are.
        seed: Of the shift.

    Returns:
        An RGB image of 32 x 16 pixels (width x height).

    >>> import numpy as np
    >>> render(np.zeros((8, 8)), np.ones((8, 8))).size
    (32, 16)
    """
    from PIL import Image

    rng = np.random.default_rng(seed)
    sides = [scan.repeat(UPSAMPLING, axis=0).repeat(UPSAMPLING, axis=1) for scan in (left, right)]
    if shift == "rotation":
        sides = [turned(side, rng) for side in sides]
    whole = np.concatenate(sides, axis=1)
    if shift == "noise":
        whole = whole + rng.normal(0.0, NOISE_SD, whole.shape)
    elif shift == "blank":
        whole = np.zeros_like(whole)
    gray = (np.clip(whole, 0.0, 1.0) * 255).round().astype(np.uint8)
    return Image.fromarray(gray).convert("RGB")


def turned(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Turn an image about its centre by a random angle; what comes in from outside is black."""
    from PIL import Image

    degrees = rng.uniform(*TURN_DEGREES) * rng.choice([-1.0, 1.0])
    image = Image.fromarray(pixels.astype(np.float32))
    return np.asarray(image.rotate(degrees, Image.Resampling.BILINEAR), dtype=np.float64)
