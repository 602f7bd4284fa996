"""`rewardkit rollout` as users call it: killed, on two processes, in a pipe, wrong options."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tiny_runs import write_questions, write_text_model

ENVIRONMENT = os.environ | {
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
    "ACCELERATE_USE_CPU": "true",
    "CUDA_VISIBLE_DEVICES": "",
}
SMALL = ("-n", "2", "--max-tokens", "20", "--batch-size", "4")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    write_text_model(folder / "m")
    write_questions(folder, 40, False)
    return folder


def command(world: Path, *options: object) -> list[str]:
    data = [str(world / "demonstrations.jsonl"), "--model", str(world / "m")]
    return [sys.executable, "-m", "rewardkit", "rollout", *data, *map(str, options)]


def rollout(world: Path, *options: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(world, *options), capture_output=True, text=True, timeout=300, env=ENVIRONMENT
    )


# options, what the one line says
ERRORS = [
    (["--resume", "--restart"], "--resume, --restart: expected one of them, got both"),
    (["--temperature", "nan"], "--temperature"),
    (["--top-p", "0"], "--top-p: expected a number above 0 and up to 1, got 0.0"),
    (["--temperature", "0"], "-n: expected 1 at temperature 0, as all replies are alike, got 8"),
    (["--subset", "x"], "--subset: expected --split with it, got none"),
    (["--template", "think-anser"], "did you mean 'think-answer'"),
    (["--field", "promt=x"], "unknown field 'promt', did you mean 'prompt'"),
    (["--dtype", "fp16"], "'fp16' is not one of 'auto', 'float32', 'bfloat16', 'float16'"),
    (["--json"], "--json: expected an output file"),
]


@pytest.mark.parametrize(("options", "message"), ERRORS)
def test_wrong_options_are_one_line(world: Path, options: list[str], message: str) -> None:
    result = rollout(world, *options)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("rewardkit: error:") and message in line


def test_rollouts_go_through_a_pipe(world: Path) -> None:
    result = rollout(world, *SMALL, "--limit", "3", "-q")
    assert (result.returncode, result.stderr) == (0, "")
    assert [json.loads(line)["id"][-2:] for line in result.stdout.splitlines()] == [":0", ":1"] * 3


@pytest.mark.slow
def test_killed_run_goes_on_to_the_same_bytes_and_so_do_two_processes(
    world: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.jsonl"
    result = rollout(world, *SMALL, "-o", whole, "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["figures"]["rollouts"] == 80
    killed = tmp_path / "killed.jsonl"
    kill_midway(command(world, *SMALL, "-o", killed), Path(f"{killed}.partial/state.json"))
    assert not killed.exists()
    resumed = rollout(world, *SMALL, "-o", killed, "--resume")
    assert resumed.returncode == 0 and "of them before" in resumed.stderr
    assert killed.read_bytes() == whole.read_bytes()
    two = tmp_path / "two.jsonl"
    subprocess.run(launch(world, *SMALL, "-o", two), env=ENVIRONMENT, check=True, timeout=300)
    assert two.read_bytes() == whole.read_bytes()
    assert Path(f"{two}.meta.json").read_bytes() == Path(f"{whole}.meta.json").read_bytes()
    assert sorted(path.name for path in tmp_path.glob("two*")) == [
        "two.jsonl",
        "two.jsonl.meta.json",
    ]


def launch(world: Path, *options: object) -> list[str]:
    accelerate = [
        *("-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"),
        *("--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"),
        *("--main_process_port", "0"),
    ]
    return [sys.executable, *accelerate, *command(world, *options)[1:]]


def kill_midway(started: list[str], state: Path) -> None:
    """Start a run, and kill it as soon as it has written some batches."""
    run = subprocess.Popen(started, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 240
    while time.monotonic() < until and run.poll() is None:
        if state.exists() and json.loads(state.read_text())["position"]["line"] >= 3:
            break
        time.sleep(0.005)
    run.send_signal(signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL
