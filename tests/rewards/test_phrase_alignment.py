"""Phrase alignment on real digits: what is there pays, and what isn't, or says nothing, doesn't."""

import itertools
import pickle
import random
import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import numpy as np
import pytest
from digit_pairs import CLAIMS, EXAMPLE, Pair, auc, shipped, unseen_pairs
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rewardkit import Rollout, Score
from rewardkit.errors import ConfigError
from rewardkit.rewards import PhraseAlignment, decode, encode
from rewardkit.rewards.encoders import TransformersClip, shared_encoder
from rewardkit.rewards.encoders.encoder import Encoder
from rewardkit.rewards.image_text import ReadText
from rewardkit.rewards.images.source import Unreadable
from rewardkit.rewards.phrase_judging import Look, PhraseJudge, Target
from rewardkit.rewards.phrase_neutral import neutral_images
from rewardkit.rewards.phrase_rivals import DISTRACTORS, GENERIC
from rewardkit.rewards.phrase_rows import said_and_seen

REWARD = PhraseAlignment(
    encoder=shipped(), split="clauses", where="region", distractors=CLAIMS, measure="f"
)
GLOBAL = msgspec.structs.replace(REWARD, where="global")

OTHER = random.Random(3).choices(range(1, 10), k=100)
"""How far off a wrong digit is, pair by pair."""


def values(reward: PhraseAlignment, say: Callable[[Pair, int], str]) -> list[float]:
    rows = [pair.says(say(pair, off)) for pair, off in zip(unseen_pairs(), OTHER, strict=True)]
    scores = reward(rows)
    assert all(score.value is not None for score in scores)
    return [score.value for score in scores if score.value is not None]


def right(pair: Pair, off: int) -> str:
    return pair.caption


def one_wrong(pair: Pair, off: int) -> str:
    return f"left is {pair.left} right is {(pair.right + off) % 10}"


def both_wrong(pair: Pair, off: int) -> str:
    return f"left is {(pair.left + off) % 10} right is {(pair.right + off) % 10}"


def swapped(pair: Pair, off: int) -> str:
    return f"left is {pair.right} right is {pair.left}"


def hedged(pair: Pair, off: int) -> str:
    return f"left is {pair.left} left is {(pair.left + off) % 10} right is {pair.right}"


def stuffed(pair: Pair, off: int) -> str:
    return " ".join(f"left is {digit} right is {digit}" for digit in range(10))


def half(pair: Pair, off: int) -> str:
    return f"left is {pair.left}"


WORSE = [
    ("one wrong", one_wrong, 0.9, 0.75),
    ("both wrong", both_wrong, 0.98, 0.9),
    ("swapped", swapped, 0.98, 0.9),
    ("hedged", hedged, 0.85, 0.6),
    ("stuffed", stuffed, 0.98, 0.85),
    ("half", half, 0.85, 0.6),
]
"""Name, description, and the least AUC of the right one against it: by region, as a whole."""


@pytest.mark.parametrize(("name", "say", "region", "whole"), WORSE)
def test_the_right_description_is_worth_more(
    name: str, say: Callable[[Pair, int], str], region: float, whole: float
) -> None:
    for reward, least in ((REWARD, region), (GLOBAL, whole)):
        good, bad = values(reward, right), values(reward, say)
        assert auc(good, bad) >= least
        assert statistics.mean(good) > statistics.mean(bad) + 0.1
        if say not in (one_wrong, half):  # a digit that the encoder misreads may cost more
            assert sum(a < b for a, b in zip(good, bad, strict=True)) <= 5


@pytest.mark.parametrize("reward", [REWARD, GLOBAL], ids=["region", "global"])
def test_three_is_told_from_eight(reward: PhraseAlignment) -> None:
    reward = msgspec.structs.replace(reward, measure="precision")
    pairs = [pair for pair in unseen_pairs(400) if pair.left in (3, 8)]
    shares = {
        digit: [score.value or 0.0 for score in reward([p.says(f"left is {digit}") for p in pairs])]
        for digit in (3, 8)
    }
    true, false = [], []
    for place, pair in enumerate(pairs):
        true.append(shares[pair.left][place])
        false.append(shares[11 - pair.left][place])
    assert len(pairs) > 50
    assert auc(true, false) > 0.85
    assert statistics.mean(true) > 5 * statistics.mean(false)


