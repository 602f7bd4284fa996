"""Nearness to reference captions: against transformers' own forward pass, and its edges."""

import pickle

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tiny_clip import clip_folder, fgclip_folder
from transformers import CLIPModel, CLIPTokenizer

from rewardkit.errors import ConfigError
from rewardkit.rewards.captions import reference_captions
from rewardkit.rewards.encoders import FgClip, TransformersClip, shared_encoder
from rewardkit.rewards.ref_caption import RefCaption
from rewardkit.types import Rollout, Score

TINY = TransformersClip(model=clip_folder())
CAPTIONS = ["a red dog", "two cats", "a cat on a mat", "図の猫"]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """The machine is shared, and the models are tiny."""
    torch.set_num_threads(1)


def score(reward: RefCaption, text: str, reference: object, **extra: object) -> Score:
    rollout = Rollout(completion=text, reference=reference, extra=extra)  # type: ignore[arg-type]  # any value
    return reward([rollout])[0]


def slow_cosine(one: str, other: str) -> float:
    """Each text alone through transformers."""
    model = CLIPModel.from_pretrained(clip_folder())
    tokenizer = CLIPTokenizer.from_pretrained(clip_folder())
    with torch.no_grad():
        a, b = (
            model.get_text_features(**tokenizer([text], return_tensors="pt")).pooler_output[0]
            for text in (one, other)
        )
    return float(a @ b / a.norm() / b.norm())


@pytest.mark.parametrize("text", ["a red cat", "a red dog"])
def test_is_the_largest_cosine_with_a_reference(text: str) -> None:
    expected = [slow_cosine(text, caption) for caption in CAPTIONS]
    got = score(RefCaption(encoder=TINY), text, CAPTIONS)
    assert got.value == pytest.approx(max(expected), abs=2e-6)
    place = expected.index(max(expected)) + 1
    assert got.reason == f"cosine {got.value:.4f} with reference {place} of 4"


def test_a_reference_itself_is_the_best_there_is() -> None:
    for text in CAPTIONS:
        assert score(RefCaption(encoder=TINY), f" {text} ", text).value == pytest.approx(1.0)
        assert score(RefCaption(encoder=TINY, saturate_at=0.9), text, CAPTIONS).value == 1.0


def test_saturation_is_a_straight_line_that_ends_at_1() -> None:
    for text in CAPTIONS:
        for reference in CAPTIONS:
            value = score(RefCaption(encoder=TINY), text, reference).value
            assert value is not None
            paid = score(RefCaption(encoder=TINY, saturate_at=0.5), text, reference).value
            assert paid == pytest.approx(min(max(value / 0.5, 0.0), 1.0))


@pytest.mark.parametrize(
    ("name", "text", "reference", "value", "reason"),
    [
        ("empty text", "", "a dog", -1.0, "empty text"),
        ("blank text", "\n", ["a dog"], -1.0, "empty text"),
        ("no caption", "a dog", None, None, "reference: expected a caption or a list"),
        (
            "number",
            "a dog",
            7,
            None,
            "reference: expected a caption or a list of captions, got int",
        ),
        ("object", "a dog", {"a": 1}, None, "reference: expected a caption or a list"),
        ("numbers", "a dog", ["a", 7], None, "reference: expected captions that are strings"),
        ("blank caption", "a dog", ["", " "], None, "reference: expected a caption, got none"),
        ("no caption for no text", "", None, None, "reference: expected a caption"),
    ],
)
def test_who_is_to_blame_for_a_gap(
    name: str, text: str, reference: object, value: float | None, reason: str
) -> None:
    got = score(RefCaption(encoder=TINY), text, reference)
    assert got.value == value, name
    assert got.reason.startswith(reason)


def test_the_minimum_is_0_where_it_saturates() -> None:
    assert score(RefCaption(encoder=TINY, saturate_at=0.5), "", "a dog").value == 0.0


def test_reads_a_section_and_another_field() -> None:
    reward = RefCaption(encoder=TINY, template="think-answer", section="think", captions="caption")
    reply = "<think>a red dog</think><answer>7</answer>"
    assert score(reward, reply, "7", caption="a red dog").value == pytest.approx(1.0)
    assert score(reward, "a red dog", "7", caption="a dog").reason == "no section 'think'"
    assert score(reward, reply, "a red dog").value is None


def test_a_long_text_is_cut_and_says_so() -> None:
    got = score(RefCaption(encoder=TINY), "quick brown fox " * 50, "a dog")
    assert got.reason.endswith("; text truncated")


def test_the_text_mode_says_how_much_is_read() -> None:
    encoder = FgClip(model=fgclip_folder(), threads=1)
    long = "quick brown fox " * 9  # more than 77 tokens, fewer than 248
    for mode, truncated in [("short", True), ("long", False)]:
        got = score(RefCaption(encoder=encoder, text_mode=mode), long, "a dog")
        said = shared_encoder(encoder).encode_texts([long.strip(), "a dog"], mode)
        assert got.value == pytest.approx(float(said[0] @ said[1]), abs=1e-6)
        assert got.reason.endswith("; text truncated") is truncated


def test_a_text_or_reference_that_the_model_gives_nan_is_not_judged() -> None:
    reward = RefCaption(encoder=TransformersClip(model=clip_folder(spoilt="dog</w>")))
    assert score(reward, "a cat", ["a cat"]).value == pytest.approx(1.0)
    for text, references, start in [
        ("a cat", ["a cat", "a dog"], "reference text: the encoder gave NaN"),
        ("a dog", ["a cat"], "text: the encoder gave NaN"),
    ]:
        got = score(reward, text, references)
        assert got.value is None
        assert got.reason.startswith(start)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoder": None}, "ref-caption.encoder: expected an encoder such as"),
        ({"saturate_at": -0.1}, "ref-caption.saturate_at: expected above 0, at most 1"),
        ({"saturate_at": "published"}, "ref-caption.saturate_at: expected a number"),
        ({"captions": ""}, "ref-caption.captions: expected the name of a field"),
        ({"section": "x"}, "ref-caption.template: expected the template of section 'x'"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        RefCaption(**{"encoder": TINY, **options})  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value).startswith(message)


@given(st.text(max_size=30), st.lists(st.text(max_size=10), max_size=3))
def test_any_text_has_the_same_value_twice(text: str, references: list[str]) -> None:
    got = score(RefCaption(encoder=TINY), text, references)
    assert got == score(RefCaption(encoder=TINY), text, references)
    assert (got.value is None) == isinstance(
        reference_captions(Rollout(completion="", reference=references)), Score
    )
    assert got.value is None or -1.0 <= got.value <= 1.0


def test_no_rollouts_load_no_model() -> None:
    assert RefCaption(encoder=TransformersClip(model="./no-such-folder"))([]) == []


def test_check_finds_a_missing_checkpoint() -> None:
    with pytest.raises(ConfigError):
        RefCaption(encoder=TransformersClip(model="./no-such-folder")).check()


def test_survives_pickle() -> None:
    reward = RefCaption(encoder=TINY, saturate_at=0.5, captions="caption")
    assert pickle.loads(pickle.dumps(reward)) == reward
