"""Questions of `datasets` paths: saved folders, data files, images, ids, and what can't be read."""

import json
from pathlib import Path
from typing import Any

import datasets
import pytest
from PIL import Image as Pixels

from rewardkit.errors import ConfigError, RolloutError
from rewardkit.generation.datasets_source import DatasetPath
from rewardkit.generation.generate import open_images
from rewardkit.generation.questions import check_images, read_questions
from rewardkit.types import Rollout


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    datasets.disable_progress_bars()


def columns(folder: Path, count: int = 3) -> dict[str, list[Any]]:
    """Sums with a picture each, of another width each."""
    paths = [str(folder / f"{i}.png") for i in range(count)]
    for i, path in enumerate(paths):
        Pixels.new("RGB", (4 + i, 4)).save(path)
    return {
        "problem": [f"{i} + 1?" for i in range(count)],
        "sum": list(range(count)),
        "image": paths,
    }


def pictured(folder: Path, count: int = 3) -> Any:  # noqa: ANN401 - `datasets` has no types
    dataset = datasets.Dataset.from_dict(columns(folder, count))
    return dataset.cast_column("image", datasets.Image())


def read(**path: Any) -> list[Rollout]:  # noqa: ANN401 - a DatasetPath's
    places = {"prompt": ("problem",), "reference": ("sum",)}
    return read_questions([DatasetPath(**path)], places)


def check(rows: list[Rollout], dataset: str, split: str = "train") -> None:
    """The sums, with ids of the rows' numbers and pictures that open."""
    assert [row.id for row in rows] == [f"{dataset}:{split}:{i}" for i in range(3)]
    assert [(row.prompt, row.reference) for row in rows] == [(f"{i} + 1?", i) for i in range(3)]
    assert [open_images(row)[0].width for row in rows] == [4, 5, 6]
    assert len({row.group for row in rows}) == 3
    check_images(rows, "data")


def test_folder_of_save_to_disk(tmp_path: Path) -> None:
    folder = str(tmp_path / "saved")
    pictured(tmp_path).save_to_disk(folder)
    check(read(dataset=folder), folder)


def test_split_of_a_saved_dictionary(tmp_path: Path) -> None:
    folder, rows = str(tmp_path / "saved"), pictured(tmp_path)
    datasets.DatasetDict(few=rows.select([0]), test=rows).save_to_disk(folder)
    check(read(dataset=folder, split="test"), folder, "test")
    with pytest.raises(ConfigError, match=r"saved:tset: expected one of the splits few, test"):
        read(dataset=folder, split="tset")


def test_parquet_files_with_images_inside(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    lists = columns(tmp_path)
    images = [{"bytes": Path(path).read_bytes(), "path": None} for path in lists.pop("image")]
    lists["images"] = [[image] for image in images]
    packed = datasets.Dataset.from_dict(lists)
    packed = packed.cast_column("images", datasets.List(datasets.Image()))
    packed.to_parquet(str(folder / "test.parquet"))
    rows = read(dataset=str(folder), split="test")
    check(rows, str(folder), "test")
    assert isinstance(rows[0].images[0]["bytes"], bytes)
    with pytest.raises(ConfigError, match=r'files:train: .*Unknown split "train".*\[.test.\]'):
        read(dataset=str(folder))


def test_json_lines_with_paths_beside_them(tmp_path: Path) -> None:
    rows = [{"id": 7, "group": 1, "problem": "?", "image": "a.png"}, {"id": 8, "problem": "?"}]
    (tmp_path / "train.jsonl").write_text("\n".join(map(json.dumps, rows)))
    first, second = read(dataset=str(tmp_path))
    assert (first.id, first.group, first.images) == ("7", "1", [str(tmp_path / "a.png")])
    assert (second.id, second.images) == ("8", [])
    with pytest.raises(ConfigError, match=r"data: question '7': image .*a\.png: expected a file"):
        check_images([first, second], "data")


def test_part_of_a_split_and_order(tmp_path: Path) -> None:
    table = datasets.Dataset.from_dict({"prompt": [f"é{i}" for i in range(1000)]})
    (tmp_path / "d").mkdir()
    table.to_parquet(str(tmp_path / "d" / "train.parquet"))
    rows = read_questions([DatasetPath(dataset=str(tmp_path / "d"), split="train[:600]")], {})
    assert [row.prompt for row in rows] == [f"é{i}" for i in range(600)]


def test_dialogues_and_columns_of_other_images(tmp_path: Path) -> None:
    said = [{"from": "human", "value": "<image>How many?"}, {"from": "gpt", "value": "2"}]
    Pixels.new("RGB", (4, 4)).save(tmp_path / "a.png")
    one = {
        "conversations": [said],
        "image": [str(tmp_path / "a.png")],
        "mask": [str(tmp_path / "a.png")],
    }
    table = datasets.Dataset.from_dict(one).cast_column("image", datasets.Image())
    table.cast_column("mask", datasets.Image()).save_to_disk(str(tmp_path / "d"))
    (row,) = read_questions([DatasetPath(dataset=str(tmp_path / "d"))], {})
    assert (row.prompt, row.text, len(row.images)) == ("How many?", "2", 1)
    assert row.extra == {}


# what is asked for, what is said
UNREADABLE = [
    ({"dataset": "/nowhere/at/all"}, "no such folder"),
    (
        {"dataset": "nobody/nothing"},
        "nobody/nothing:train: expected a data set, got: Couldn't reach",
    ),
    ({"dataset": "EMPTY"}, "EMPTY:train: expected a data set, got: .*"),
    ({"dataset": "BROKEN"}, "BROKEN:train: expected a data set, got: .*"),
    ({"dataset": "SCRIPT"}, "SCRIPT:train: expected a data set, got: .*"),
]


@pytest.mark.parametrize(
    ("path", "message"), UNREADABLE, ids=[row[0]["dataset"] for row in UNREADABLE]
)
def test_unreadable_ones_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: dict[str, str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("EMPTY", "BROKEN", "SCRIPT"):
        (tmp_path / name).mkdir()
    (tmp_path / "BROKEN" / "train.parquet").write_bytes(b"PAR1 no table")
    (tmp_path / "SCRIPT" / "SCRIPT.py").write_text("open('ran', 'w')\n")
    with pytest.raises(ConfigError, match=message) as caught:
        read(**path)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "ran").exists()


def test_repeated_ids_are_refused(tmp_path: Path) -> None:
    datasets.Dataset.from_dict({"id": [1, 1], "prompt": ["a", "b"]}).save_to_disk(tmp_path / "d")
    with pytest.raises(RolloutError, match=r"d:train:1: expected another id, got '1' again"):
        read_questions([DatasetPath(dataset=str(tmp_path / "d"))], {})
