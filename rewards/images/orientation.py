"""Upright images: what a camera's EXIF says about the way up.

Source: the tag Orientation of EXIF 2.32, CIPA DC-008. Pillow's own `ImageOps.exif_transpose` writes
the other tags anew, which fails on some that it could read.
"""

from typing import Final

from PIL import Image

TAG: Final = 0x0112
"""The tag Orientation."""

TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes an image of each orientation upright; 1 and nonsense are upright."""


def orientation_of(image: Image.Image) -> int:
    """The orientation that a loaded image's EXIF states, 1 where it states none or nonsense.

    >>> orientation_of(Image.new("RGB", (2, 1)))
    1
    """
    stated = image.getexif().get(TAG)
    return stated if isinstance(stated, int) and stated in TURNS else 1


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """The image turned upright; the same one where it stands upright.

    >>> turned(Image.new("RGB", (2, 1)), 6).size
    (1, 2)
    """
    turn = TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)
