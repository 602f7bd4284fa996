"""Any of Pillow's modes to 8-bit RGB, in one stated way.

Where nothing says how bright the largest number is, the smallest usual scale that holds all of
them is taken: 8 bits up to 255, 16 bits up to 65,535, and of fractions 1 up to 1. Pillow's own
`convert` cuts what is above 255 off, which makes a 16-bit image white.
"""

from typing import Final

import numpy as np
from PIL import Image

WHITE: Final = (255, 255, 255)
"""What shows through transparency; transparent pixels themselves hold garbage."""

WORD: Final = 0xFFFF
"""White of 16 bits."""

_TO_8_BITS = [(value * 255 + WORD // 2) // WORD for value in range(WORD + 1)]


def to_rgb(image: Image.Image) -> Image.Image:
    """An 8-bit RGB image of any image.

    Transparency shows white; 16 bits are scaled; CMYK and the rest are converted as Pillow does,
    without colour profiles.

    Args:
        image: Of any mode; stays as it is.

    Returns:
        A new image, or the same where it is RGB already.

    Raises:
        ValueError: When its numbers fit no scale: negative, NaN, above 65,535.

    >>> to_rgb(Image.new("LA", (1, 1), (0, 51))).getpixel((0, 0))
    (204, 204, 204)
    """
    if image.mode.startswith("I;16"):
        return _from_words(image.convert("I"), image.info.get("transparency"))
    if image.mode == "I":
        return _from_integers(image)
    if image.mode == "F":
        return _from_fractions(image)
    if image.mode == "La":  # the only way out of it
        image = image.convert("LA")
    if image.has_transparency_data:
        keyed = _keyed_in_8_bits(image)  # `convert` copies also what has the mode already
        return _on_white(keyed if keyed.mode == "RGBA" else keyed.convert("RGBA"))
    return image if image.mode == "RGB" else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    canvas = Image.new("RGB", image.size, WHITE)
    canvas.paste(image, mask=image.getchannel("A"))
    return canvas


def _keyed_in_8_bits(image: Image.Image) -> Image.Image:
    """A 16-bit PNG is read as 8 bits, but its transparent colour is not."""
    key = image.info.get("transparency")
    if image.mode == "RGB" and isinstance(key, tuple) and max(key) > 255:
        image = image.copy()
        image.info["transparency"] = tuple(part >> 8 for part in key)
    return image


def _from_words(image: Image.Image, key: object = None) -> Image.Image:
    """From 16 bits in mode I; the grey `key` is transparent."""
    grey = image.point(_TO_8_BITS, "L").convert("RGB")
    if isinstance(key, int):
        grey.paste(WHITE, mask=image.point([255 * (v == key) for v in range(WORD + 1)], "L"))
    return grey


def _from_integers(image: Image.Image) -> Image.Image:
    pixels = np.asarray(image)
    low, high = int(pixels.min()), int(pixels.max())
    if low < 0 or high > WORD:
        raise ValueError(f"expected whole numbers in 0 to {WORD}, got {low} to {high}")
    return image.convert("RGB") if high <= 255 else _from_words(image)


def _from_fractions(image: Image.Image) -> Image.Image:
    pixels = np.asarray(image)
    low, high = float(pixels.min()), float(pixels.max())
    if not (low >= 0 and high <= WORD):  # also where one is NaN
        raise ValueError(f"expected numbers in 0 to {WORD}, got {low:g} to {high:g}")
    white = next(scale for scale in (1, 255, WORD) if high <= scale)
    scaled = pixels * np.float32(255 / white)
    return Image.fromarray(np.rint(scaled, out=scaled).astype(np.uint8)).convert("RGB")
