"""Relative images begin where the file stands that names them."""

import os
from pathlib import Path

import msgspec
import pytest

from rewardkit.engine.chunks import Chunk, Position
from rewardkit.engine.image_paths import folder_of, folders_of, with_absolute_images
from rewardkit.engine.rows import Job, read_chunk
from rewardkit.types import Rollout

IMAGES: dict[str, tuple[object, object]] = {
    "relative": ("a.png", "/data/a.png"),
    "in a folder": ("images/é a.png", "/data/images/é a.png"),
    "upwards": ("../a.png", "/data/../a.png"),
    "with a colon": ("a:b.png", "/data/a:b.png"),
    "absolute": ("/x/a.png", "/x/a.png"),
    "empty": ("", ""),
    "data URI": ("data:image/png;base64,AA", "data:image/png;base64,AA"),
    "URL": ("https://a.b/c.png", "https://a.b/c.png"),
    "file URL": ("file:///a.png", "file:///a.png"),
    "bucket": ("s3://a/b.png", "s3://a/b.png"),
    "number": (7, 7),
    "null": (None, None),
    "list": (["a.png"], ["a.png"]),
    "dict with a path": (
        {"bytes": None, "path": "a.png", "x": 1},
        {"bytes": None, "path": "/data/a.png", "x": 1},
    ),
    "dict with a URL": ({"path": "https://a.b/c.png"}, {"path": "https://a.b/c.png"}),
    "dict with bytes": ({"bytes": "AA", "path": "a.png"}, {"bytes": "AA", "path": "a.png"}),
    "dict without": ({"x": "a.png"}, {"x": "a.png"}),
    "dict of nonsense": ({"path": 7}, {"path": 7}),
}


@pytest.mark.parametrize(("image", "expected"), IMAGES.values(), ids=IMAGES)
def test_each_kind_of_image(image: object, expected: object) -> None:
    rollout = Rollout(completion="x", images=[image])

    assert with_absolute_images(rollout, b"/data").images == [expected]
    assert rollout.images == [image]


def test_folders_of_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "in.jsonl").write_text("")
    (tmp_path / "link.jsonl").symlink_to("data/in.jsonl")
    os.mkfifo(tmp_path / "data" / "pipe")
    monkeypatch.chdir(tmp_path)
    here, data = os.fsencode(tmp_path), os.fsencode(tmp_path / "data")

    found = folders_of(["data/in.jsonl", str(tmp_path / "data/in.jsonl"), "link.jsonl"])

    assert found == (data, data, here)  # a link's images stand beside the link
    assert folders_of(["-", "data/pipe", "/dev/stdin", "/dev/null"]) == (here,) * 4


def test_folder_of_dots_after_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere" / "inner").mkdir(parents=True)
    (tmp_path / "elsewhere" / "in.jsonl").write_text("")
    (tmp_path / "link").symlink_to("elsewhere/inner")
    monkeypatch.chdir(tmp_path)

    folder = os.fsdecode(folder_of("link/../in.jsonl"))

    assert os.path.isabs(folder)
    assert os.path.samefile(folder, tmp_path / "elsewhere")


def test_folder_that_is_no_text(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)
    path = os.fsdecode(folder) + "/in.jsonl"
    Path(path).write_text("")

    assert folder_of(path) == folder
    [image] = with_absolute_images(Rollout(completion="", images=["a.png"]), folder).images
    assert os.fsencode(image) == folder + b"/a.png"


def test_each_input_has_its_own_folder_and_keep_the_own_value() -> None:
    line = msgspec.json.encode({"completion": "x", "images": ["a.png"]}) + b"\n"
    job = Job(("one", "two"), "x", keep=True, folders=(b"/one", b"/two"))
    job = msgspec.msgpack.decode(msgspec.msgpack.encode(job), type=Job)  # as a worker gets it
    for source, expected in enumerate(["/one/a.png", "/two/a.png"]):
        chunk = Chunk(Position(source), Position(source, len(line), 1), line)
        rollouts, kept, _ = read_chunk(chunk, job)
        assert rollouts[0].images == [expected]
        assert kept[0]["images"] == ["a.png"]


def test_images_under_another_name_are_found() -> None:
    line = msgspec.json.encode({"completion": "x", "pictures": ["a.png"]}) + b"\n"
    job = Job(("one",), "x", places={"images": ("pictures",)}, folders=(b"/one",))

    [rollout], _, _ = read_chunk(Chunk(Position(), Position(0, len(line), 1), line), job)

    assert rollout.images == ["/one/a.png"]
