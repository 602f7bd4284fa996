"""`rewardkit eval` as users call it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_runs import REPLY, write_questions, write_text_model

ENVIRONMENT = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    write_text_model(folder / "m")
    write_questions(folder, 6, False, "test")
    (folder / "reward.yaml").write_text(json.dumps(REPLY))
    return folder


def evaluate(world: Path, *options: object) -> "subprocess.CompletedProcess[str]":
    given = [world / "test.jsonl", "-m", world / "m", "--max-tokens", 6, *options]
    command = [sys.executable, "-m", "rewardkit", "eval", *map(str, given)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=ENVIRONMENT)


def test_eval_writes_both_files_and_prints_accuracy_by_task(world: Path, tmp_path: Path) -> None:
    folder = tmp_path / "eval"
    sampled = ("-r", world / "reward.yaml", "--part", "words", "-n", "2", "-t", "1", "-o", folder)
    result = evaluate(world, *sampled, "--json")
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    (task,) = report["tasks"]
    scored = [json.loads(line) for line in (folder / "scored.jsonl").read_text().splitlines()]
    values = [row["scores"]["words"]["value"] for row in scored]
    assert task["task"] == "number" and (task["questions"], task["judged"]) == (6, 12)
    assert task["mean"] == pytest.approx(sum(values) / 12)
    assert task["error"] is not None and 0 <= task["any_right"] <= 1
    assert report["summary"]["rows"] == report["rollouts"]["figures"]["rollouts"] == 12
    before = (folder / "rollouts.jsonl").stat().st_mtime_ns
    other = evaluate(world, "-r", "r1", *sampled[2:4], *sampled[4:], "--resume", "--part", "format")
    assert other.returncode == 0, other.stderr
    assert "format by task" in other.stdout and "± error" in other.stdout
    assert (folder / "rollouts.jsonl").stat().st_mtime_ns == before  # another reward alone


def test_wrong_reward_stops_before_any_work(world: Path, tmp_path: Path) -> None:
    result = evaluate(world, "-r", "r2", "-o", tmp_path / "eval")
    assert result.returncode == 2
    (line,) = result.stderr.splitlines()
    assert "expected a preset" in line
    assert not (tmp_path / "eval").exists()


def test_unfinished_scoring_is_seen_before_rollouts_are_paid_for(
    world: Path, tmp_path: Path
) -> None:
    partial = tmp_path / "scored.jsonl.partial"
    partial.mkdir()
    (partial / "state.json").write_text("{}")
    result = evaluate(world, "-r", "r1", "-o", tmp_path)
    assert result.returncode == 2
    assert "expected no unfinished run, got one; add --resume" in result.stderr
    assert not list(tmp_path.glob("rollouts*"))


def test_place_that_is_a_file_is_one_line(world: Path) -> None:
    result = evaluate(world, "-r", "r1", "-o", world / "reward.yaml")
    assert result.returncode == 2
    assert "reward.yaml: expected a folder, got" in result.stderr
