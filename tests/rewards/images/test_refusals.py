"""What Pillow would warn of, or take hours for, is refused before Pillow sees it."""

import io
import struct
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import packed, red_left
from PIL import Image
from PIL.GifImagePlugin import GifImageFile

from rewardkit.rewards.images.decoding import decode_image
from rewardkit.rewards.images.refusals import gif_size, refusal
from rewardkit.rewards.images.source import Unreadable

COMMENT = b"!\xfe\x05ab,;!\x00"
PROGRAM = b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"


def gif(
    screen: tuple[int, int],
    frame: tuple[int, int, int, int],
    disposal: int = 0,
    before: bytes = b"",
    palette_bits: int = 1,
) -> bytes:
    """A GIF of one frame with one pixel in it."""
    colours = bytes(i % 256 for i in range(3 << palette_bits)) if palette_bits else b""
    flags = 0x80 | (palette_bits - 1) if palette_bits else 0
    head = b"GIF89a" + struct.pack("<HHBBB", *screen, flags, 0, 0) + colours
    control = b"!\xf9\x04" + bytes([disposal << 2 | 1]) + b"\0\0\1\0"
    image = b"," + struct.pack("<HHHHB", *frame, 0) + b"\2\2\x4c\1\0;"
    return head + before + control + image


LARGE = {
    "screen": gif((12_000, 10_000), (0, 0, 1, 1)),
    "screen and frame, background": gif((12_000, 10_000), (0, 0, 12_000, 10_000), 2),
    "screen and frame, previous": gif((12_000, 10_000), (0, 0, 12_000, 10_000), 3),
    "frame": gif((1, 1), (0, 0, 12_000, 10_000)),
    "frame, background": gif((1, 1), (0, 0, 12_000, 10_000), 2),
    "frame far off": gif((1, 1), (11_999, 9_999, 1, 1)),
    "after a comment": gif((1, 1), (0, 0, 12_000, 10_000), before=COMMENT),
    "after a program": gif((1, 1), (0, 0, 12_000, 10_000), before=PROGRAM),
    "after nonsense": gif((1, 1), (0, 0, 12_000, 10_000), before=b"xyz"),
    "large palette": gif((1, 1), (0, 0, 12_000, 10_000), palette_bits=8),
    "no palette": gif((1, 1), (0, 0, 12_000, 10_000), palette_bits=0),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_gifs_are_refused_without_a_warning(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = decode_image(LARGE[name], "x.gif")

    assert result == Unreadable(
        "image x.gif: expected at most 89,478,485 pixels, got 12,000 x 10,000"
    )


@given(
    st.tuples(st.integers(1, 99), st.integers(1, 99)),
    st.tuples(*[st.integers(0, 99)] * 4),
    st.sampled_from([b"", COMMENT, PROGRAM, b"xyz", COMMENT + PROGRAM]),
    st.integers(0, 8),
)
def test_size_of_a_gif_is_pillows(
    screen: tuple[int, int], frame: tuple[int, int, int, int], before: bytes, palette_bits: int
) -> None:
    data = gif(screen, frame, before=before, palette_bits=palette_bits)

    assert gif_size(data) == GifImageFile(io.BytesIO(data)).size


@given(st.binary(max_size=60))
def test_any_bytes_have_a_size(data: bytes) -> None:
    width, height = gif_size(b"GIF89a" + data)

    assert 0 <= width < 2**17
    assert 0 <= height < 2**17


def test_scans_of_a_jpeg_are_bounded() -> None:
    jpeg = packed(red_left(), "JPEG", progressive=True)
    starts = [i for i in range(len(jpeg)) if jpeg.startswith(b"\xff\xda", i)]
    last = jpeg[starts[-1] : -2]  # refines the same bits again
    many = jpeg[:-2] + last * (500 - len(starts)) + jpeg[-2:]

    assert isinstance(decode_image(jpeg, "x"), Image.Image)
    assert refusal(many) == ""
    assert decode_image(many[:-2] + last + many[-2:], "x") == Unreadable(
        "image x: expected at most 500 scans, got 501"
    )
