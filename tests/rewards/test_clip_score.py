"""CLIPScore against transformers' own forward pass, its edges, and who is to blame for a gap."""

import math
import pickle
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tiny_clip import clip_folder, fgclip_folder, picture, picture_file
from transformers import CLIPImageProcessor, CLIPModel, CLIPTokenizer

from rewardkit.errors import ConfigError
from rewardkit.rewards.clip_score import ClipScore
from rewardkit.rewards.encoders import FgClip, TransformersClip, shared_encoder
from rewardkit.templates import load_template
from rewardkit.types import Message, Rollout

CAPTIONS = ["a red dog", "two cats", "A DOG", "図の猫", "a cat sleeps on a green sofa", "x"]
TEXT = "the quick brown cat jumps over the lazy dog. " * 8


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """The machine is shared, and the models are tiny."""
    torch.set_num_threads(1)


def tiny(**options: object) -> TransformersClip:
    return msgspec.convert(
        {"kind": "transformers", "model": clip_folder(), **options}, TransformersClip
    )


def broken() -> TransformersClip:
    """A checkpoint whose text tower gives NaN."""
    return tiny(model=clip_folder(seed=3, broken=True))


def row(text: str, *images: object, **fields: object) -> Rollout:
    return Rollout(**{"completion": text, "images": list(images), **fields})  # type: ignore[arg-type]  # fields of a rollout


def cosines(images: Sequence[Image.Image], texts: Sequence[str]) -> torch.Tensor:
    """The cosine of each image with each text by transformers alone, [N, M]: the slow reference."""
    model = CLIPModel.from_pretrained(clip_folder())
    pixels = CLIPImageProcessor.from_pretrained(clip_folder())(list(images), return_tensors="pt")
    tokens = CLIPTokenizer.from_pretrained(clip_folder())(
        list(texts), padding=True, truncation=True, max_length=77, return_tensors="pt"
    )
    with torch.no_grad():
        seen = model.get_image_features(**pixels).pooler_output
        said = model.get_text_features(**tokens).pooler_output
    return torch.nn.functional.normalize(seen) @ torch.nn.functional.normalize(said).T


def test_equals_the_published_formula() -> None:
    images = [picture(number) for number in range(len(CAPTIONS))]
    expected = cosines(images, [f"A photo depicts {text}" for text in CAPTIONS])

    scores = ClipScore(encoder=tiny())(list(map(row, CAPTIONS, images)))

    for number, score in enumerate(scores):
        value = 2.5 * max(expected[number, number].item(), 0.0)
        assert score.value == pytest.approx(value, abs=2e-6)
    assert len({score.value for score in scores}) > 3, "the model tells them apart"


def test_refclipscore_equals_the_published_formula() -> None:
    references = [["a dog", "the red dog"], ["two cats"], ["X"], ["a cat", " "], ["sofa"], ["y"]]
    images = [picture(number) for number in range(len(CAPTIONS))]
    prefixed = [f"A photo depicts {text}" for text in CAPTIONS]
    model = CLIPModel.from_pretrained(clip_folder())
    tokenizer = CLIPTokenizer.from_pretrained(clip_folder())

    def said(text: str) -> torch.Tensor:
        with torch.no_grad():
            output = model.get_text_features(**tokenizer([text], return_tensors="pt"))
        return torch.nn.functional.normalize(output.pooler_output)[0]

    rows = [
        row(text, image, reference=captions)
        for text, image, captions in zip(CAPTIONS, images, references, strict=True)
    ]
    scores = ClipScore(encoder=tiny(), form="refclipscore")(rows)

    for number, score in enumerate(scores):
        a = 2.5 * max(cosines([images[number]], [prefixed[number]]).item(), 0.0)
        own = [said(f"A photo depicts {text}") for text in references[number] if text.strip()]
        b = max(max((said(prefixed[number]) @ one).item() for one in own), 0.0)
        value = 2 * a * b / (a + b) if a and b else 0.0
        assert score.value == pytest.approx(value, abs=4e-6)


