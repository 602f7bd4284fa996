"""The bytes of an image to an upright RGB image, or to the reason why not.

Formats are recognised by their first bytes and opened by Pillow's reader of that format: a file
never chooses a reader that runs a program (EPS) or draws (WMF, SVG), and too many pixels are seen
before Pillow would warn, which it does for all threads at once.
"""

import contextlib
import io
import os
import struct
import threading
import zlib
from collections.abc import Callable
from typing import Final

from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.WebPImagePlugin import WebPImageFile

from rewardkit.rewards.images.colours import to_rgb
from rewardkit.rewards.images.naming import shown_text
from rewardkit.rewards.images.orientation import orientation_of, turned
from rewardkit.rewards.images.png import Png
from rewardkit.rewards.images.refusals import excess, refusal
from rewardkit.rewards.images.source import Unreadable
from rewardkit.rewards.images.tiff import Tiff

FORMATS: Final = "PNG, JPEG, WebP, GIF, BMP or TIFF"
"""The formats that are read."""

_READERS: tuple[tuple[bytes, Callable[[io.BytesIO], ImageFile]], ...] = (
    (b"\x89PNG\r\n\x1a\n", Png),
    (b"\xff\xd8\xff", JpegImageFile),
    (b"RIFF", WebPImageFile),
    (b"GIF87a", GifImageFile),
    (b"GIF89a", GifImageFile),
    (b"BM", BmpImageFile),
    (b"II*\0", Tiff),
    (b"MM\0*", Tiff),
    (b"II+\0", Tiff),
    (b"MM\0+", Tiff),
)

LARGE_PIXELS: Final = 2**24
"""Images of more pixels are decoded one at a time: each may need 20 bytes a pixel meanwhile."""

_large = threading.Lock()


def _renew() -> None:
    global _large
    _large = threading.Lock()  # in a forked process nobody is left to release the parent's


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)

DAMAGE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    Image.DecompressionBombError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    Warning,  # where the caller has made warnings into errors
    struct.error,
    zlib.error,
)
"""What Pillow's readers raise on damaged data; anything else is a mistake of ours."""


def decode_image(data: bytes, name: str) -> Image.Image | Unreadable:
    """Decode an image: its first frame, upright, 8-bit RGB.

    Args:
        data: A whole image file.
        name: What to call it in a reason.

    Returns:
        The image, or why there is none: another format, damaged or cut off, more pixels than
        `PIL.Image.MAX_IMAGE_PIXELS`, numbers that fit no scale.

    >>> decode_image(b"%PDF-1.7", "page.pdf").reason
    "image page.pdf: expected PNG, JPEG, WebP, GIF, BMP or TIFF, got b'%PDF-1.7'"
    """
    if not data:
        return Unreadable(f"image {name}: expected an image, got an empty file")
    reader = next((one for magic, one in _READERS if data.startswith(magic)), None)
    if reader is None:
        return Unreadable(f"image {name}: expected {FORMATS}, got {data[:12]!r}")
    if reason := refusal(data):
        return Unreadable(f"image {name}: {reason}")
    try:
        return upright_rgb(reader(io.BytesIO(data)), name)
    except DAMAGE as error:
        return damaged(error, name)


def upright_rgb(image: Image.Image, name: str) -> Image.Image | Unreadable:
    """Load, convert and turn an opened image; raises what Pillow raises."""
    if reason := excess(image.size):
        return Unreadable(f"image {name}: {reason}")
    with _large if image.width * image.height > LARGE_PIXELS else contextlib.nullcontext():
        image.load()
        orientation = orientation_of(image)
        return turned(to_rgb(image), orientation)


def damaged(error: BaseException, name: str) -> Unreadable:
    """The reason for an image that Pillow could not decode."""
    said = shown_text(" ".join(str(error).split())) or "no reason"
    return Unreadable(f"image {name}: expected a whole image, got {type(error).__name__}: {said}")