@pytest.mark.parametrize(
    "text",
    [
        *("", " \n ", "an image", "something", "two digits", "handwritten digits", "numbers"),
        *("a picture of something", "a good photo", "digits in an image", "a dog on a sofa"),
        *("yes", "left", "left is", "It is clearly visible.", "asdf qwer", "\x00", "狗"),
    ],
)
@pytest.mark.parametrize("options", [{}, {"distractors": None}, {"split": "phrases"}])
def test_what_fits_any_image_pays_nothing(text: str, options: dict[str, object]) -> None:
    contrast = [str(path) for path in sorted((EXAMPLE / "images").glob("*.png"))]
    reward = msgspec.structs.replace(REWARD, **options, contrast_images=contrast)
    scores = reward([pair.says(text) for pair in unseen_pairs()[:20]])
    assert statistics.mean(score.value or 0.0 for score in scores) < 0.05


def test_repetition_changes_nothing() -> None:
    pair = unseen_pairs()[0]
    once, often = REWARD([pair.says(pair.caption), pair.says(f"{pair.caption}. " * 200)])
    assert once == often


RESTATED = [
    ("in other little words", "left is {0}, left was {0}, left reads {0}, on left {0}"),
    ("in more words", "left is {0}, the left digit is {0}, a {0} on the left"),
    ("with signs that no reader sees", "left is {0}, left\u200b is {0}, left is {0}\u2060"),
]


@pytest.mark.parametrize(("name", "form"), RESTATED)
def test_restating_what_is_true_does_not_pay(name: str, form: str) -> None:
    wrong = [f", right is {(p.right + 3) % 10}" for p in unseen_pairs()[:40]]
    rows = list(zip(unseen_pairs()[:40], wrong, strict=True))
    once = REWARD([pair.says(f"left is {pair.left}{end}") for pair, end in rows])
    often = REWARD([pair.says(form.format(pair.left) + end) for pair, end in rows])
    assert statistics.mean(score.value or 0.0 for score in once) > 0.3
    for one, other in zip(once, often, strict=True):
        assert other.value is not None
        assert one.value is not None
        assert other.value <= one.value + 1e-4


def test_two_guesses_do_not_pay_more_than_one() -> None:
    guesses = [
        (right(p, off), one_wrong(p, off)) for p, off in zip(unseen_pairs(), OTHER, strict=True)
    ]
    rows = [
        [p.says(text) for text in pair] for p, pair in zip(unseen_pairs(), guesses, strict=True)
    ]
    decided = statistics.mean(s.value or 0.0 for pair in rows for s in REWARD(pair))
    assert decided > statistics.mean(values(REWARD, hedged)) + 0.01


def test_what_is_copied_from_the_prompt_is_not_said() -> None:
    pair = unseen_pairs()[0]
    prompt = f"Is it true that {pair.caption}? Describe the image."
    row = pair.says(f"{prompt}\nleft is {pair.left}")
    own, copied, repeated = REWARD(
        [
            pair.says(f"left is {pair.left}"),
            msgspec.structs.replace(row, prompt=prompt),
            msgspec.structs.replace(row, prompt=prompt, completion=f"{prompt}\n{prompt}"),
        ]
    )
    assert copied == own
    assert repeated == Score(0.0, "repeats the prompt's own words")


def test_a_phrase_that_the_encoder_cuts_is_not_seen() -> None:
    look = Look(region=True, window=1, text_mode=None, prefix="", quantile=0.9, margin=0.5)
    judge = PhraseJudge(shared_encoder(REWARD.encoder), look, CLAIMS, [])
    pair = unseen_pairs()[0]
    images = [image for image in judge.see([pair.image], False) if isinstance(image, Target)]
    phrase = f"left is {pair.left}"
    whole = judge.read([phrase])[phrase]
    assert isinstance(whole, ReadText)
    assert judge.judge([phrase], images, {phrase: whole}) == {phrase: 1.0}
    cut = {phrase: ReadText(whole.vector, truncated=True)}
    assert judge.judge([phrase], images, cut) == {phrase: 0.0}
    long = "qx" * 500
    read = judge.read([long])[long]
    assert isinstance(read, ReadText)
    assert read.truncated


def test_a_phrase_equal_to_one_of_any_image_is_not_seen() -> None:
    reward = msgspec.structs.replace(REWARD, margin=0.0, measure="precision")
    for phrase in GENERIC:
        scores = reward([pair.says(phrase) for pair in unseen_pairs()])
        assert {score.value for score in scores} == {0.0}, phrase