def test_saturation_is_reached_at_exactly_its_value() -> None:
    one = row("a dog", picture(0))
    [plain] = ClipScore(encoder=tiny(), form="cosine", prefix="x ")([one])
    assert plain.value is not None
    assert plain.value > 0.0
    for at, full in [(plain.value, True), (math.nextafter(plain.value, 1.0), False)]:
        [score] = ClipScore(encoder=tiny(), form="cosine", prefix="x ", saturate_at=at)([one])
        assert score.value is not None
        assert (score.value == 1.0) is full
        assert score.value == pytest.approx(1.0)


@pytest.mark.parametrize("at", [0.05, 0.4, 1.0])
def test_saturation_is_a_straight_line_that_ends_at_1(at: float) -> None:
    rows = [row(text, picture(n)) for n in range(4) for text in CAPTIONS]
    plain = ClipScore(encoder=tiny(), form="cosine")(rows)
    saturated = ClipScore(encoder=tiny(), form="cosine", saturate_at=at)(rows)

    values = [score.value for score in plain if score.value is not None]
    assert min(values) < 0.0 < max(values), "both signs are tried"
    for value, score in zip(values, saturated, strict=True):
        assert score.value == (1.0 if value >= at else pytest.approx(max(value / at, 0.0)))
        assert score.reason == f"cosine {value:.4f}; pays in full from {at:g}"


def test_only_the_cosine_has_no_prefix() -> None:
    expected = cosines([picture(0)], ["a dog", "A photo depicts a dog", "Look: a dog"])[0]
    one = row(" a dog\n", picture(0))

    for reward, place, factor in [
        (ClipScore(encoder=tiny(), form="cosine"), 0, 1.0),
        (ClipScore(encoder=tiny(), form="cosine", prefix="Look: "), 2, 1.0),
        (ClipScore(encoder=tiny(), weight=1.5), 1, 1.5),
    ]:
        value = factor * expected[place].item()
        [score] = reward([one])
        assert score.value == pytest.approx(
            value if reward.form == "cosine" else max(value, 0.0), abs=2e-6
        )


def test_texts_that_differ_after_the_cut_are_equal_and_keep_their_end_token() -> None:
    first, other = TEXT + "a cat", TEXT + "a dog"
    reward = ClipScore(encoder=tiny(), form="cosine")

    long, longer, short = reward([row(text, picture(0)) for text in (first, other, "a cat")])
    towers = tiny().load()
    tokens = towers.tokenize([first, other], towers.modes[0])

    assert long.value == longer.value
    assert long.value == pytest.approx(cosines([picture(0)], [first]).item(), abs=2e-6)
    assert long.reason.endswith("; text truncated")
    assert "truncated" not in short.reason
    assert tokens.truncated == [True, True]
    assert tokens.ids[0] == tokens.ids[1]
    assert tokens.ids[0][-1] == CLIPTokenizer.from_pretrained(clip_folder()).eos_token_id
    assert long.value != reward([row(TEXT[30:], picture(0))])[0].value, "what is kept counts"


def test_rollouts_of_a_question_share_their_image() -> None:
    encoder = shared_encoder(tiny(cache_mb=1))
    before = encoder.figures
    rows = [row(f"reply {n} {r}", picture_file(n)) for n in range(4) for r in range(8)]

    ClipScore(encoder=tiny(cache_mb=1))(rows)
    ClipScore(encoder=tiny(cache_mb=1), form="cosine", prefix="A photo depicts ")(rows)

    assert encoder.figures.images_asked - before.images_asked == 64
    assert encoder.figures.images_encoded - before.images_encoded == 4
    assert encoder.figures.texts_encoded - before.texts_encoded == 32


