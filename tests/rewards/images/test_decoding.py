"""Bytes to an upright RGB image, or to a reason: no file makes the decoder raise."""

import struct
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pictures import RED_LEFT, bad_files, chunk, good_files, packed, png_of_size, red_left, rotated
from PIL import Image

from rewardkit.rewards.images import decoding
from rewardkit.rewards.images.decoding import decode_image
from rewardkit.rewards.images.source import Unreadable

GOOD = good_files()
BAD = bad_files()
SMALL = {name: data for name, data in GOOD.items() if len(data) < 5000}


def decoded(data: bytes) -> Image.Image:
    image = decode_image(data, "x")
    assert isinstance(image, Image.Image), image
    return image


@pytest.mark.parametrize("name", GOOD)
def test_good_files_become_rgb(name: str) -> None:
    assert decoded(GOOD[name]).mode == "RGB"


COLOURED = [name for name in GOOD if not name.startswith(("grey", "1", "narrow", "float"))]


@pytest.mark.parametrize("name", COLOURED)
def test_colours_survive_every_format(name: str) -> None:
    found = np.asarray(decoded(GOOD[name])).astype(int)

    green = name.startswith(("animated", "pages"))
    expected = np.full((16, 16, 3), [0, 200, 0]) if green else RED_LEFT.astype(int)
    inner = (slice(2, 14), [2, 3, 4, 11, 12, 13])  # JPEG blurs where the colours meet
    assert np.abs(found[inner] - expected[inner]).max() <= 40


@pytest.mark.parametrize("name", ["16-bit.png", "16-bit.tiff"])
def test_16_bits_keep_all_greys(name: str) -> None:
    assert np.asarray(decoded(GOOD[name]))[..., 0].ravel().tolist() == list(range(256))


def test_float_is_as_bright_as_its_8_bits() -> None:
    grey = np.asarray(red_left().convert("L"))

    assert (np.asarray(decoded(GOOD["float.tiff"]))[..., 0] == grey).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_images_stand_upright(format: str, orientation: int) -> None:
    found = np.asarray(decoded(rotated(format, orientation))).astype(int)

    inner = (slice(2, 14), [2, 3, 4, 11, 12, 13])
    assert np.abs(found[inner] - RED_LEFT.astype(int)[inner]).max() <= 40


@pytest.mark.parametrize("stated", [0, 9, 65535])
def test_nonsense_in_exif_is_upright(stated: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = stated

    assert (np.asarray(decoded(packed(red_left(), "PNG", exif=exif))) == RED_LEFT).all()


@pytest.mark.parametrize("name", BAD)
def test_bad_files_have_a_reason(name: str) -> None:
    data, words = BAD[name]

    result = decode_image(data, name)

    assert isinstance(result, Unreadable)
    assert result.reason.startswith(f"image {name}: expected ")
    assert words in result.reason
    assert len(result.reason) < 250
    assert "\n" not in result.reason


def test_huge_images_are_refused_without_their_memory() -> None:
    data = BAD["20000x20000.png"][0]
    tracemalloc.start()
    try:
        decode_image(data, "x")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 2**20


def test_limit_is_pillows_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 255)
    assert isinstance(decode_image(GOOD["png"], "x"), Unreadable)

    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 256)
    assert decoded(GOOD["png"]).size == (16, 16)

    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    assert decoded(png_of_size(20_000, 2)).size == (20_000, 2)


@given(st.binary(max_size=200), st.sampled_from(sorted(SMALL)))
def test_any_bytes_are_an_image_or_a_reason(data: bytes, name: str) -> None:
    for tried in (data, SMALL[name][:16] + data):
        result = decode_image(tried, "x")
        assert isinstance(result, Image.Image | Unreadable)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow names what is odd in a file
@pytest.mark.parametrize("name", SMALL)
@given(data=st.data())
def test_damaged_files_are_an_image_or_a_reason(name: str, data: st.DataObject) -> None:
    whole = bytearray(SMALL[name])
    places = st.integers(0, len(whole) - 1)
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=6)):
        whole[place] = value
    end = data.draw(st.integers(0, len(whole)))

    result = decode_image(bytes(whole[: end or None]), "x")

    assert isinstance(result, Image.Image | Unreadable)


@given(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
@example(2**31 - 1, 2**31 - 1)
@example(8, 1)
@example(9, 1)
@example(8, 2)
def test_any_size_in_a_header_is_answered(width: int, height: int) -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    data = png_of_size(1, 1)

    result = decode_image(data[:8] + header + data[8 + len(header) :], "x")

    if isinstance(result, Image.Image):  # there are pixels for one row of a byte
        assert result.size == (width, height)
        assert width <= 8
        assert height == 1


def test_threads_decode_alike() -> None:
    files = [*GOOD.values()] * 3
    alone = [decoded(data).tobytes() for data in files]

    with ThreadPoolExecutor(8) as executor:
        together = list(executor.map(lambda data: decoded(data).tobytes(), files))

    assert together == alone


def test_large_images_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LARGE_PIXELS", 16 * 16 - 1)
    with ThreadPoolExecutor(1) as executor:
        with decoding._large:
            assert decoded(GOOD["1x1.png"]).size == (1, 1)
            waiting = executor.submit(decoded, GOOD["png"])
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
        assert waiting.result(30).size == (16, 16)


def test_forked_process_waits_for_nobody() -> None:
    code = """
import io, os, threading
from PIL import Image
from rewardkit.rewards.images import decoding, in_memory
stream = io.BytesIO()
Image.new("1", (2**13, 2**11 + 1)).save(stream, "PNG")
with decoding._large, in_memory._loading:
    child = os.fork()
    if not child:
        threading.Timer(20, os._exit, [3]).start()
        image = decoding.decode_image(stream.getvalue(), "x")
        os._exit(0 if in_memory.read_object(image).key else 1)
os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
