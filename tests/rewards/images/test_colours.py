"""Every mode of Pillow comes out as the 8-bit RGB that a person would see."""

import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from rewardkit.rewards.images.colours import to_rgb
from rewardkit.rewards.images.decoding import decode_image

GREY = (128, 128, 128)
WHITE = (255, 255, 255)

MODES: dict[str, tuple[str, object, tuple[int, int, int]]] = {
    "1-bit black": ("1", 0, (0, 0, 0)),
    "1-bit white": ("1", 1, WHITE),
    "grey": ("L", 128, GREY),
    "grey, opaque": ("LA", (128, 255), GREY),
    "grey, invisible": ("LA", (0, 0), WHITE),
    "grey, half": ("LA", (0, 128), (127, 127, 127)),
    "premultiplied grey": ("La", (64, 128), (191, 191, 191)),
    "colour": ("RGB", (1, 2, 3), (1, 2, 3)),
    "colour, invisible garbage": ("RGBA", (9, 9, 9, 0), WHITE),
    "colour, opaque": ("RGBA", (1, 2, 3, 255), (1, 2, 3)),
    "colour, a fifth": ("RGBA", (0, 0, 0, 51), (204, 204, 204)),
    "premultiplied": ("RGBa", (0, 0, 0, 51), (204, 204, 204)),
    "padded": ("RGBX", (1, 2, 3, 9), (1, 2, 3)),
    "print black": ("CMYK", (0, 0, 0, 255), (0, 0, 0)),
    "print cyan": ("CMYK", (255, 0, 0, 0), (0, 255, 255)),
    "video grey": ("YCbCr", (128, 128, 128), GREY),
    "hue": ("HSV", (0, 255, 255), (255, 0, 0)),
    "16 bits white": ("I;16", 65535, WHITE),
    "16 bits middle": ("I;16", 32896, GREY),
    "16 bits dark": ("I;16", 255, (1, 1, 1)),
    "16 bits, other order": ("I;16B", 32896, GREY),
    "integer of 8 bits": ("I", 128, GREY),
    "integer white of 8 bits": ("I", 255, WHITE),
    "integer of 16 bits, dark": ("I", 256, (1, 1, 1)),
    "integer of 16 bits": ("I", 32896, GREY),
    "fraction of one": ("F", 0.5, GREY),
    "fraction of 255": ("F", 128.0, GREY),
    "fraction white of one": ("F", 1.0, WHITE),
    "fraction just above one": ("F", 1.5, (2, 2, 2)),
    "fraction white of 255": ("F", 255.0, WHITE),
    "fraction white of 65535": ("F", 65535.0, WHITE),
    "fraction of 65535": ("F", 32896.0, GREY),
}


@pytest.mark.parametrize(("mode", "pixel", "expected"), MODES.values(), ids=MODES)
def test_one_pixel_of_each_mode(
    mode: str, pixel: "int | tuple[int, ...]", expected: tuple[int, int, int]
) -> None:
    image = Image.new("RGB" if mode in ("La", "RGBa") else mode, (1, 1))
    if mode in ("La", "RGBa"):  # which nothing can be drawn into
        assert isinstance(pixel, tuple)
        image = Image.frombytes(mode, (1, 1), bytes(pixel))
    else:
        image.putpixel((0, 0), pixel)

    result = to_rgb(image)

    assert result.mode == "RGB"
    found = result.getpixel((0, 0))
    assert isinstance(found, tuple)
    assert np.abs(np.subtract(found, expected)).max() <= 1
    assert mode == image.mode


def test_lab_is_converted() -> None:
    image = Image.frombytes("LAB", (1, 1), bytes([255, 0, 0]))

    assert to_rgb(image).mode == "RGB"


OUT_OF_SCALE: dict[str, tuple[str, float]] = {
    "negative integer": ("I", -1),
    "32 bits": ("I", 65536),
    "negative": ("F", -0.1),
    "NaN": ("F", math.nan),
    "infinite": ("F", math.inf),
    "beyond 16 bits": ("F", 65536.0),
}


@pytest.mark.parametrize(("mode", "pixel"), OUT_OF_SCALE.values(), ids=OUT_OF_SCALE)
def test_numbers_that_fit_no_scale_are_refused(mode: str, pixel: float) -> None:
    image = Image.new(mode, (2, 1))
    image.putpixel((0, 0), pixel)

    with pytest.raises(ValueError, match="in 0 to 65535, got"):
        to_rgb(image)


@given(st.lists(st.integers(0, 65535), min_size=1, max_size=50))
def test_16_bits_are_scaled_as_fractions_are(values: list[int]) -> None:
    pixels = np.array([values], dtype=np.uint16)

    scaled = np.asarray(to_rgb(Image.fromarray(pixels)))

    expected = np.rint(pixels / 65535 * 255).astype(np.uint8)
    assert (scaled == expected[:, :, None]).all()


@given(st.tuples(*[st.integers(0, 255)] * 4))
def test_transparency_is_white_behind(pixel: tuple[int, int, int, int]) -> None:
    found = to_rgb(Image.new("RGBA", (1, 1), pixel)).getpixel((0, 0))

    share = pixel[3] / 255
    expected = [part * share + 255 * (1 - share) for part in pixel[:3]]
    assert found == pytest.approx(expected, abs=1)


def png(image: Image.Image, **options: object) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, "PNG", **options)
    decoded = decode_image(stream.getvalue(), "x.png")
    assert isinstance(decoded, Image.Image), decoded
    return decoded


def pixels(image: Image.Image) -> list[tuple[int, ...]]:
    return [tuple(pixel) for pixel in np.asarray(image).reshape(-1, 3).tolist()]


def test_palette_with_one_transparent_colour() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putpixel((1, 0), 1)

    assert pixels(png(image, transparency=1)) == [(10, 20, 30), WHITE]
    assert pixels(png(image)) == [(10, 20, 30), (40, 50, 60)]


def test_palette_with_an_alpha_for_each_colour() -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([0, 0, 0, 0, 0, 0])
    image.putpixel((1, 0), 1)

    assert pixels(png(image, transparency=b"\xff\x33")) == [(0, 0, 0), (204, 204, 204)]


def test_palette_that_holds_alpha_itself() -> None:
    image = Image.new("P", (1, 1))
    image.putpalette([0, 0, 0, 51], "RGBA")

    assert to_rgb(image).getpixel((0, 0)) == (204, 204, 204)


def test_transparent_colour_of_each_depth() -> None:
    grey, colour = Image.new("L", (2, 1), 7), Image.new("RGB", (2, 1), (7, 8, 9))
    words = Image.fromarray(np.array([[257 * 7, 0]], dtype=np.uint16))
    for image in (grey, colour):
        image.putpixel((1, 0), 0)

    assert pixels(png(grey, transparency=7)) == [WHITE, (0, 0, 0)]
    assert pixels(png(colour, transparency=(7, 8, 9))) == [WHITE, (0, 0, 0)]
    assert pixels(png(words, transparency=257 * 7)) == [WHITE, (0, 0, 0)]


def test_transparent_colour_of_16_bits_in_an_object() -> None:
    image = Image.new("RGB", (2, 1), (7, 8, 9))
    image.putpixel((1, 0), (0, 0, 0))
    image.info["transparency"] = (0x0755, 0x0855, 0x0955)

    assert pixels(to_rgb(image)) == [WHITE, (0, 0, 0)]
    assert image.info["transparency"] == (0x0755, 0x0855, 0x0955)