SECTION: dict[str, object] = {"template": "think-answer", "section": "answer"}
NOWHERE = "no-such-folder/a.png"
GAPS: dict[str, tuple[dict[str, object], Rollout, float | None, str]] = {
    "empty text": ({}, row("", picture(0)), 0.0, "empty text"),
    "blank text": ({}, row(" \n\t\u3000", picture(0)), 0.0, "empty text"),
    "text that nobody sees": ({}, row("\u200b\u2060\ufeff", picture(0)), 0.0, "empty text"),
    "a section that nobody sees": (
        {"template": "pebr", "section": "description"},
        row("### Image Description:\n\u2800\u3164\n### Rationales:\nA.", picture(0)),
        0.0,
        "empty text",
    ),
    "no section": (SECTION, row("a dog", picture(0)), 0.0, "no section 'answer'"),
    "the prompt": (
        {},
        row("Describe it. ", picture(0), prompt=" Describe it."),
        0.0,
        "repeats the",
    ),
    "a message of the prompt": (
        {},
        row("Describe it.", picture(0), prompt=[Message("user", "Describe it.")]),
        0.0,
        "repeats the prompt's own words",
    ),
    "the words of the instruction": (
        {"template": "pebr", "section": "description"},
        row(load_template("pebr").instruction(), picture(0)),
        0.0,
        "repeats the prompt's own words",
    ),
    "empty section": (SECTION, row("<answer> </answer>", picture(0)), 0.0, "empty text"),
    "empty text of a cosine": ({"form": "cosine"}, row("", picture(0)), -1.0, "empty text"),
    "empty text, saturated": (
        {"form": "cosine", "saturate_at": 0.4},
        row("", picture(0)),
        0.0,
        "empty text",
    ),
    "no image": ({}, row("a dog"), None, "image missing: expected at least one"),
    "missing file": (
        {},
        row("a dog", NOWHERE),
        None,
        "image no-such-folder/a.png: expected a file",
    ),
    "one of two missing": ({}, row("a dog", picture(0), NOWHERE), None, "image no-such-folder"),
    "not an image": ({}, row("a dog", None), None, "image: expected a path"),
    "remote": ({}, row("a dog", "https://example.org/a.png"), None, "image https://example.org"),
    "empty text without an image": ({}, row(""), None, "image missing"),
    "no captions": (
        {"form": "refclipscore"},
        row("a dog", picture(0)),
        None,
        "reference: expected a caption or a list of captions, got nothing",
    ),
    "captions of numbers": (
        {"form": "refclipscore"},
        row("a dog", picture(0), reference=[7]),
        None,
        "reference: expected captions that are strings, got int",
    ),
    "blank captions": (
        {"form": "refclipscore"},
        row("a dog", picture(0), reference=[" "]),
        None,
        "reference: expected a caption, got none",
    ),
    "no captions in another field": (
        {"form": "refclipscore", "captions": "gold"},
        row("a dog", picture(0), reference="a dog"),
        None,
        "gold: expected a caption",
    ),
}


@pytest.mark.parametrize("name", GAPS)
def test_who_is_to_blame_for_a_gap(name: str) -> None:
    options, rollout, value, reason = GAPS[name]
    reward = ClipScore(**{"encoder": tiny(), **options})  # type: ignore[arg-type]  # of the table

    [score] = reward([rollout])

    assert score.value == value
    assert score.reason.startswith(reason)


@pytest.mark.parametrize("allowed", [False, True])
def test_remote_images_are_asked_for_only_where_they_may_be(allowed: bool) -> None:
    reward = ClipScore(encoder=tiny(), allow_remote_images=allowed)
    [score] = reward([row("a dog", "http://127.0.0.1:9/a.png")])
    assert score.value is None
    assert ("--allow-remote-images" in score.reason) is not allowed


def test_words_of_the_instruction_in_another_section_cost_nothing_here() -> None:
    reward = ClipScore(
        encoder=tiny(), form="cosine", template="pebr", section="description", prefix=""
    )
    copied = "why the answer follows from it"
    assert copied in load_template("pebr").instruction()
    reply = "### Image Description:\na dog\n### Rationales:\n{}\n"
    rows = [row(reply.format(text), picture(0)) for text in (copied, "It is seen.")]

    one, other = reward(rows)

    assert one == other
    assert one.reason.startswith("cosine ")


