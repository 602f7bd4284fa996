"""Two processes over gloo, killed and resumed; and the command as users call it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tiny_runs import EVALUATE, GRPO, SAMPLE, WARMUP, write_world

pytestmark = pytest.mark.slow
TIMES = ("step_time", "reward_seconds", "reward_share")


def launch(recipe: Path, output: Path, *options: str) -> list[str]:
    accelerate = [
        *("-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"),
        *("--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"),
        *("--main_process_port", "0", "-m", "rewardkit"),
    ]
    return [sys.executable, *accelerate, "train", str(recipe), "-o", str(output), *options]


def environment() -> dict[str, str]:
    return dict(os.environ) | {
        "ACCELERATE_USE_CPU": "true",
        "OMP_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
    }


def final(output: Path) -> dict[str, Any]:
    done = json.loads((output / "state.json").read_text())["done"]
    return {
        name: {key: value for key, value in one["metrics"].items() if key not in TIMES}
        for name, one in done.items()
    }


def wait_for(run: "subprocess.Popen[Any]", metrics: Path, stage: str, step: int) -> None:
    """Wait until a run has logged a step, or has ended."""
    wanted = f'{{"stage": "{stage}", "step": {step},'
    until = time.monotonic() + 240
    while time.monotonic() < until and run.poll() is None:
        if metrics.exists() and wanted in metrics.read_text():
            break
        time.sleep(0.02)


def kill_after(command: list[str], metrics: Path, stage: str, step: int) -> None:
    """Start a run, and end all its processes as soon as it has logged a step."""
    run = subprocess.Popen(
        command, env=environment(), start_new_session=True, stdout=subprocess.DEVNULL
    )
    wait_for(run, metrics, stage, step)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()


def test_two_ranks_are_resumed_to_the_same_figures(tmp_path: Path) -> None:
    rl: dict[str, Any] = GRPO | {"watch_every": 2, "watch_rows": 5, "adaptive": {}}
    rl |= {"options": GRPO["options"] | {"max_steps": 12}}
    fields = write_world(tmp_path) | {
        "stages": {
            "warm": WARMUP,
            "pick": SAMPLE,
            "rl": rl,
            "eval": EVALUATE,
            "out": {"kind": "export"},
        }
    }
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(json.dumps(fields))
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    subprocess.run(launch(recipe, whole), env=environment(), check=True, timeout=300)
    kill_after(launch(recipe, killed), killed / "metrics.jsonl", "rl", 8)  # in its second epoch
    assert "eval" not in final(killed)
    subprocess.run(launch(recipe, killed, "--resume"), env=environment(), check=True, timeout=300)
    assert final(killed) == final(whole)
    files = sorted(whole.glob("*-pick/rollouts.*"))
    # Of shares of two: a run that goes on with another number of processes has others.
    assert [path.name for path in files] == [f"rollouts.{rank}-of-2.jsonl" for rank in (0, 1)]
    assert [path.read_text().count("\n") for path in files] == [24, 24]


def test_ctrl_c_saves_on_both_ranks(tmp_path: Path) -> None:
    rl = GRPO | {"options": GRPO["options"] | {"max_steps": 400, "save_steps": 400}}
    fields = write_world(tmp_path, images=False) | {"stages": {"rl": rl}}
    recipe, output = tmp_path / "recipe.yaml", tmp_path / "run"
    recipe.write_text(json.dumps(fields))
    command = launch(recipe, output)
    run = subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True)
    wait_for(run, output / "metrics.jsonl", "rl", 2)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=120)
    assert run.returncode != 0
    assert "rewardkit: interrupted: go on with --resume" in said
    (saved,) = output.glob("1-rl/checkpoint-*/complete")
    assert {path.name for path in saved.parent.glob("rng_state_*")} >= {
        "rng_state_0.pth",
        "rng_state_1.pth",
    }
