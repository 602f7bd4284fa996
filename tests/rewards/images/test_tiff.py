"""TIFFs with strips or tiles for a part of the pixels are not taken for black there."""

import struct

import numpy as np
import pytest
from PIL import Image

from rewardkit.rewards.images.decoding import decode_image
from rewardkit.rewards.images.source import Unreadable

LONG = 4


def tiff(pieces: int, *, tiles: bool = False, planes: int = 1) -> bytes:
    """A TIFF of 20 x 20 pixels, all 200, in strips of 8 rows or tiles of 16 x 16."""
    piece = 16 * 16 if tiles else 20 * 8
    begin = 400
    offsets = [begin + number * piece for number in range(pieces)]
    colours = planes > 1
    tags = {
        256: [20],
        257: [20],
        258: [8] * planes,
        259: [1],
        262: [2 if colours else 1],
        277: [planes],
        284: [2 if colours else 1],
    }
    tags |= {322: [16], 323: [16]} if tiles else {278: [8]}
    tags |= {324 if tiles else 273: offsets, 325 if tiles else 279: [piece] * pieces}
    entries, beyond = b"", b""
    room = 8 + 2 + 12 * len(tags) + 4
    for tag, values in sorted(tags.items()):
        packed = struct.pack(f"<{len(values)}I", *values)
        place = packed if len(values) == 1 else struct.pack("<I", room + len(beyond))
        beyond += b"" if len(values) == 1 else packed
        entries += struct.pack("<HHI", tag, LONG, len(values)) + place
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + beyond
    assert len(head) <= begin
    return head.ljust(begin, b"\0") + bytes([200]) * (piece * pieces)


LAYOUTS = {
    "strips": (3, False, 1),
    "tiles": (4, True, 1),
    "planes": (9, False, 3),
    "planes of tiles": (12, True, 3),
}


@pytest.mark.parametrize(("pieces", "tiles", "planes"), LAYOUTS.values(), ids=LAYOUTS)
def test_all_pieces_or_none(pieces: int, tiles: bool, planes: int) -> None:
    whole = decode_image(tiff(pieces, tiles=tiles, planes=planes), "x.tiff")

    assert isinstance(whole, Image.Image), whole
    assert (np.asarray(whole) == 200).all()
    for fewer in range(1, pieces):
        result = decode_image(tiff(fewer, tiles=tiles, planes=planes), "x.tiff")
        assert isinstance(result, Unreadable)
        assert "expected a whole image, got OSError: strips or tiles for a part" in result.reason
