"""Calibration of a part: its pairs are worth what the part itself would make of them."""

import pytest
import torch
from msgspec.structs import astuple
from tiny_clip import clip_folder, fgclip_folder, picture

from rewardkit.analysis.calibrating import calibrate_part
from rewardkit.analysis.calibration import spread_of
from rewardkit.errors import ConfigError
from rewardkit.rewards import ClipScore, RefCaption
from rewardkit.rewards.encoders import FgClip, TransformersClip, shared_encoder
from rewardkit.types import Rollout

TINY = TransformersClip(model=clip_folder())


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """The machine is shared, and the models are tiny."""
    torch.set_num_threads(1)


def test_figures_equal_the_slow_ones(rows: list[Rollout]) -> None:
    part = ClipScore(encoder=TINY, form="cosine")
    encoder = shared_encoder(TINY)

    got = calibrate_part("", part, rows, each=2)

    distinct = list({(row.images[0], row.text.strip()): row for row in rows}.values())
    cosines = [score.value for score in part(distinct)]
    assert got.matching.pairs == len(distinct) == 24
    assert got.matching.mean == pytest.approx(sum(c for c in cosines if c is not None) / 24)
    assert got.mismatched.pairs == 48
    images = encoder.image_vectors([row.images[0] for row in distinct])
    texts = encoder.encode_texts([row.text.strip() for row in distinct])
    others = [
        float(image @ text)
        for i, image in enumerate(images)
        if not hasattr(image, "reason")
        for j, text in enumerate(texts)
        if i != j
    ]
    assert got.mismatched.q01 is not None
    assert got.mismatched.q99 is not None
    assert min(others) - 1e-6 <= got.mismatched.q01 <= got.mismatched.q99 <= max(others) + 1e-6


FG = FgClip(model=fgclip_folder(), threads=1)
PARTS: dict[str, ClipScore | RefCaption] = {
    "prefix": ClipScore(encoder=TINY, form="cosine", prefix="A photo depicts "),
    "mean of images": ClipScore(encoder=TINY, form="cosine"),
    "largest of images": ClipScore(encoder=TINY, form="cosine", across="max"),
    "first of images": ClipScore(encoder=TINY, form="cosine", across="first"),
    "section": ClipScore(encoder=TINY, form="cosine", template="think-answer", section="think"),
    "short mode": ClipScore(encoder=FG, form="cosine", text_mode="short"),
    "long mode": ClipScore(encoder=FG, form="cosine", text_mode="long"),
    "captions": RefCaption(encoder=TINY),
    "captions elsewhere": RefCaption(encoder=TINY, captions="gold"),
    "captions in long mode": RefCaption(encoder=FG, text_mode="long"),
    "captions and a section": RefCaption(encoder=TINY, template="think-answer", section="think"),
}


def shows(text: str, number: int) -> Rollout:
    """A reply beside what row `number` shows: two images, and captions in two fields."""
    return Rollout(
        completion=text,
        images=[picture(2 * number), picture(2 * number + 1)],
        reference=[f"a cat {number}", f"{number} red dogs"],
        extra={"gold": [f"gold {number}", f"the {number} quick foxes"]},
    )


def spread(part: ClipScore | RefCaption, rows: list[Rollout]) -> list[object]:
    """What the part itself makes of rows."""
    values = [score.value for score in part(rows) if score.value is not None]
    assert len(values) == len(rows)
    return [pytest.approx(one, abs=1e-5) for one in astuple(spread_of(values))]


@pytest.mark.parametrize("name", PARTS)
def test_pairs_are_worth_what_the_part_itself_would_make_of_them(name: str) -> None:
    part, many = PARTS[name], range(4)
    words = "lazy brown dog " * 9  # long enough that a short mode reads less of it
    texts = [f"<think>{words}{n}</think><answer>{n}{words * n}</answer>" for n in many]

    got = calibrate_part("", part, [shows(texts[n], n) for n in many], each=3)

    crossed = [shows(texts[n], other) for n in many for other in many if n != other]
    assert list(astuple(got.matching)) == spread(part, [shows(texts[n], n) for n in many])
    assert list(astuple(got.mismatched)) == spread(part, crossed)


