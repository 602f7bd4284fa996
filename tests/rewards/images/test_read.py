"""One image, however it is given: found, named by its content, decoded when asked."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import RED_LEFT, packed, red_left
from PIL import Image

from rewardkit.rewards.images.read import read_image
from rewardkit.rewards.images.source import ReadImage, Unreadable

PNG = packed(red_left(), "PNG")
URI = "data:image/png;base64," + base64.b64encode(PNG).decode()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "a.png").write_bytes(PNG)
    (tmp_path / "é 100%.png").write_bytes(PNG)
    (tmp_path / "data:image").mkdir()
    (tmp_path / "data:image" / "png;base64,a.png").write_bytes(PNG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sources(folder: Path) -> dict[str, object]:
    return {
        "relative path": "a.png",
        "absolute path": str(folder / "a.png"),
        "Path": folder / "a.png",
        "path with a colon": os.path.join(".", "a.png"),
        "file URL": (folder / "é 100%.png").as_uri(),
        "file URL of this machine": f"file://LocalHost{folder}/a.png",
        "file URL without a host": f"file:{folder}/a.png",
        "Path that looks like a URL": Path("data:image/png;base64,a.png"),
        "data URI": URI,
        "bytes": PNG,
        "bytearray": bytearray(PNG),
        "dict with bytes": {"bytes": PNG, "path": "gone.png"},
        "dict with path": {"bytes": None, "path": "a.png"},
        "dict with path only": {"path": str(folder / "a.png")},
        "dict with a data URI": {"bytes": None, "path": URI},
    }


def test_every_way_gives_the_same_image_and_key(folder: Path) -> None:
    keys = set()
    for name, source in sources(folder).items():
        found = read_image(source)
        assert isinstance(found, ReadImage), f"{name}: {found}"
        keys.add(found.key)
        for _ in range(2):
            image = found.decode()
            assert isinstance(image, Image.Image), name
            assert (np.asarray(image) == RED_LEFT).all(), name
    assert len(keys) == 1

    found = read_image(red_left())
    assert isinstance(found, ReadImage)
    image = found.decode()
    assert isinstance(image, Image.Image)
    assert (np.asarray(image) == RED_LEFT).all()


REFUSED: dict[str, tuple[object, str]] = {
    "nothing": (None, "got NoneType"),
    "number": (7, "got int"),
    "array": (RED_LEFT, "got ndarray"),
    "list": ([PNG], "got list"),
    "class": (Image.Image, "got type"),
    "empty path": ("", "expected a path, got an empty string"),
    "missing path": ("gone.png", "image gone.png: expected a file, got nothing at this path"),
    "missing Path": (Path("gone.png"), "image gone.png: expected a file"),
    "empty dict": ({}, "got a dict with nothing"),
    "dict of nothing": ({"bytes": None, "path": None}, "bytes: NoneType, path: NoneType"),
    "dict with text for bytes": ({"bytes": "AAAA", "path": "a.png"}, "bytes: str, path: str"),
    "dict of a chat": ({"type": "image_url", "image_url": {}}, "type: str, image_url: dict"),
    "dict with a missing path": ({"path": "gone.png"}, "image gone.png: expected a file"),
    "dict with a URL": ({"path": "https://a.b/c.png"}, "give --allow-remote-images"),
    "URL": ("http://a.b/c.png?key=secret", "image http://a.b/c.png: remote image: give --allow"),
    "URL in capitals": ("HTTPS://a.b/c.png", "give --allow-remote-images"),
    "bucket": ("s3://a/c.png", "expected a path, or a URL of data, file, http or https, got s3"),
    "file of another machine": ("file://other/a.png", "expected a file of this machine"),
    "bad file URL": ("file://[/a.png", "expected a URL, got one that can't be read"),
    "bad data URI": ("data:image/png;base64,*", "expected base64"),
}


@pytest.mark.parametrize(("source", "words"), REFUSED.values(), ids=REFUSED)
def test_refuses(source: object, words: str, folder: Path) -> None:
    result = read_image(source)

    assert isinstance(result, Unreadable)
    assert result.reason.startswith("image")
    assert words in result.reason
    assert "secret" not in result.reason
    assert len(result.reason) < 300


def test_damage_shows_when_it_is_decoded(folder: Path) -> None:
    (folder / "bad.png").write_bytes(b"not an image")
    found = read_image("bad.png")

    assert isinstance(found, ReadImage)
    assert found.decode() == Unreadable(
        "image bad.png: expected PNG, JPEG, WebP, GIF, BMP or TIFF, got b'not an image'"
    )


def test_file_that_changes_or_goes_is_no_other_image(folder: Path) -> None:
    found = read_image("a.png")
    assert isinstance(found, ReadImage)

    (folder / "a.png").write_bytes(packed(Image.new("RGB", (1, 1)), "PNG"))
    changed = found.decode()
    (folder / "a.png").unlink()
    gone = found.decode()

    assert isinstance(changed, Unreadable)
    assert "expected a file that stays as it is" in changed.reason
    assert isinstance(gone, Unreadable)
    assert "got nothing at this path" in gone.reason


def test_path_is_taken_where_it_was_given(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read_image("a.png")
    monkeypatch.chdir("/")

    assert isinstance(found, ReadImage)
    assert isinstance(found.decode(), Image.Image)


def test_dots_after_a_link_are_those_of_where_it_leads(folder: Path) -> None:
    (folder / "elsewhere" / "inner").mkdir(parents=True)
    (folder / "link").symlink_to("elsewhere/inner")
    (folder / "elsewhere" / "a.png").write_bytes(packed(Image.new("RGB", (3, 1)), "PNG"))

    for place in ("link/../a.png", f"{folder}/link/../a.png"):
        found = read_image(place)
        assert isinstance(found, ReadImage)
        image = found.decode()
        assert isinstance(image, Image.Image)
        assert image.size == (3, 1)


def test_name_that_is_no_text_as_a_file_url(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.png")).write_bytes(PNG)

    assert isinstance(read_image(f"file://{folder}/caf%E9.png"), ReadImage)


def test_current_directory_that_is_gone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "gone").mkdir()
    monkeypatch.chdir(folder / "gone")
    (folder / "gone").rmdir()

    result = read_image("a.png")

    assert isinstance(result, Unreadable)
    assert "expected a file, got nothing at this path" in result.reason
    assert isinstance(read_image(str(folder / "a.png")), ReadImage)


def test_long_names_show_their_end(folder: Path) -> None:
    result = read_image("/images/" + "x" * 500 + "/cat\n.png")

    assert isinstance(result, Unreadable)
    assert "x/cat\\n.png: expected" in result.reason
    assert len(result.reason) < 200


@given(
    st.recursive(
        st.none() | st.text(max_size=30) | st.integers() | st.binary(max_size=30),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["bytes", "path", "x"]) | st.none(), inner)
        ),
        max_leaves=5,
    )
)
def test_whatever_stands_in_a_row_is_answered(source: object) -> None:
    found = read_image(source)

    assert isinstance(found, ReadImage | Unreadable)
    if isinstance(found, ReadImage):
        assert isinstance(found.decode(), Image.Image | Unreadable)


def test_reading_a_path_needs_no_pillow_and_no_network_library() -> None:
    code = (
        "import sys; from rewardkit.rewards.images.read import read_image; "
        f"read_image({URI!r}); read_image('https://a.b/c.png'); "
        "print(sorted({'PIL', 'numpy', 'httpx', 'asyncio'} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout == "[]\n"
