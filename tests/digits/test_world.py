"""The digits world: the same rows for the same seed, and nothing of the test in training."""

from typing import Any, get_args

import pytest

from rewardkit.decoding import read_rollout
from rewardkit.digits.images import Shift
from rewardkit.digits.questions import PROMPTS, Question, right_answer
from rewardkit.digits.world import Split, draw_rows, is_held, load_scans, scan_indices
from rewardkit.rewards import Accuracy, Format, KeywordRecall
from rewardkit.types import Rollout

SPLITS: tuple[Split, ...] = get_args(Split)


def plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with their images' pixels in place of the images."""
    return [row | {"images": [image.tobytes() for image in row["images"]]} for row in rows]


def labels(row: dict[str, Any]) -> tuple[int, int]:
    left, right = (int(load_scans().labels[i]) for i in row["scans"])
    return left, right


@pytest.mark.parametrize("split", SPLITS)
def test_same_arguments_give_the_same_rows(split: Split) -> None:
    assert plain(draw_rows(split, 20, seed=3)) == plain(draw_rows(split, 20, seed=3))
    assert plain(draw_rows(split, 20, seed=3)) != plain(draw_rows(split, 20, seed=4))


def test_more_rows_begin_with_the_same_rows() -> None:
    assert plain(draw_rows("rl", 30, seed=1))[:10] == plain(draw_rows("rl", 10, seed=1))


def test_no_scan_is_in_two_splits() -> None:
    parts = [set(scan_indices(split)) for split in SPLITS]
    assert sum(map(len, parts)) == len(set.union(*parts))
    assert min(scan_indices("test")) >= 1400
    assert max(scan_indices("demonstrations") + scan_indices("rl")) < 1400


@pytest.mark.parametrize("split", SPLITS)
def test_rows_show_scans_of_their_split_alone(split: Split) -> None:
    shown = {scan for row in draw_rows(split, 200, seed=5) for scan in row["scans"]}
    assert shown <= set(scan_indices(split))


@pytest.mark.parametrize("split", SPLITS)
def test_held_pairs_are_seen_only_where_asked_for(split: Split) -> None:
    assert not any(is_held(*labels(row)) for row in draw_rows(split, 300, seed=0))
    assert all(is_held(*labels(row)) for row in draw_rows(split, 30, seed=0, pairs="held"))


@pytest.mark.parametrize("split", SPLITS)
def test_rows_are_rollouts(split: Split) -> None:
    rows = draw_rows(split, 20, seed=0)
    rollouts = [read_rollout(dict(row), {}, "none") for row in rows]
    assert all(isinstance(rollout, Rollout) for rollout in rollouts)
    assert len({row["id"] for row in rows}) == len({row["group"] for row in rows}) == len(rows)


def test_gold_replies_get_full_marks() -> None:
    rows = draw_rows("demonstrations", 60, seed=0)
    rollouts = [
        Rollout(**{key: row[key] for key in Rollout.__struct_fields__ if key in row})
        for row in rows
    ]
    keywords = KeywordRecall(template="think-answer", section="think", max_words=6)
    for reward in (Accuracy(), Format(), keywords):
        assert [score.value for score in reward(rollouts)] == [1.0] * len(rows)


def test_only_demonstrations_have_a_reply() -> None:
    assert all(row["completion"] for row in draw_rows("demonstrations", 5, seed=0))
    assert not any(row["completion"] for row in draw_rows("rl", 5, seed=0))


def test_questions_are_right_about_the_labels() -> None:
    for row in draw_rows("rl", 100, seed=2):
        left, right = labels(row)
        question = next(name for name, prompt in PROMPTS.items() if prompt == row["prompt"])
        assert row["reference"] == right_answer(question, left, right)
        assert row["keywords"] == [f"left is {left}", f"right is {right}"]


# question, left, right, answer
ANSWERS: list[tuple[Question, int, int, int]] = [
    ("sum", 9, 9, 18),
    ("sum", 0, 0, 0),
    ("difference", 2, 9, 7),
    ("difference", 4, 4, 0),
    ("larger", 2, 9, 9),
    ("larger", 4, 4, 4),
    ("left", 2, 9, 2),
]


@pytest.mark.parametrize(("question", "left", "right", "answer"), ANSWERS)
def test_right_answer(question: Question, left: int, right: int, answer: int) -> None:
    assert right_answer(question, left, right) == answer


@pytest.mark.parametrize("shift", get_args(Shift))
def test_a_shift_changes_the_image_and_nothing_else(shift: Shift) -> None:
    rows, shifted = (plain(draw_rows("test", 20, 0, shift=s)) for s in (None, shift))
    for row, other in zip(rows, shifted, strict=True):
        assert row.pop("images") != other.pop("images")
        assert row["id"] != other["id"]
        assert row == other | {"id": row["id"], "group": row["group"]}


def test_a_blank_image_shows_nothing() -> None:
    assert draw_rows("demonstrations", 1, 0, shift="blank")[0]["images"][0].getbbox() is None


def test_no_rows_are_asked_for() -> None:
    assert draw_rows("test", 0, seed=0) == []
