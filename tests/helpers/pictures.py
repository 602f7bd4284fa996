"""Images of every kind for the tests: good ones, and files that no picture can be made of."""

import io
import struct
import zlib
from typing import Final

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

RED_LEFT: Final = (
    np.array([[[255, 0, 0], [0, 0, 255]]] * 2, dtype=np.uint8).repeat(8, 0).repeat(8, 1)
)
"""16 x 16 pixels, red on the left and blue on the right, in blocks that JPEG keeps."""


def packed(image: Image.Image, format: str, **options: object) -> bytes:
    """A file of an image."""
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def red_left() -> Image.Image:
    """The picture that most rows hold."""
    return Image.fromarray(RED_LEFT)


def rotated(format: str, orientation: int) -> bytes:
    """The same picture, stored as a camera held another way would, with the EXIF that says so."""
    stored = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}[orientation]
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    image = red_left()
    exif = Image.Exif()
    exif[0x0112] = orientation
    if stored in turns:
        image = image.transpose(turns[stored])
    return packed(image, format, exif=exif)


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of_size(width: int, height: int, *chunks: bytes) -> bytes:
    """A black 1-bit PNG of any size, of which zlib makes next to nothing."""
    packer = zlib.compressobj(9)
    rows = [packer.compress(bytes(1 + (width + 7) // 8)) for _ in range(height)]
    data = b"".join(rows) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    body = b"".join(chunks) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + body


def text_bomb() -> bytes:
    """A PNG of one pixel whose comment unpacks to 64 MiB."""
    return png_of_size(1, 1, chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(64 * 2**20), 9)))


def good_files() -> dict[str, bytes]:
    """Files that decode, by the name of what is special about each."""
    picture = red_left()
    frames = [Image.new("RGB", (16, 16), (0, 200, 0)), Image.new("RGB", (16, 16), (0, 0, 0))]
    info = PngInfo()
    info.add_text("Comment", "x" * 1000, zip=True)
    exif = Image.Exif()
    exif[0x010E] = "x" * 60_000  # as much as a JPEG takes
    words = Image.fromarray((np.arange(256, dtype=np.uint16) * 257).reshape(16, 16))
    files = {
        "png": packed(picture, "PNG", pnginfo=info),
        "jpeg": packed(picture, "JPEG", quality=95),
        "progressive.jpeg": packed(picture, "JPEG", progressive=True),
        "cmyk.jpeg": packed(picture.convert("CMYK"), "JPEG", quality=95),
        "grey.jpeg": packed(picture.convert("L"), "JPEG"),
        "large-exif.jpeg": packed(picture, "JPEG", exif=exif),
        "webp": packed(picture, "WEBP", lossless=True),
        "gif": packed(picture, "GIF"),
        "bmp": packed(picture, "BMP"),
        "tiff": packed(picture, "TIFF"),
        "lzw.tiff": packed(picture, "TIFF", compression="tiff_lzw"),
        "cmyk.tiff": packed(picture.convert("CMYK"), "TIFF"),
        "lab.tiff": packed(picture.convert("LAB"), "TIFF"),
        "float.tiff": packed(picture.convert("F"), "TIFF"),
        "16-bit.png": packed(words, "PNG"),
        "16-bit.tiff": packed(words, "TIFF"),
        "alpha.png": packed(picture.convert("RGBA"), "PNG"),
        "grey-alpha.png": packed(picture.convert("LA"), "PNG"),
        "palette.png": packed(picture.quantize(4), "PNG"),
        "1-bit.png": packed(picture.convert("1"), "PNG"),
        "animated.gif": packed(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "animated.webp": packed(frames[0], "WEBP", save_all=True, append_images=frames[1:]),
        "animated.png": packed(frames[0], "PNG", save_all=True, append_images=frames[1:]),
        "pages.tiff": packed(frames[0], "TIFF", save_all=True, append_images=frames[1:]),
        "1x1.png": packed(Image.new("RGB", (1, 1)), "PNG"),
        "narrow.png": png_of_size(1, 5000),
    }
    return files | {f"rotated-{n}.jpeg": rotated("JPEG", n) for n in range(1, 9)}


def bad_files() -> dict[str, tuple[bytes, str]]:
    """Files that don't decode, by name, each with words of the reason."""
    picture = red_left()
    jpeg, png = packed(picture, "JPEG"), packed(picture, "PNG")
    large = png_of_size(20_000, 20_000)
    return {
        "empty.png": (b"", "got an empty file"),
        "text.png": (b"not an image at all", "expected PNG, JPEG, WebP, GIF, BMP or TIFF"),
        "page.pdf": (b"%PDF-1.7\n", "expected PNG, JPEG"),
        "drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "expected PNG, JPEG"),
        "program.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "expected PNG, JPEG"),
        "sound.webp": (b"RIFF\x24\0\0\0WAVEfmt ", "expected a whole image, got SyntaxError"),
        "cut.jpeg": (jpeg[: len(jpeg) // 2], "expected a whole image"),
        "cut.png": (png[: len(png) // 2], "expected a whole image"),
        "cut.gif": (packed(picture, "GIF")[:-20], "expected a whole image"),
        "cut.bmp": (packed(picture, "BMP")[:-20], "expected a whole image"),
        "cut.tiff": (packed(picture, "TIFF")[:200], "expected a whole image"),
        "cut.webp": (packed(picture, "WEBP", lossless=True)[:-8], "expected a whole image"),
        "magic-only.png": (png[:8], "expected a whole image"),
        "checksum.png": (png.replace(b"IDAT", b"IDAU"), "expected a whole image"),
        "20000x20000.png": (large, "expected at most 89,478,485 pixels, got 20,000 x 20,000"),
        "just-too-large.png": (png_of_size(89_478_486, 1), "got 89,478,486 x 1"),
        "header-only.png": (large[:64], "got 20,000 x 20,000"),
        "largest.bmp": (bmp_header(2**31 - 1, 1), "got 2,147,483,647 x 1"),
        "large-frame.gif": (
            b"GIF89a\1\0\1\0\0\0\0,\0\0\0\0" + struct.pack("<HH", 12_000, 10_000) + bytes(4),
            "expected at most 89,478,485 pixels, got 12,000 x 10,000",
        ),
        "rows-missing.png": (
            png_of_size(16, 16).replace(
                chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 1, 0, 0, 0, 0)),
                chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 99, 1, 0, 0, 0, 0)),
            ),
            "expected a whole image, got OSError: 48 of 297 bytes of pixels",
        ),
        "text-bomb.png": (text_bomb(), "expected a whole image, got ValueError"),
        "negative.tiff": (
            packed(Image.new("F", (2, 2), -1.0), "TIFF"),
            "expected numbers in 0 to 65535, got -1 to -1",
        ),
    }


def bmp_header(width: int, height: int) -> bytes:
    """A BMP without pixels."""
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + info