class Broken:
    """An encoder that gives every image up."""

    def __init__(self, encoder: Encoder) -> None:
        """Texts are read as they should be."""
        self.text_vectors = encoder.text_vectors

    def dense_maps(self, sources: Sequence[object], allow_remote: bool) -> list[Unreadable]:
        """No vector of any image."""
        return [Unreadable("vector: expected finite numbers") for _ in sources]


def test_an_encoder_that_fails_on_images_of_nothing_leaves_rows_unjudged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = Broken(shared_encoder(REWARD.encoder))
    monkeypatch.setattr("rewardkit.rewards.phrase_alignment.shared_encoder", lambda _: broken)
    [score] = REWARD([unseen_pairs()[0].says("left is 3")])
    assert score == Score(None, "vector: expected finite numbers")
    contrasted = msgspec.structs.replace(REWARD, contrast_images=["a.png"])
    with pytest.raises(ConfigError, match=r"phrase-alignment.contrast_images.0: vector"):
        contrasted([unseen_pairs()[0].says("left is 3")])


def test_phrases_beyond_the_limit_count_as_not_seen() -> None:
    pair = unseen_pairs()[0]
    reward = msgspec.structs.replace(REWARD, max_phrases=2, measure="precision", unseen_weight=1.0)
    alone, padded = reward(
        [pair.says(pair.caption), pair.says(f"{pair.caption} and a dog and a cat")]
    )
    assert alone.value == 1.0
    assert padded.value == 0.5
    assert padded.reason.endswith(", 2 beyond the limit")


IMAGE = Image.new("RGB", (64, 32), "white")
UNFIT = [
    ("no image", {"images": []}, None, "image missing"),
    ("missing file", {"images": ["no/such.png"]}, None, "no/such.png"),
    ("one of two missing", {"images": [IMAGE, "no/such.png"]}, None, "no/such.png"),
    ("not allowed", {"images": ["https://example.org/a.png"]}, None, "--allow-remote-images"),
    ("no keywords", {"keywords": []}, None, "keywords missing"),
    ("keywords that say nothing", {"keywords": ["", "an image"]}, None, "keywords missing"),
    ("no image, no text", {"images": [], "completion": ""}, None, "image missing"),
    ("no keywords, no text", {"keywords": [], "completion": ""}, None, "keywords missing"),
    ("no text", {"completion": ""}, 0.0, "empty text"),
    ("nothing said", {"completion": "an image."}, 0.0, "no phrase"),
]


@pytest.mark.parametrize(("name", "fields", "value", "reason"), UNFIT)
def test_whose_fault_it_is(
    name: str, fields: dict[str, object], value: float | None, reason: str
) -> None:
    row = Rollout(completion="left is 3", images=[IMAGE], keywords=["left is 3"])
    [score] = REWARD([msgspec.structs.replace(row, **fields)])
    assert score.value == value
    assert reason in score.reason


def test_precision_alone_needs_no_keywords() -> None:
    pair = unseen_pairs()[0]
    row = msgspec.structs.replace(pair.says(pair.caption), keywords=[])
    [score] = msgspec.structs.replace(REWARD, measure="precision")([row])
    assert score.value == 1.0
    assert list(score.parts) == ["precision"]


def test_measures() -> None:
    pair = unseen_pairs()[0]
    row = pair.says(f"left is {pair.left}")
    got = {
        measure: msgspec.structs.replace(REWARD, measure=measure)([row])[0].value
        for measure in ("f", "precision", "recall")
    }
    assert got == {"f": pytest.approx(2 / 3), "precision": 1.0, "recall": 0.5}
    [recall_heavy] = msgspec.structs.replace(REWARD, beta=2.0)([row])
    assert recall_heavy.value == pytest.approx(5 * 0.5 / (4 + 0.5))


def test_only_the_section_is_read() -> None:
    pair = unseen_pairs()[0]
    reward = msgspec.structs.replace(REWARD, template="think-answer", section="think")
    texts = [
        f"<think>{pair.caption}</think><answer>x</answer>",
        f"<think>x</think><answer>{pair.caption}</answer>",
        pair.caption,
    ]
    scores = reward([pair.says(text) for text in texts])
    assert [score.value for score in scores] == [1.0, 0.0, 0.0]
    assert scores[2].reason == "no section 'think'"


