"""A run's folder: one run at a time, killed and gone on with, and levels that are empty or hard."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import datasets
import pytest
from tiny_runs import GRPO, SAMPLE, WARMUP, write_world

from rewardkit.errors import ConfigError
from rewardkit.trainer.context import Done
from rewardkit.trainer.reading import load_recipe
from rewardkit.trainer.run import run_recipe

TIMES = ("step_time", "reward_seconds", "reward_share")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return write_world(tmp_path_factory.mktemp("world"), images=False)


def run(world: dict[str, Any], folder: Path, **stages: dict[str, Any]) -> dict[str, Done]:
    return run_recipe(load_recipe(world | {"stages": stages, "output": str(folder)}))


def always(value: float) -> dict[str, Any]:
    """A sampling whose reward is the same for all."""
    return SAMPLE | {"reward": {"kind": "constant", "value": value}, "part": None}


def start(fields: dict[str, Any], folder: Path, step: int) -> "subprocess.Popen[bytes]":
    """A run in a process of its own, as soon as it has logged a step of its stage `rl`."""
    (folder / "r.yaml").write_text(json.dumps(fields))
    command = [sys.executable, "-m", "rewardkit", "train", str(folder / "r.yaml"), "--quiet"]
    process = subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"})
    metrics = Path(fields["output"]) / "metrics.jsonl"
    while process.poll() is None:
        if metrics.exists() and f'"rl", "step": {step},' in metrics.read_text():
            return process
        time.sleep(0.02)
    raise AssertionError("the run ended before it was to be killed")


@pytest.mark.slow
def test_one_run_at_a_time_and_a_kill_leaves_no_lock(world: dict[str, Any], tmp_path: Path) -> None:
    rl = GRPO | {"options": GRPO["options"] | {"max_steps": 30}}
    fields = world | {"stages": {"rl": rl}, "output": str(tmp_path / "run")}
    process = start(fields, tmp_path, 3)
    try:
        with pytest.raises(ConfigError, match=r"run: expected no other run, got one"):
            run_recipe(load_recipe(fields), resume=True)
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    resumed = run_recipe(load_recipe(fields), resume=True)["rl"].metrics
    whole = run(world, tmp_path / "whole", rl=rl)["rl"].metrics
    kept = [{k: v for k, v in one.items() if k not in TIMES} for one in (resumed, whole)]
    assert kept[0] == kept[1]


def test_state_that_is_damaged_is_said(world: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text('{"recipe": ')
    fields = world | {"stages": {"rl": GRPO}, "output": str(tmp_path)}
    with pytest.raises(ConfigError, match=r"state\.json: expected the state of a run"):
        run_recipe(load_recipe(fields), resume=True)


def test_output_that_is_a_file(world: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(ConfigError, match=r"run: expected this place free"):
        run(world, tmp_path / "run", pick=always(1.0))


def test_empty_level_is_said(world: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"stages\.rl\.from: pick\.hard: expected questions"):
        run(world, tmp_path, pick=always(1.0), rl=GRPO | {"from": "pick.hard"})


def test_level_with_too_few_questions_for_a_generation(
    world: dict[str, Any], tmp_path: Path
) -> None:
    large = GRPO | {"options": GRPO["options"] | {"per_device_train_batch_size": 100}}
    with pytest.raises(ConfigError, match=r"stages\.rl: expected at least 25 questions.* got 24"):
        run(world, tmp_path, pick=always(1.0), rl=large | {"from": "pick.easy"})


def test_generations_that_steps_share_in_part_are_not_cut(
    world: dict[str, Any], tmp_path: Path
) -> None:
    shared = {"gradient_accumulation_steps": 2, "steps_per_generation": 3}
    options = {"per_device_train_batch_size": 4, "max_steps": 6, "save_steps": 2} | shared
    rl = GRPO | {"options": GRPO["options"] | options}  # a generation ends with each third step
    fields = world | {"stages": {"rl": rl}, "output": str(tmp_path / "run")}

    def stop(stage: str, step: int, total: int, figures: dict[str, float]) -> None:
        if step == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_recipe(load_recipe(fields), progress=stop)
    assert [path.name for path in (tmp_path / "run").glob("1-rl/checkpoint-*")] == ["checkpoint-3"]
    resumed = run_recipe(load_recipe(fields), resume=True)["rl"].metrics
    whole = run(world, tmp_path / "whole", rl=rl)["rl"].metrics
    kept = [{k: v for k, v in one.items() if k not in TIMES} for one in (resumed, whole)]
    assert kept[0] == kept[1]


def test_hard_questions_feed_a_warm_up(world: dict[str, Any], tmp_path: Path) -> None:
    done = run(world, tmp_path, pick=always(0.0), warm=WARMUP | {"from": "pick.hard"})
    assert done["warm"].metrics["rows"] == done["pick"].metrics["questions/hard"] == 24


REWARD = """
from rewardkit.generation.generate import open_images
from rewardkit.types import Score

def seen(rollouts):
    return [Score(float(open_images(row)[0].size == (32, 16))) for row in rollouts]
"""


def test_images_of_a_data_set_reach_model_and_reward(tmp_path: Path) -> None:
    fields = write_world(tmp_path)
    rows = [json.loads(line) for line in Path(fields["data"]["train"][0]).read_text().splitlines()]
    names = ("id", "group", "prompt", "completion", "reference", "task", "images")
    table = datasets.Dataset.from_dict({name: [row[name] for row in rows] for name in names})
    paths = [[{"path": str(tmp_path / one)} for one in row["images"]] for row in rows]
    feature = datasets.List(datasets.Image())
    table = table.remove_columns("images").add_column("images", paths, feature=feature)
    table.save_to_disk(str(tmp_path / "saved"))
    (tmp_path / "seen.py").write_text(REWARD)
    reward = {"kind": "custom", "function": f"{tmp_path}/seen.py:seen"}
    fields["data"]["train"] = [{"dataset": str(tmp_path / "saved")}]
    short = {"max_steps": 1, "save_strategy": "no"}
    stages = {
        "warm": WARMUP | {"options": WARMUP["options"] | short},
        "rl": GRPO | {"reward": reward, "options": GRPO["options"] | short},
    }
    done = run(fields, tmp_path / "run", **stages)
    assert done["warm"].metrics["rows"] == 24
    assert done["rl"].metrics["reward"] == 1.0
