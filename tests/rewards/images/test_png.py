"""PNG rows that are missing are not taken for black ones, and the transparent colour is the one."""

import struct
import zlib
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import chunk
from PIL import Image

from rewardkit.rewards.images.decoding import decode_image
from rewardkit.rewards.images.png import unpacked_bytes
from rewardkit.rewards.images.source import Unreadable

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
KINDS = [
    *product([GREY], [1, 2, 4, 8, 16]),
    *product([PALETTE], [1, 2, 4, 8]),
    *product([RGB, GREY_ALPHA, RGBA], [8, 16]),
]
SAMPLES = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
WHITE = [255, 255, 255]
PASSES = """
1 6 4 6 2 6 4 6
7 7 7 7 7 7 7 7
5 6 5 6 5 6 5 6
7 7 7 7 7 7 7 7
3 6 4 6 3 6 4 6
7 7 7 7 7 7 7 7
5 6 5 6 5 6 5 6
7 7 7 7 7 7 7 7
"""
"""The standard's picture of interlacing: the pass that each pixel of a square of 8 belongs to."""


def png(
    size: tuple[int, int],
    kind: tuple[int, int],
    pixels: bytes,
    *chunks: bytes,
    interlaced: bool = False,
    idat_bytes: int = 2**20,
) -> bytes:
    """A PNG of rows as they are, each begun by the byte of its filter."""
    colour, depth = kind
    head = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, interlaced)
    packed = zlib.compress(pixels)
    pieces = [packed[i : i + idat_bytes] for i in range(0, len(packed), idat_bytes)]
    body = b"".join([*chunks, *(chunk(b"IDAT", piece) for piece in pieces), chunk(b"IEND", b"")])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body


def rows_of(size: tuple[int, int], kind: tuple[int, int], interlaced: bool) -> list[int]:
    """Bytes of each row in the file, counted pixel by pixel."""
    bits = SAMPLES[kind[0]] * kind[1]
    square = [line.split() for line in PASSES.split("\n") if line]
    rows: dict[tuple[str, int], int] = {}
    for y, x in product(range(size[1]), range(size[0])):
        row = (square[y % 8][x % 8] if interlaced else "", y)
        rows[row] = rows.get(row, 0) + bits
    return [1 + -(-found // 8) for _, found in sorted(rows.items())]


@given(
    st.tuples(st.integers(1, 20), st.integers(1, 20)),
    st.sampled_from(KINDS),
    st.booleans(),
    st.integers(1, 30),
    st.data(),
)
def test_black_images_are_whole_and_what_lacks_a_byte_is_not(
    size: tuple[int, int],
    kind: tuple[int, int],
    interlaced: bool,
    idat_bytes: int,
    data: st.DataObject,
) -> None:
    total = sum(rows_of(size, kind, interlaced))
    colours = [chunk(b"PLTE", bytes(3))] if kind[0] == PALETTE else []
    found = data.draw(st.integers(0, total - 1))

    whole, short, long = (
        decode_image(
            png(size, kind, bytes(n), *colours, interlaced=interlaced, idat_bytes=idat_bytes), "x"
        )
        for n in (total, found, total + 9)
    )

    assert isinstance(whole, Image.Image), whole
    assert whole.size == size
    assert isinstance(long, Image.Image), long
    assert isinstance(short, Unreadable)
    assert "expected a whole image, got OSError" in short.reason


def test_rows_that_are_missing_after_bright_ones() -> None:
    for interlaced in (False, True):
        rows = [b"\0" + bytes([200] * (n - 1)) for n in rows_of((5, 5), (GREY, 8), interlaced)]
        whole = decode_image(png((5, 5), (GREY, 8), b"".join(rows), interlaced=interlaced), "x")
        assert isinstance(whole, Image.Image)
        assert (np.asarray(whole) == 200).all()
        for fewer in range(1, len(rows)):
            data = b"".join(rows[:fewer])
            result = decode_image(png((5, 5), (GREY, 8), data, interlaced=interlaced), "x")
            total = sum(map(len, rows))
            assert result == Unreadable(
                f"image x: expected a whole image, got OSError: {len(data)} of {total} bytes of "
                "pixels"
            )


def test_what_follows_the_pixels_is_not_unpacked() -> None:
    packed = zlib.compress(bytes(20 * 2**20))

    assert unpacked_bytes([packed], 10) == 2**20
    assert unpacked_bytes([packed], 3 * 2**20) == 3 * 2**20
    assert unpacked_bytes([packed, b"more"], 2**30) == 20 * 2**20
    assert unpacked_bytes([b"damage"], 2**30) == 0


def transparent(depth: int, key: int, *pixels: int) -> list[list[int]]:
    """What becomes of a row of grey pixels when `key` is transparent."""
    bits = "".join(f"{pixel:0{depth}b}" for pixel in pixels)
    row = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    key_chunk = chunk(b"tRNS", struct.pack(">H", key))
    found = decode_image(png((len(pixels), 1), (GREY, depth), b"\0" + row, key_chunk), "x")
    assert isinstance(found, Image.Image), found
    pixels_found: list[list[int]] = np.asarray(found).reshape(-1, 3).tolist()
    return pixels_found


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_each_grey_can_be_the_transparent_one(depth: int) -> None:
    white = 2**depth - 1
    for key in {0, 1, white // 3, white - 1}:
        others = sorted({0, white // 3, white // 2} - {key})
        expected = [[round(other * 255 / white)] * 3 for other in others]
        assert transparent(depth, key, key, *others) == [WHITE, *expected]


def test_bits_beyond_the_depth_of_a_grey_do_not_count() -> None:
    assert transparent(4, 0xFF5, 5, 6) == [WHITE, [6 * 17] * 3]
    assert transparent(8, 0xFF05, 5, 6) == [WHITE, [6] * 3]


def test_transparent_colours_of_each_depth() -> None:
    for depth, form in ((8, "B"), (16, "H")):
        key = (7, 8, 9) if depth == 8 else (0x0107, 0x0208, 0x0309)
        other = (30, 20, 10) if depth == 8 else (0x3000, 0x2000, 0x1000)
        row = b"\0" + struct.pack(f">6{form}", *key, *other)
        parts = [chunk(b"tRNS", struct.pack(">3H", *key))]
        found = decode_image(png((2, 1), (RGB, depth), row, *parts), "x")
        expected = [WHITE, [part >> (depth - 8) for part in other]]
        assert np.asarray(found).reshape(-1, 3).tolist() == expected

    dark = (7, 8, 9)  # in 16 bits next to black, and not the colour 7, 8, 9 of 8 bits
    row = b"\0" + struct.pack(">6H", *dark, 0x0708, 0x0809, 0x090A)
    parts = [chunk(b"tRNS", struct.pack(">3H", *dark))]
    found = decode_image(png((2, 1), (RGB, 16), row, *parts), "x")
    assert np.asarray(found).reshape(-1, 3).tolist() == [WHITE, [7, 8, 9]]
