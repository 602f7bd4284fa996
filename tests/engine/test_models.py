"""Rewards with a model: asked before any work, one process by default, faults in one line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rewardkit.engine.checks import check_models
from rewardkit.errors import ConfigError
from rewardkit.rewards import Constant, Custom, Scale, Weighted, uses_models
from rewardkit.rewards.weighted import Part

REWARDS = """\
import os
from rewardkit import ConfigError, Score

class Model:
    uses_models = True
    def __init__(self, folder=""):
        self.folder = folder
    def check(self):
        if self.folder == "gone":
            raise ConfigError("model.folder: expected a checkpoint, got nothing at gone")
    def __call__(self, rollouts):
        if self.folder == "damaged":
            raise ConfigError("model.folder: expected " + "a whole checkpoint " * 30 + "\\nend")
        if any(r.id == self.folder for r in rollouts):
            raise ConfigError("model.folder: too late")
        return [Score(float(os.getpid()), "pid") for _ in rollouts]

class Plain(Model):
    uses_models = False
    def check(self, rollouts):
        raise ValueError("another kind of check")
"""
ROWS = [{"completion": "x" * 60_000, "id": str(i)} for i in range(24)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "my.py").write_text(REWARDS)
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def score(reward: str, *args: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "rewardkit", "score", "in.jsonl", "-o", "out.jsonl"]
    return subprocess.run(
        [*command, "-r", reward, *args], capture_output=True, text=True, timeout=60
    )


def pids() -> set[float]:
    return {json.loads(line)["reward"] for line in Path("out.jsonl").read_text().splitlines()}


def test_models_are_found_wherever_they_stand(folder: Path) -> None:
    model = Custom("my.py:Model")

    assert uses_models(model)
    assert uses_models(Weighted({"a": Part(weight=1.0, reward=Scale(model, factor=2.0))}))
    assert not uses_models(Custom("my.py:Plain"))
    assert not uses_models(Scale(Constant(1.0), factor=2.0))


def test_checks_are_asked_of_models_only(folder: Path) -> None:
    gone = Custom("my.py:Model", {"folder": "gone"})

    with pytest.raises(ConfigError, match="expected a checkpoint, got nothing at gone"):
        check_models(Scale(gone, factor=2.0))
    check_models(Custom("my.py:Model"))
    check_models(Custom("my.py:Plain"))


def test_missing_model_stops_the_run_before_any_work(folder: Path) -> None:
    run = score("my.py:Model", "--set", "options={folder: gone}")

    assert run.returncode == 2
    assert run.stderr == (
        "rewardkit: error: model.folder: expected a checkpoint, got nothing at gone\n"
    )
    assert sorted(path.name for path in folder.iterdir() if path.suffix) == ["in.jsonl", "my.py"]


def test_model_that_turns_out_damaged_is_one_line_and_leaves_nothing(folder: Path) -> None:
    run = score("my.py:Model", "--set", "options={folder: damaged}", "--workers", "2")

    assert run.returncode == 2
    message = " ".join(["a whole checkpoint"] * 30)
    assert run.stderr.splitlines()[-1] == (
        f"rewardkit: error: model.folder: expected {message} end"
    )
    assert not (folder / "out.jsonl.partial").exists()
    assert not (folder / "out.jsonl").exists()


def test_fault_after_some_rows_leaves_them_to_resume(folder: Path) -> None:
    run = score("my.py:Model", "--set", "options={folder: '20'}")

    assert run.returncode == 2
    assert "model.folder: too late" in run.stderr
    assert (folder / "out.jsonl.partial").exists()


def test_side_car_names_the_versions_of_what_computes_models(folder: Path) -> None:
    for reward, has_model in (("my.py:Model", True), ("my.py:Plain", False)):
        assert score(reward).returncode == 0
        versions = json.loads(Path("out.jsonl.meta.json").read_text())["versions"]
        assert ("torch" in versions) == ("pillow" in versions) == has_model


def test_one_process_scores_where_there_is_a_model(folder: Path) -> None:
    assert score("my.py:Model").returncode == 0
    assert len(pids()) == 1

    assert score("my.py:Model", "--workers", "2").returncode == 0
    assert len(pids()) == 2