def test_what_the_assistant_said_before_may_be_said_again() -> None:
    """An earlier turn, or a worked example, may be right of this image as well."""
    said = [Message("user", "Describe it."), Message("assistant", "a dog"), Message("user", "?")]
    again, alone = ClipScore(encoder=tiny(), form="cosine")(
        [row("a dog", picture(0), prompt=said), row("a dog", picture(0))]
    )
    assert again == alone


def test_the_first_image_alone_needs_no_other() -> None:
    reward = ClipScore(encoder=tiny(), form="cosine", across="first")
    alone, with_more = reward([row("a dog", picture(0)), row("a dog", picture(0), NOWHERE)])
    assert alone == with_more


def test_several_images_come_to_one_cosine() -> None:
    images = [picture(number) for number in range(3)]
    single = [
        s.value for s in ClipScore(encoder=tiny(), form="cosine")([row("a dog", i) for i in images])
    ]
    values = [value for value in single if value is not None]

    for across, expected in [("mean", sum(values) / 3), ("max", max(values)), ("first", values[0])]:
        reward = ClipScore(encoder=tiny(), form="cosine", across=across)  # type: ignore[arg-type]  # of the table
        [score] = reward([row("a dog", *images)])
        assert score.value == pytest.approx(expected)


def test_captions_may_stand_in_another_field() -> None:
    own = ClipScore(encoder=tiny(), form="refclipscore")
    other = ClipScore(encoder=tiny(), form="refclipscore", captions="gold")
    rollout = row("a cat", picture(1), reference="a dog")
    elsewhere = row("a cat", picture(1), reference="7", extra={"gold": ["a dog"]})
    assert own([rollout]) == other([elsewhere])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoder": "openai/clip"}, "clip-score.encoder: expected an encoder such as"),
        ({"form": "clip"}, "clip-score.form: expected one of clipscore, refclipscore, cosine"),
        ({"across": "min"}, "clip-score.across: expected one of mean, max, first, got 'min'"),
        ({"saturate_at": 0.4}, "clip-score.saturate_at: expected nothing, for form 'clipscore'"),
        ({"form": "cosine", "saturate_at": 0.0}, "clip-score.saturate_at: expected above 0"),
        ({"form": "cosine", "saturate_at": 1.5}, "clip-score.saturate_at: expected above 0"),
        ({"form": "cosine", "saturate_at": float("nan")}, "clip-score.saturate_at: expected a fi"),
        ({"form": "cosine", "saturate_at": "publisht"}, "clip-score.saturate_at: expected a fin"),
        ({"form": "cosine", "saturate_at": True}, "clip-score.saturate_at: expected a finite"),
        ({"form": "cosine", "weight": 2.5}, "clip-score.weight: expected nothing, for form 'cosi"),
        ({"weight": 0.0}, "clip-score.weight: expected above 0, got 0.0"),
        ({"weight": float("inf")}, "clip-score.weight: expected a finite number, got inf"),
        ({"captions": "gold"}, "clip-score.captions: expected nothing, for form 'clipscore'"),
        ({"form": "refclipscore", "captions": ""}, "clip-score.captions: expected the name of"),
        ({"section": "answer"}, "clip-score.template: expected the template of section 'answer'"),
        ({"prefix": 5}, "clip-score.prefix: expected a string or nothing, got int 5"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        ClipScore(**{"encoder": tiny(), **options})  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


LARGE = FgClip(model="qihoo360/fg-clip-large")


@pytest.mark.parametrize(
    ("encoder", "mode"),
    [
        pytest.param(tiny(), None, id="another encoder"),
        pytest.param(tiny(), "long", id="another encoder with that mode"),
        pytest.param(FgClip(model=fgclip_folder()), "long", id="another checkpoint"),
        pytest.param(FgClip(model="qihoo360/fg-clip-base"), "long", id="another size"),
        pytest.param(TransformersClip(model=LARGE.model), "long", id="another kind"),
        pytest.param(LARGE, None, id="another mode"),
        pytest.param(LARGE, "short", id="short mode"),
    ],
)
def test_published_is_refused_for_all_but_its_encoder_before_any_work(
    encoder: FgClip | TransformersClip, mode: str | None
) -> None:
    reward = ClipScore(encoder=encoder, form="cosine", saturate_at="published", text_mode=mode)
    for work in (reward.check, lambda: reward([])):
        with pytest.raises(ConfigError, match=r"'published' for .*: `rewardkit calibrate` propos"):
            work()


def test_published_is_the_one_of_its_encoder() -> None:
    reward = ClipScore(encoder=LARGE, form="cosine", saturate_at="published", text_mode="long")
    assert reward([]) == []
    assert reward.lowest == 0.0


def test_check_finds_a_missing_checkpoint() -> None:
    with pytest.raises(ConfigError):
        ClipScore(encoder=TransformersClip(model="./no-such-folder")).check()
    ClipScore(encoder=tiny()).check()


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ConfigError, match="expected a mode of"):
        ClipScore(encoder=tiny(), text_mode="long")([row("a dog", picture(0))])


