"""PNG as the standard has it, where Pillow departs from it.

Source: W3C, Portable Network Graphics, third edition, https://www.w3.org/TR/png-3, sections 8.1
(interlacing) and 11.3.2.1 (tRNS: a sample in the depth of the file, of which only that many bits
count). Pillow leaves rows black that the pixels' stream lacks, and compares a transparent colour
of 2 or 4 bits with pixels that it has scaled to 8.
"""

import contextlib
import math
import zlib
from collections.abc import Iterable
from typing import Final

from PIL.PngImagePlugin import PngImageFile

ADAM7: Final = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
"""Of each pass of interlacing: its first column and row, the step to its next column and row."""

_BLOCK = 2**20


class Png(PngImageFile):
    """A PNG with all its rows, and with its transparent colour in the scale of its pixels."""

    def _open(self) -> None:
        super()._open()
        self._packed: list[bytes] = []
        tile = self.tile[0] if self.tile else None
        self._extents = (tile and tile.extents) or (0, 0, 0, 0)
        self._layout = layout_of(str(tile.args) if tile else "L")

    def load_read(self, read_bytes: int) -> bytes:
        """Some packed pixels; they are kept until it is clear that all are there."""
        piece = super().load_read(read_bytes)
        self._packed.append(piece)
        return piece

    def load_end(self) -> None:
        """Read what follows the pixels.

        Raises:
            OSError: When rows are missing.
        """
        super().load_end()
        packed, self._packed = self._packed, []
        if "interlace" in self.info or self._last_row_is_blank():
            expected = self._pixel_bytes()
            found = unpacked_bytes(packed, expected)
            if found < expected:
                raise OSError(f"{found:,} of {expected:,} bytes of pixels")
        key, (_, depth) = self.info.get("transparency"), self._layout
        if isinstance(key, int) and self.mode == "L":
            self.info["transparency"] = in_8_bits(key, depth)
        elif isinstance(key, tuple):
            self.info["transparency"] = tuple(in_8_bits(part, depth) for part in key)

    def _last_row_is_blank(self) -> bool:
        """Whether the last row is what it is when nothing was written to it."""
        left, _, right, bottom = self._extents
        return not any(self.crop((left, bottom - 1, right, bottom)).tobytes())

    def _pixel_bytes(self) -> int:
        """Bytes of all rows, each with the one that names its filter."""
        left, top, right, bottom = self._extents
        bits = math.prod(self._layout)
        total = 0
        for column, row, right_step, down_step in (
            ADAM7 if "interlace" in self.info else ((0, 0, 1, 1),)
        ):
            columns = len(range(left + column, right, right_step))
            rows = len(range(top + row, bottom, down_step))
            total += rows * (1 + math.ceil(columns * bits / 8)) if columns else 0
        return total


def layout_of(rawmode: str) -> tuple[int, int]:
    """Samples a pixel and bits a sample of what Pillow calls the layout of a PNG's rows.

    >>> layout_of("1"), layout_of("L;4"), layout_of("RGB;16B"), layout_of("RGBA")
    ((1, 1), (1, 4), (3, 16), (4, 8))
    """
    samples, _, depth = rawmode.partition(";")
    return len(samples), int(depth.rstrip("B") or (1 if samples == "1" else 8))


def in_8_bits(sample: int, depth: int) -> int:
    """A sample of `depth` bits as Pillow scales it to 8; bits beyond the depth don't count.

    >>> in_8_bits(2, 2), in_8_bits(0x0107, 8), in_8_bits(0x7FFF, 16)
    (170, 7, 127)
    """
    if depth == 16:
        return sample >> 8
    white = (1 << depth) - 1
    return (sample & white) * 255 // white


def unpacked_bytes(packed: Iterable[bytes], enough: int) -> int:
    """How many bytes zlib makes of some; where they are many more than `enough`, not all count.

    >>> unpacked_bytes([zlib.compress(b"seven b")], 100)
    7
    """
    unpacker = zlib.decompressobj()
    total = 0
    with contextlib.suppress(zlib.error):  # what comes after damage doesn't count
        for piece in packed:
            while piece and total < enough:
                total += len(unpacker.decompress(piece, _BLOCK))
                piece = unpacker.unconsumed_tail
    return total
