"""A sample of the rollouts of files: whole when it may be, else each row with the same chance."""

import json
from collections import Counter
from pathlib import Path

import pytest

from rewardkit.analysis.drawing import draw_rollouts
from rewardkit.errors import ConfigError, RolloutError


def write(path: Path, count: int, start: int = 0) -> str:
    lines = [json.dumps({"id": str(n), "completion": "x"}) for n in range(start, start + count)]
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def test_takes_all_in_order_where_there_are_few(tmp_path: Path) -> None:
    paths = [write(tmp_path / "a.jsonl", 3), write(tmp_path / "b.jsonl", 2, start=3)]
    draw = draw_rollouts(paths, {}, limit=10, seed=0)
    assert [rollout.id for _, rollout in draw.rollouts] == ["0", "1", "2", "3", "4"]
    assert [path for path, _ in draw.rollouts] == [*paths[:1] * 3, *paths[1:] * 2]
    assert (draw.total, draw.rejected, draw.first_rejected) == (5, 0, "")


def test_draws_each_row_about_as_often(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", 20)
    found: Counter[str] = Counter()
    for seed in range(400):
        draw = draw_rollouts([path], {}, limit=5, seed=seed)
        ids = [rollout.id for _, rollout in draw.rollouts]
        assert sorted(ids, key=int) == ids
        assert draw.total == 20
        found.update(ids)
    # 100 times each, with a standard deviation of 8.7.
    assert set(found) == {str(n) for n in range(20)}
    assert all(60 <= count <= 140 for count in found.values())


def test_lines_that_are_no_rollouts_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"completion": "x"}\nnonsense\n{"completion": 5}\n')
    draw = draw_rollouts([str(path)], {}, limit=10, seed=0)
    assert (len(draw.rollouts), draw.total, draw.rejected) == (1, 1, 2)
    assert draw.first_rejected.startswith(f"{path}:2: expected JSON")


@pytest.mark.parametrize("text", ["", "nonsense\n"])
def test_no_rollout_at_all_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(text)
    with pytest.raises(RolloutError, match="expected rollouts, got none"):
        draw_rollouts([str(path)], {}, limit=10, seed=0)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected a file"):
        draw_rollouts([str(tmp_path / "no.jsonl")], {}, limit=10, seed=0)
