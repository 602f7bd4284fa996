"""Batches of questions put to a policy: memory that is too small, seeds, texts of images."""

import base64
import contextlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from rewardkit.engine.stream_sink import StreamSink
from rewardkit.errors import ConfigError
from rewardkit.generation.generate import Reply
from rewardkit.generation.image_texts import ImageTexts
from rewardkit.generation.options import Generation
from rewardkit.generation.rollout_plan import digest_of
from rewardkit.generation.rollouts import Work, write_replies
from rewardkit.types import Rollout


class Echo:
    """A policy that says how much it was asked at a time, and has memory for so many chats."""

    def __init__(self, room: int) -> None:
        """Take the memory, in chats."""
        self.room = room

    def reply(self, chats: list[list[dict[str, Any]]], how: Generation, seed: int) -> list[Reply]:
        """As the protocol says."""
        if len(chats) > self.room:
            import torch

            raise torch.OutOfMemoryError("CUDA out of memory")
        said = [f"{chat[-1]['content']} of {len(chats)}" for chat in chats]
        return [Reply(text, 1, False) for text in said for _ in range(how.n)]


def made(room: int, count: int) -> list[Rollout]:
    """The rollouts of a policy with little memory."""
    rollouts: list[Rollout] = []

    def lines(rows: Sequence[Rollout]) -> bytes:
        rollouts.extend(rows)
        return b""

    rows = [Rollout(completion="", id=f"q{i}", prompt=f"p{i}") for i in range(count)]
    work = Work(rows=rows, how=Generation(n=2, batch_size=8), processor=None, lines=lines)
    with contextlib.closing(StreamSink("/dev/null")) as sink:
        write_replies(sink, work, lambda: Echo(room), lambda done, total: None)
    return rollouts


def test_batch_too_large_for_the_memory_is_halved() -> None:
    assert [row.text for row in made(2, 6)] == [f"p{i} of 2" for i in range(6) for _ in range(2)]
    assert [row.id for row in made(3, 3)] == [f"q{i}:{k}" for i in range(3) for k in (0, 1)]


def test_one_question_too_large_for_the_memory_says_so() -> None:
    with pytest.raises(ConfigError, match="question 'q0': expected memory for 2 replies at a time"):
        made(0, 3)


def picture() -> Image.Image:
    return Image.new("RGB", (4, 3), (10, 200, 30))


def packed(kind: str) -> bytes:
    stream = io.BytesIO()
    picture().save(stream, kind)
    return stream.getvalue()


IMAGES: dict[str, tuple[object, str]] = {
    "pillow": (picture(), ".png"),
    "bytes": (packed("JPEG"), ".jpeg"),
    "dict": ({"bytes": packed("GIF"), "path": "x.gif"}, ".gif"),
}


@pytest.mark.parametrize("name", IMAGES)
def test_image_in_memory_becomes_a_file_or_a_data_uri(name: str, tmp_path: Path) -> None:
    image, suffix = IMAGES[name]
    texts = ImageTexts(tmp_path / "out.jsonl")
    text = texts.text(image)
    assert text == texts.text(image) and text.startswith("out.jsonl.images/")
    assert text.endswith(suffix)
    with Image.open(tmp_path / text) as opened:
        assert opened.size == (4, 3)
    uri = ImageTexts(None).text(image)
    head, _, data = uri.partition(",")
    assert head.startswith("data:image/")
    assert base64.b64decode(data) == (tmp_path / text).read_bytes()


@pytest.mark.parametrize("mode", ["CMYK", "F", "HSV", "RGBA", "I;16", "1"])
def test_any_mode_of_pillow_can_be_kept(mode: str, tmp_path: Path) -> None:
    name = ImageTexts(tmp_path / "out.jsonl").text(Image.new(mode, (2, 2)))
    assert (tmp_path / name).stat().st_size


def test_paths_stay_what_they_are_elsewhere(tmp_path: Path) -> None:
    texts = ImageTexts(tmp_path / "out.jsonl")
    assert texts.text(str(tmp_path / "a" / "b.png")) == "a/b.png"
    assert texts.text({"path": str(tmp_path / "b.png"), "bytes": None}) == "b.png"
    assert texts.text(f"{tmp_path}2/b.png") == f"{tmp_path}2/b.png"
    assert texts.text("https://example.org/a.png") == "https://example.org/a.png"
    assert ImageTexts(None).text(str(tmp_path / "b.png")) == str(tmp_path / "b.png")


def test_path_that_is_no_text_becomes_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "caf\udce9"
    folder.mkdir()
    picture().save(folder / "a.png")
    name = ImageTexts(tmp_path / "out.jsonl").text(str(folder / "a.png"))
    assert (tmp_path / name).read_bytes() == (folder / "a.png").read_bytes()


def test_digest_sees_every_field() -> None:
    row = Rollout(completion="", id="q", prompt="?", images=["a.png"], extra={"level": 1})
    others = [
        Rollout(completion="", id="q", prompt="!", images=["a.png"], extra={"level": 1}),
        Rollout(completion="", id="q", prompt="?", images=["b.png"], extra={"level": 1}),
        Rollout(completion="", id="q", prompt="?", images=[picture()], extra={"level": 1}),
        Rollout(completion="", id="q", prompt="?", images=["a.png"], extra={"level": 2}),
    ]
    assert len({digest_of([one]) for one in (row, *others)}) == 5
    assert digest_of([row]) == digest_of([row])
