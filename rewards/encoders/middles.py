"""Images far longer than wide, made harmless for processors that crop after they resize."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_ASPECT: Final = 64
"""Longer side over shorter, from which an image's ends are cut off first."""


def middle(image: Image) -> Image:
    """The middle of a very long image; any other image as it is.

    A processor that resizes the shorter side to 224 pixels and then keeps the middle square would
    blow a strip of 1 by 20000 up to 3 GB first. Its result shows the middle square alone, so
    nothing is lost that would be seen.

    Returns:
        An image whose longer side is at most 64 times its shorter one, or a pixel more.

    >>> from PIL import Image
    >>> middle(Image.new("RGB", (20_000, 1))).size
    (64, 1)
    """
    width, height = image.size
    longest = min(width, height) * MAX_ASPECT
    if max(width, height) <= longest:
        return image
    longest += (max(width, height) - longest) % 2  # as much off either end: the middle stays there
    left, top = max(0, (width - longest) // 2), max(0, (height - longest) // 2)
    return image.crop((left, top, left + min(width, longest), top + min(height, longest)))
