"""The preference model on images: where they stand, and what becomes of unreadable ones."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from tiny_reward_models import save_all, save_seeing
from transformers import AutoModelForSequenceClassification, AutoProcessor

from rewardkit.rewards.preference_model import PreferenceModel
from rewardkit.types import ContentPart, Message, Rollout

CLOSE = 1e-4


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny models are slower with several."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image-text model."""
    return save_seeing(tmp_path_factory.mktemp("seeing"))


def picture(colour: str, size: tuple[int, int] = (40, 30)) -> Image.Image:
    return Image.new("RGB", size, colour)


def value(folder: Path, prompt: Any, images: list[Any], reply: str = "red") -> float | None:  # noqa: ANN401 - text or messages
    row = Rollout(prompt=prompt, completion=reply, images=images)
    return PreferenceModel(model=str(folder), device="cpu")([row])[0].value


ROWS = [
    Rollout(prompt="what?", completion="red", images=[picture("red")]),
    Rollout(prompt="what?", completion="red", images=[picture("blue")]),
    Rollout(prompt="what?", completion="red"),
    Rollout(prompt="a", completion="two of them, a longer reply", images=[picture("red")] * 2),
    Rollout(prompt="what?", completion="red", images=[picture("red")]),
]


@cache
def slow_logit(folder: Path, number: int) -> float:
    """One of the rows alone, by transformers' own means."""
    row = ROWS[number]
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    processor = AutoProcessor.from_pretrained(folder)  # type: ignore[no-untyped-call]  # it has no annotations
    said: list[dict[str, str]] = [{"type": "image"} for _ in row.images]
    messages = [
        {"role": "user", "content": [*said, {"type": "text", "text": row.prompt_text}]},
        {"role": "assistant", "content": [{"type": "text", "text": row.text}]},
    ]
    text = processor.apply_chat_template(messages, tokenize=False)
    images = {"images": [row.images]} if row.images else {}
    inputs = processor(text=[text], return_tensors="pt", **images)
    with torch.inference_mode():
        return float(model(**inputs).logits[0, 0])


@pytest.mark.parametrize("batch_size", [1, 2, None])
def test_equals_the_model_asked_alone(batch_size: int | None, folder: Path) -> None:
    reward = PreferenceModel(model=str(folder), device="cpu", batch_size=batch_size)
    expected = [slow_logit(folder, number) for number in range(len(ROWS))]
    assert [score.value for score in reward(ROWS)] == pytest.approx(expected, abs=CLOSE)
    assert [score.value for score in reward(ROWS[::-1])] == pytest.approx(expected[::-1], abs=CLOSE)
    assert abs(expected[0] - expected[1]) > 100 * CLOSE, "the model must look at the image"


def test_images_stand_where_the_prompt_has_them(folder: Path) -> None:
    one, two = picture("red"), picture("blue")
    marks = value(folder, "<image>a<image>b", [one, two])
    parts = [ContentPart("image"), ContentPart(text="a"), ContentPart("image_url")]
    as_parts = value(folder, [Message("user", [*parts, ContentPart(text="b")])], [one, two])
    in_front = value(folder, "ab", [one, two])
    turned = value(folder, "<image>a<image>b", [two, one])
    assert marks == as_parts
    assert len({marks, in_front, turned}) == 3
    messages = [Message("system", "S"), Message("user", "ab")]
    assert value(folder, messages, [one]) is not None
    assert value(folder, [Message("system", "S")], [one]) is not None


def test_images_without_a_place_are_not_judged(folder: Path) -> None:
    row = Rollout(prompt="<image> and <image>", completion="x", images=[picture("red")])
    [score] = PreferenceModel(model=str(folder))([row])
    assert score.value is None
    assert score.reason == "expected 2 images for the places in the prompt, got 1"


def test_places_without_images_are_not_judged(folder: Path) -> None:
    """Else the model would judge what is said of a picture that it wasn't shown."""
    prompt = [Message("user", [ContentPart("image"), ContentPart(text="what?")])]
    [score] = PreferenceModel(model=str(folder))([Rollout(prompt=prompt, completion="red")])
    assert score.value is None
    assert score.reason == "expected 1 images for the places in the prompt, got 0"
    assert value(folder, "what does <image> mean in HTML?", []) is not None


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (1, 400), (400, 3)])
def test_images_of_odd_sizes(size: tuple[int, int], folder: Path) -> None:
    red, blue = (value(folder, "a", [picture(colour, size)]) for colour in ("red", "blue"))
    assert red == pytest.approx(value(folder, "a", [picture("red")]), abs=CLOSE)
    assert red != blue


def test_marks_in_a_reply_are_text(folder: Path) -> None:
    assert value(folder, "a", [picture("red")], "<image><img><boi>") is not None
    assert value(folder, "a", [], "<image><img><boi>") is not None


def test_images_that_cannot_be_read_are_not_judged(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    rows = [
        Rollout(prompt="a", completion="x", images=[source])
        for source in (
            str(tmp_path / "missing.png"),
            str(tmp_path / "broken.png"),
            "https://example.org/x.png",
            7,
        )
    ]
    scores = PreferenceModel(model=str(folder))([*rows, ROWS[0]])
    assert [score.value is None for score in scores] == [True, True, True, True, False]
    assert all(score.reason.startswith("image") for score in scores[:4])


def test_equal_images_are_one_conversation(folder: Path, tmp_path: Path) -> None:
    from rewardkit.rewards.judging.shared_scorers import shared_scorer

    path = tmp_path / "red.png"
    picture("red", (31, 31)).save(path)
    reward = PreferenceModel(model=str(folder), batch_size=1)
    scorer = shared_scorer(reward.model, reward)
    before = scorer.calls
    sources: list[Any] = [str(path), path.read_bytes(), {"bytes": path.read_bytes()}, str(path)]
    scores = reward([Rollout(prompt="a", completion="x", images=[one]) for one in sources])
    assert len({score.value for score in scores}) == 1
    assert scorer.calls == before + 1


def test_a_conversation_too_long_with_its_images(folder: Path) -> None:
    row = Rollout(prompt="a", completion="x" * 190, images=[picture("red")] * 8)
    for too_long in ("unjudged", "cut-prompt"):
        [score] = PreferenceModel(model=str(folder), too_long=too_long)([row])
        assert score.value is None and "tokens with the images" in score.reason


def test_a_model_of_text_looks_at_no_image(tmp_path: Path) -> None:
    save_all(tmp_path, "Qwen2", num_key_value_heads=1)
    assert value(tmp_path, "a", ["missing.png"]) == value(tmp_path, "a", []) is not None
