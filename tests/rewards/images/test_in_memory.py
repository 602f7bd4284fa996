"""PIL objects: named by what they show, copied, and left as they were."""

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from pictures import RED_LEFT, packed, png_of_size, red_left, rotated
from PIL import Image

from rewardkit.rewards.images.in_memory import read_object
from rewardkit.rewards.images.source import ReadImage, Unreadable


def read(image: Image.Image) -> ReadImage:
    found = read_object(image)
    assert isinstance(found, ReadImage), found
    return found


def decoded(image: Image.Image) -> Image.Image:
    result = read(image).decode()
    assert isinstance(result, Image.Image), result
    return result


def palette_image(first: int) -> Image.Image:
    image = Image.new("P", (2, 1))
    image.putpalette([first, 0, 0])
    return image


def changed(image: Image.Image, change: Callable[[Image.Image], object]) -> Image.Image:
    change(image)
    return image


def stated_orientation(number: int) -> Image.Image:
    """The same pixels each time; only what EXIF says of them differs."""
    exif = Image.Exif()
    exif[0x0112] = number
    return Image.open(io.BytesIO(packed(red_left(), "PNG", exif=exif)))


DIFFERENT = [
    Image.new("RGB", (2, 1)),
    Image.new("RGB", (1, 2)),
    Image.new("RGB", (2, 1), (0, 0, 1)),
    Image.new("L", (6, 1)),
    Image.new("L", (3, 2)),
    palette_image(1),
    palette_image(2),
    changed(palette_image(2), lambda image: image.info.update(transparency=0)),
    stated_orientation(3),
    stated_orientation(6),
    Image.open(io.BytesIO(rotated("PNG", 6))),
    Image.open(io.BytesIO(rotated("PNG", 6))).transpose(Image.Transpose.ROTATE_180),
]


def test_different_images_have_different_keys() -> None:
    keys = [read(image).key for image in DIFFERENT]

    assert len(set(keys)) == len(keys)
    assert [read(image).key for image in DIFFERENT] == keys


def test_same_pixels_have_one_key() -> None:
    assert read(red_left()).key == read(Image.open(io.BytesIO(packed(red_left(), "PNG")))).key


def test_the_image_stays_as_it_was() -> None:
    image = red_left()

    result = decoded(image)
    result.putpixel((0, 0), (9, 9, 9))
    result.close()

    assert (np.asarray(image) == RED_LEFT).all()
    assert (np.asarray(decoded(image)) == RED_LEFT).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["PNG", "TIFF", "WEBP"])
def test_objects_stand_upright(format: str, orientation: int) -> None:
    image = Image.open(io.BytesIO(rotated(format, orientation)))

    found = np.asarray(decoded(image)).astype(int)

    inner = (slice(2, 14), [2, 3, 4, 11, 12, 13])
    assert np.abs(found[inner] - RED_LEFT.astype(int)[inner]).max() <= 40


def test_the_frame_that_an_animation_stands_at() -> None:
    frames = [Image.new("RGB", (2, 2), colour) for colour in ("red", "lime")]
    image = Image.open(io.BytesIO(packed(frames[0], "GIF", save_all=True, append_images=frames)))
    image.seek(1)
    position = image.tell()

    shown = image.convert("RGB").getpixel((0, 0))

    assert decoded(image).getpixel((0, 0)) == shown
    assert image.tell() == position


def test_images_that_can_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "cut.png").write_bytes(packed(red_left(), "PNG")[:60])
    closed = red_left()
    closed.close()

    with Image.open(tmp_path / "cut.png") as cut:
        for image in (cut, closed):
            result = read_object(image)
            assert isinstance(result, Unreadable)
            assert "expected a whole image, got" in result.reason


def test_image_closed_before_it_is_decoded() -> None:
    image = red_left()
    found = read(image)
    image.close()

    assert isinstance(found.decode(), Unreadable)


def test_huge_objects_are_refused_before_they_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    image = Image.open(io.BytesIO(png_of_size(300, 1)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 299)

    assert read_object(image) == Unreadable(
        "image (1 object of 300 x 1): expected at most 299 pixels, got 300 x 1"
    )


def test_numbers_that_fit_no_scale() -> None:
    result = read(Image.new("F", (1, 1), -1.0)).decode()

    assert isinstance(result, Unreadable)
    assert "expected numbers in 0 to 65535, got -1 to -1" in result.reason


def test_threads_share_an_image_that_is_not_loaded_yet() -> None:
    expected = read(red_left()).key
    for _ in range(20):
        image = Image.open(io.BytesIO(packed(red_left(), "PNG")))
        with ThreadPoolExecutor(8) as executor:
            assert set(executor.map(lambda _, image=image: read(image).key, range(16))) == {
                expected
            }