def test_captions_in_place_of_replies_are_read_as_replies_are() -> None:
    part = ClipScore(encoder=TINY, form="cosine", prefix="A photo depicts ", captions="reference")
    rows = [shows("nothing of it", number) for number in range(4)]
    elsewhere = ClipScore(encoder=TINY, form="refclipscore", captions="gold")

    got = calibrate_part("", part, rows, text="reference")
    gold = calibrate_part("", elsewhere, rows, text="reference")

    own = [shows(str(text), n) for n in range(4) for text in (f"a cat {n}", f"{n} red dogs")]
    other = [shows(text, n) for n in range(4) for text in (f"gold {n}", f"the {n} quick foxes")]
    assert list(astuple(got.matching)) == spread(part, own)
    assert list(astuple(gold.matching)) == spread(part, other), "the prefix of its form"


def test_another_seed_draws_other_mismatches(rows: list[Rollout]) -> None:
    part = ClipScore(encoder=TINY, form="cosine")
    first, again, other = (calibrate_part("", part, rows, each=2, seed=s) for s in (1, 1, 2))
    assert first == again
    assert first.matching == other.matching
    assert first.mismatched != other.mismatched


@pytest.mark.parametrize("allowed", [False, True])
def test_remote_images_are_fetched_only_where_the_part_may(allowed: bool) -> None:
    part = ClipScore(encoder=TINY, allow_remote_images=allowed)
    row = Rollout(completion="a dog", images=["http://127.0.0.1:9/a.png"])

    got = calibrate_part("", part, [row])

    [score] = part([row])
    assert (got.unseen, got.unseen_reason) == (1, score.reason)
    assert ("--allow-remote-images" in score.reason) is not allowed


def test_gaps_are_counted_with_their_first_reason(rows: list[Rollout]) -> None:
    part = ClipScore(encoder=TINY, form="cosine")
    gaps = [
        Rollout(completion="a dog"),
        Rollout(completion="a dog", images=["no-such-folder/a.png"]),
        Rollout(completion=" ", images=rows[0].images),
    ]

    got = calibrate_part("", part, [*gaps, *rows])

    assert (got.rows, got.unseen, got.unsaid) == (len(rows) + 3, 2, 1)
    assert got.unseen_reason == "image missing: expected at least one"
    assert got.unsaid_reason == "empty text"
    assert got.matching == calibrate_part("", part, rows).matching


def test_a_row_whose_captions_all_fail_is_one_row(rows: list[Rollout]) -> None:
    broken = TransformersClip(model=clip_folder(seed=3, broken=True))
    two = [Rollout(completion="", images=row.images, reference=["a", "b"]) for row in rows[:3]]

    got = calibrate_part("", ClipScore(encoder=broken), two, text="reference")

    assert (got.rows, got.unsaid, got.matching.pairs) == (3, 3, 0)
    assert got.unsaid_reason.startswith("text: ")
    assert "NaN" in got.unsaid_reason


def test_nothing_to_compare_is_no_crash() -> None:
    got = calibrate_part("", ClipScore(encoder=TINY), [Rollout(completion="a dog")])
    assert (got.auc, got.overlap, got.truncated, got.proposal.weak) == (None, None, None, True)


def test_one_image_for_all_has_no_mismatch(rows: list[Rollout]) -> None:
    one = [Rollout(completion=row.text, images=rows[0].images) for row in rows]
    got = calibrate_part("", ClipScore(encoder=TINY), one)
    assert (got.mismatched.pairs, got.shown, got.proposal.saturate_at) == (0, 1, None)


def test_a_form_that_does_not_saturate_gets_figures_alone(rows: list[Rollout]) -> None:
    plain = ClipScore(encoder=TINY, form="cosine", prefix="A photo depicts ")
    got = calibrate_part("", ClipScore(encoder=TINY), rows)
    assert got.matching == calibrate_part("", plain, rows).matching
    assert got.proposal.saturate_at is None


def test_captions_are_calibrated_against_other_rows_captions(rows: list[Rollout]) -> None:
    part = RefCaption(encoder=TINY)
    got = calibrate_part("", part, rows)
    assert got.matching.mean == pytest.approx(1.0)
    assert got.auc == 1.0
    assert got.proposal.saturate_at == pytest.approx(1.0, abs=1e-3)
    with pytest.raises(ConfigError, match="--text reference: expected a clip-score"):
        calibrate_part("", part, rows, text="reference")


def test_truncated_texts_are_counted(rows: list[Rollout]) -> None:
    long = [
        Rollout(completion=row.text.strip() + " fox" * 99 * (number % 4 == 0), images=row.images)
        for number, row in enumerate(rows[::2])
    ]
    got = calibrate_part("", ClipScore(encoder=TINY), long)
    assert got.truncated == 0.25