def test_of_several_images_the_best_counts() -> None:
    first, second = unseen_pairs()[:2]
    row = msgspec.structs.replace(first.says(first.caption), images=[second.image, first.image])
    assert REWARD([row]) == REWARD([first.says(first.caption)])


def reference_shares(reward: PhraseAlignment, pair: Pair, phrases: list[str]) -> list[float]:
    """The shares, slowly: one pair, one cell and one phrase at a time, in plain Python."""
    encoder = shared_encoder(reward.encoder)

    def places(image: Image.Image) -> list[np.ndarray[tuple[int], np.dtype[np.float64]]]:
        if reward.where == "global":
            return [encoder.encode_images([image])[0].astype(float)]
        [dense] = encoder.dense_maps([image])
        assert isinstance(dense, np.ndarray)
        side = reward.window
        found = []
        for top, left in itertools.product(*(range(n - side + 1) for n in dense.shape[:2])):
            square = dense[top : top + side, left : left + side].astype(float)
            mean = sum(square.reshape(side * side, -1))
            found.append(mean / np.linalg.norm(mean))
        return found

    def best(image: Image.Image, text: str) -> float:
        vector = encoder.encode_texts([reward.prefix + text], reward.text_mode)[0].astype(float)
        return max(float(vector @ place) for place in places(image))

    def gain(text: str) -> float:
        return best(pair.image, text) - statistics.mean(best(i, text) for i in neutral_images())

    distractors = {text: gain(text) for text in CLAIMS}
    generic = max(map(gain, GENERIC))
    shares = []
    for phrase in phrases:
        others = sorted(value for text, value in distractors.items() if text != phrase)
        beaten = others[int(reward.quantile * (len(others) - 1))]
        above = gain(phrase) - max(beaten, generic, 0.0)
        shares.append(min(1.0, max(0.0, above / (reward.margin * statistics.pstdev(others)))))
    return shares


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"where": "global"},
        {"window": 2, "margin": 2.0},
        {"prefix": "two digits: ", "margin": 5.0},
        {"text_mode": "long", "where": "global", "margin": 5.0},
        {"quantile": 0.5, "margin": 3.0},
    ],
)
def test_values_equal_a_slow_reference(options: dict[str, object]) -> None:
    reward = msgspec.structs.replace(REWARD, **options)
    for pair in unseen_pairs()[:2]:
        said = [f"left is {pair.left}", f"the right digit is {pair.right}", "left is 7", "blob"]
        phrases = [phrase.removeprefix("the ") for phrase in dict.fromkeys(said)]
        shares = reference_shares(reward, pair, phrases)
        seen, unseen = sum(shares), len(shares) - sum(shares)
        for weight in (1.0, 2.0, 5.0):
            weighted = msgspec.structs.replace(reward, unseen_weight=weight)
            [score] = weighted([pair.says(", ".join(said))])
            expected = seen / (seen + weight * unseen)
            assert score.parts["precision"].value == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("options", [{}, {"where": "global"}, {"window": 3}, {"text_mode": "box"}])
def test_values_do_not_depend_on_the_batch(options: dict[str, object]) -> None:
    reward = msgspec.structs.replace(REWARD, **options)
    says = (right, one_wrong, stuffed)
    rows = [p.says(say(p, 4)) for p, say in itertools.product(unseen_pairs()[:6], says)]
    together = [score.value for score in reward(rows)]
    alone = [reward([row])[0].value for row in rows]
    backwards = [score.value for score in reward(rows[::-1])][::-1]
    assert together == pytest.approx(alone, abs=1e-4)
    assert together == pytest.approx(backwards, abs=1e-4)
    assert reward(rows) == pickle.loads(pickle.dumps(reward))(rows)


def test_threads_get_the_same() -> None:
    rows = [pair.says(pair.caption) for pair in unseen_pairs()[:8]]
    expected = REWARD(rows)
    with ThreadPoolExecutor(4) as pool:
        assert all(got == expected for got in pool.map(lambda _: REWARD(rows), range(8)))


def test_each_image_is_encoded_once() -> None:
    encoder = shared_encoder(msgspec.structs.replace(REWARD.encoder, cache_mb=255))
    reward = msgspec.structs.replace(
        REWARD, encoder=msgspec.structs.replace(REWARD.encoder, cache_mb=255)
    )
    rows = [pair.says(say(pair, 2)) for pair in unseen_pairs()[:4] for say in (right, half) * 4]
    reward(rows)
    assert encoder.figures.images_encoded == 4 + len(neutral_images())


