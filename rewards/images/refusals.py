"""What is refused at a look at an image's bytes, before Pillow opens it."""

import struct
from typing import Final

from PIL import Image

MAX_SCANS: Final = 500
"""Scans of a JPEG: usual are one to ten, and an empty one of 100 bytes still visits all pixels."""

_GIF_MAGIC = (b"GIF87a", b"GIF89a")
_GIF_HEAD = 13
_SCAN = b"\xff\xda"


def refusal(data: bytes) -> str:
    """Why an image of these bytes is not opened; empty where nothing speaks against it.

    >>> refusal(b"GIF89a" + bytes([255, 255, 255, 255, 0, 0, 0]))
    'expected at most 89,478,485 pixels, got 65,535 x 65,535'
    """
    if data.startswith(_GIF_MAGIC):
        return excess(gif_size(data))
    if data.startswith(b"\xff\xd8\xff") and (scans := data.count(_SCAN)) > MAX_SCANS:
        return f"expected at most {MAX_SCANS} scans, got {scans:,}"
    return ""


def excess(size: tuple[int, int]) -> str:
    """Why an image of this size is not decoded; empty where it is.

    >>> excess((20_000, 20_000))
    'expected at most 89,478,485 pixels, got 20,000 x 20,000'
    """
    limit = Image.MAX_IMAGE_PIXELS
    if limit is None or size[0] * size[1] <= limit:
        return ""
    return f"expected at most {limit:,} pixels, got {size[0]:,} x {size[1]:,}"


def gif_size(data: bytes) -> tuple[int, int]:
    """Width and height that Pillow gives a GIF: the screen, or more where the first frame is.

    Pillow makes room for that frame and warns of its size while it opens the file.

    >>> head = b"GIF89a" + struct.pack("<HHBBB", 2, 3, 0, 0, 0)
    >>> gif_size(head), gif_size(head + b"," + struct.pack("<4H", 1, 0, 4, 1))
    ((2, 3), (5, 3))
    """
    if len(data) < _GIF_HEAD:
        return 0, 0
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    place = _GIF_HEAD + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    while place < len(data) and (mark := data[place : place + 1]) not in (b",", b";"):
        place = _after_blocks(data, place + 2) if mark == b"!" else place + 1
    if data[place : place + 1] != b"," or len(data) < place + 9:
        return width, height
    left, top, wide, high = struct.unpack_from("<4H", data, place + 1)
    return max(width, left + wide), max(height, top + high)


def _after_blocks(data: bytes, place: int) -> int:
    """Where the blocks of an extension end, the last of which is empty."""
    while place < len(data) and (size := data[place]):
        place += 1 + size
    return place + 1
