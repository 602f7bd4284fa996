"""Images of nothing: how well a phrase does on them is what it gets for its words alone."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE: Final = 64
"""Pixels of a side."""


@lru_cache(maxsize=1)
def neutral_images() -> tuple[Image, ...]:
    """Eight square images that show nothing: plain, noise, shades, a chequerboard.

    Always the same ones to the byte, on every machine.

    Returns:
        RGB images, 64 x 64 pixels.

    >>> len(neutral_images())
    8
    """
    from PIL import Image

    size = (SIDE, SIDE)
    plain = [Image.new("RGB", size, (level,) * 3) for level in (0, 128, 255)]
    fine = Image.frombytes("RGB", size, _noise(b"fine", SIDE * SIDE * 3))
    coarse = Image.frombytes("RGB", (8, 8), _noise(b"coarse", 8 * 8 * 3))
    down = Image.frombytes("L", size, bytes(y * 4 for y in range(SIDE) for _ in range(SIDE)))
    squares = bytes(255 * ((x // 8 + y // 8) % 2) for y in range(SIDE) for x in range(SIDE))
    return (
        *plain,
        fine,
        coarse.resize(size, Image.Resampling.BICUBIC),
        down.convert("RGB"),
        down.transpose(Image.Transpose.ROTATE_90).convert("RGB"),
        Image.frombytes("L", size, squares).convert("RGB"),
    )


def _noise(name: bytes, length: int) -> bytes:
    """Bytes that look random: a hash, for generators may change from version to version."""
    return hashlib.shake_128(name).digest(length)
