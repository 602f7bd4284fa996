"""The files of the `digits` recipe: readable as data, the same for the same seed."""

import json
from pathlib import Path

import pytest

from rewardkit.digits import files
from rewardkit.digits.world import draw_rows
from rewardkit.generation.generate import open_images
from rewardkit.generation.questions import read_questions

COUNTS = {"DEMONSTRATION_ROWS": 6, "BLANK_ROWS": 3, "TRAIN_ROWS": 5, "TEST_ROWS": 4}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, count in COUNTS.items():
        monkeypatch.setattr(files, name, count)


@pytest.mark.usefixtures("few")
def test_the_files_are_data_that_a_recipe_reads(tmp_path: Path) -> None:
    files.write_digits(tmp_path / "a", 3)
    rows = {
        name: read_questions([str(tmp_path / "a" / name)], {})
        for name in (files.DEMONSTRATIONS, files.TRAIN, files.TEST)
    }
    assert [len(found) for found in rows.values()] == [9, 5, 4]
    assert all(row.text for row in rows[files.DEMONSTRATIONS])
    assert not any(row.text for row in [*rows[files.TRAIN], *rows[files.TEST]])
    (image,) = open_images(rows[files.TEST][0])
    assert image.size == (32, 16)
    assert len({row.id for found in rows.values() for row in found}) == 18


@pytest.mark.usefixtures("few")
def test_a_seed_gives_the_same_files_and_another_one_others(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        files.write_digits(tmp_path / name, seed)
    held = {
        name: {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in "abc"
    }
    assert held["a"] == held["b"]
    for name in (files.DEMONSTRATIONS, files.TRAIN, files.TEST, "model/model.safetensors"):
        assert held["a"][Path(name)] != held["c"][Path(name)]


@pytest.mark.usefixtures("few")
def test_blank_demonstrations_show_nothing(tmp_path: Path) -> None:
    files.write_digits(tmp_path, 0)
    rows = read_questions([str(tmp_path / files.DEMONSTRATIONS)], {})
    shown = [open_images(row)[0].getextrema() != ((0, 0),) * 3 for row in rows]
    assert shown == [True] * 6 + [False] * 3


def test_rows_keep_what_a_reward_needs(tmp_path: Path) -> None:
    files.write_rows(tmp_path / "rows.jsonl", draw_rows("rl", 1, 0))
    row = json.loads((tmp_path / "rows.jsonl").read_text())
    assert row["keywords"] and row["reference"] is not None and row["task"] == "number"