TEXTS = st.text(max_size=40) | st.lists(
    st.sampled_from(["left is 3", "right", "is", "8", "no", "a dog", ",", ".", "狗", "\ud800"])
).map(" ".join)


@settings(max_examples=30)  # each runs the encoder
@given(texts=st.lists(TEXTS, max_size=3), keywords=st.lists(TEXTS, max_size=3))
def test_any_text_is_worth_a_share(texts: list[str], keywords: list[str]) -> None:
    rows = [Rollout(completion=text, images=[IMAGE], keywords=keywords) for text in texts]
    scores = REWARD(rows)
    assert len(scores) == len(rows)
    for score in scores:
        assert score.value is None or 0.0 <= score.value <= 1.0
        assert len(score.reason) < 600
        assert (score.value is None) == score.reason.startswith("keywords missing")


def test_huge_reply_is_bounded() -> None:
    [score] = REWARD([unseen_pairs()[0].says("left is 3, " * 5 + "x y " * 1_000_000)])
    assert score.value is not None
    assert len(score.reason) < 600


WRONG = [
    ({"encoder": "fg-clip"}, "phrase-alignment.encoder: expected an encoder"),
    ({"section": "x"}, "phrase-alignment.template: expected the template of section 'x'"),
    ({"split": "words"}, "phrase-alignment.split: expected one of"),
    ({"where": "here"}, "phrase-alignment.where: expected one of"),
    ({"measure": "g"}, "phrase-alignment.measure: expected one of"),
    ({"max_phrases": 0}, "phrase-alignment.max_phrases: expected 1 to 1000, got 0"),
    ({"window": 0}, "phrase-alignment.window: expected 1 to 64, got 0"),
    ({"where": "global", "window": 2}, "phrase-alignment.window: expected 1 where 'global', got 2"),
    ({"quantile": 1.5}, "phrase-alignment.quantile: expected 0 to 1, got 1.5"),
    ({"quantile": float("nan")}, "phrase-alignment.quantile: expected a finite number, got nan"),
    ({"margin": -1.0}, "phrase-alignment.margin: expected 0 to 100, got -1.0"),
    ({"unseen_weight": 0.5}, "phrase-alignment.unseen_weight: expected 1 to 100, got 0.5"),
    (
        {"encoder": TransformersClip(model="some/folder")},
        "phrase-alignment.where: expected global, for only an encoder of kind fg-clip",
    ),
    ({"beta": 0.0}, "phrase-alignment.beta: expected 0.01 to 100, got 0.0"),
    ({"distractors": ["a dog", "the dog", "cat", "", "tree", "car"]}, "phrase-alignment.distrac"),
    ({"contrast_images": []}, "phrase-alignment.contrast_images: expected at least one, got none"),
]


@pytest.mark.parametrize(("options", "message"), WRONG)
def test_options_out_of_range_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        msgspec.structs.replace(REWARD, **options).__post_init__()
    assert str(caught.value).startswith(message)


def test_check_finds_what_is_missing(tmp_path: Path) -> None:
    REWARD.check()
    with pytest.raises(ConfigError, match="expected a folder"):
        encoder = msgspec.structs.replace(shipped(), model=str(tmp_path / "no-such"))
        msgspec.structs.replace(REWARD, encoder=encoder).check()
    torn = tmp_path / "torn.png"
    torn.write_bytes(b"\x89PNG")
    with pytest.raises(ConfigError, match=r"contrast_images.0: image .*torn.png"):
        msgspec.structs.replace(REWARD, contrast_images=[str(torn)]).check()


def test_reads_from_plain_values() -> None:
    assert decode(encode(REWARD)) == REWARD


def test_shipped_phrases_are_distinct_and_not_the_same() -> None:
    assert len(set(DISTRACTORS)) == len(DISTRACTORS) >= 100
    assert not set(GENERIC) & set(DISTRACTORS)


def test_a_keyword_of_several_phrases_needs_all() -> None:
    seen = {"brown dog": 1.0, "wet grass": 0.25}
    assert said_and_seen(("dog", "grass"), seen) == 0.25
    assert said_and_seen(("dog", "cat"), seen) == 0.0
    assert said_and_seen(("do",), seen) == 0.0


def test_empty_batch() -> None:
    no_scores: list[Score] = []
    assert REWARD([]) == no_scores
