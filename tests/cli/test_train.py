"""`rewardkit train` as users call it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "trainer"))
from tiny_runs import EVALUATE, WARMUP, write_world


def train(*options: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "rewardkit", "train", *map(str, options)]
    offline = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env=offline)


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    stages = {"warm": WARMUP, "eval": EVALUATE}
    (folder / "r.yaml").write_text(json.dumps(write_world(folder, False) | {"stages": stages}))
    return folder / "r.yaml"


def test_list_names_the_shipped_recipes() -> None:
    result = train("--list")
    assert result.returncode == 0
    assert "pebr-r1-7b: PeBR-R1 on Qwen2.5-VL-7B" in result.stdout


def test_dry_run_prints_the_plan_and_writes_nothing(recipe: Path, tmp_path: Path) -> None:
    result = train(recipe, "--dry-run", "-o", tmp_path / "run", "--set", "stages.warm.max_steps=7")
    assert result.returncode == 0, result.stderr
    assert "data 24 questions to train on, 6 held out" in result.stdout
    assert "1. warm: warmup max_steps=7" in result.stdout
    assert not (tmp_path / "run").exists()


# options, what the one line says
ERRORS = [
    (
        ["stages.warm.options.learning_rat=1"],
        "learning_rat: unknown to TRL, did you mean 'learning_rate'",
    ),
    (["stages.warm.options.output_dir=x"], "output_dir: expected none, as the run sets it"),
    (["stages.warm.options.save_strategy=sometimes"], "stages.warm.options: sometimes is not"),
    (
        ["stages.wram.kind=warmup", "model.path=nowhere"],
        "model.path: expected a folder or a hub id",
    ),
    (["data.train=[nowhere.jsonl]"], "nowhere.jsonl: expected a file, got nothing"),
    (["data.held_out=0.0"], "stages.eval: expected held-out questions, got none"),
]


@pytest.mark.parametrize(("options", "message"), ERRORS)
def test_errors_are_one_line_before_any_work(
    recipe: Path, tmp_path: Path, options: list[str], message: str
) -> None:
    sets = [word for option in options for word in ("--set", option)]
    result = train(recipe, "-o", tmp_path / "run", *sets)
    assert result.returncode == 2
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("rewardkit: error:")]
    assert message in line
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "run").exists()


def test_run_prints_figures_and_is_not_begun_twice(recipe: Path, tmp_path: Path) -> None:
    result = train(recipe, "-o", tmp_path / "run", "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["eval"]["metrics"]["greedy/rows"] == 6
    told = [line for line in result.stderr.splitlines() if line.startswith("rewardkit: ")]
    assert [line.split()[1] for line in told] == ["warm", "eval"]  # one a stage, in a pipe
    again = train(recipe, "-o", tmp_path / "run")
    assert again.returncode == 2 and "go on with --resume" in again.stderr
    resumed = train(recipe, "-o", tmp_path / "run", "--resume", "--quiet")
    assert (resumed.returncode, resumed.stdout) == (0, "")