@given(
    st.lists(st.sampled_from(CAPTIONS) | st.text(max_size=40), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_any_text_has_the_same_value_whatever_stands_beside_it(
    texts: list[str], order: random.Random
) -> None:
    reward = ClipScore(encoder=tiny(), form="cosine", saturate_at=0.4)
    rows = [row(text, picture_file(number % 3)) for number, text in enumerate(texts)]
    scores = reward(rows)

    places = list(range(len(rows)))
    order.shuffle(places)
    shuffled = reward([rows[place] for place in places])

    assert reward(rows) == scores
    for place, score in zip(places, shuffled, strict=True):
        assert score.value == pytest.approx(scores[place].value, abs=1e-5)
    for score in scores:
        assert score.value is not None
        assert 0.0 <= score.value <= 1.0


HOSTILE = [
    "\ud800",
    "\x00",
    "<|endoftext|>" * 500,
    "a" * 1_000_000,
    " " * 9_000 + "a",
    "\u202e\ufeff",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_have_a_value(text: str) -> None:
    [score] = ClipScore(encoder=tiny())([row(text, picture(0))])
    assert score.value is not None
    assert len(score.reason) < 200


def test_leading_white_space_hides_nothing() -> None:
    one, other = ClipScore(encoder=tiny())(
        [row(" " * 9_000 + "a", picture(0)), row("a", picture(0))]
    )
    assert one == other


def test_a_model_that_gives_nan_is_not_judged() -> None:
    encoder = shared_encoder(broken())
    assert encoder.modes
    [score] = ClipScore(encoder=broken())([row("a dog", picture(0))])
    assert score.value is None
    assert "NaN" in score.reason


def test_a_reference_that_the_model_gives_nan_is_not_judged() -> None:
    spoilt = tiny(model=clip_folder(spoilt="dog</w>"))
    reward = ClipScore(encoder=spoilt, form="refclipscore")
    rows = [
        row("a cat", picture(1), reference=["a cat", "a dog"]),
        row("a cat", picture(1), reference=["a cat"]),
        row("a dog", picture(1), reference=["a cat"]),
    ]

    caption, fine, text = reward(rows)

    assert caption.value is None
    assert caption.reason.startswith("reference text: the encoder gave NaN")
    assert fine.value is not None
    assert text.value is None
    assert text.reason.startswith("text: the encoder gave NaN")


def test_threads_share_a_reward() -> None:
    reward = ClipScore(encoder=tiny(cache_mb=0))
    rows = [row(text, picture_file(n)) for n, text in enumerate(CAPTIONS)]
    alone = reward(rows)
    with ThreadPoolExecutor(4) as executor:
        for scores in executor.map(lambda _: reward(rows), range(8)):
            assert [s.value for s in scores] == [pytest.approx(s.value, abs=1e-6) for s in alone]


def test_survives_pickle() -> None:
    reward = ClipScore(
        encoder=tiny(), form="cosine", saturate_at=0.4, template="pebr", section="description"
    )
    assert pickle.loads(pickle.dumps(reward)) == reward
