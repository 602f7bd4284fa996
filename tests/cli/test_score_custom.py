"""`score` with a user's own reward that misbehaves: never garbage, never a run without an end."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from rewardkit.engine import parallel
from rewardkit.engine.plan import Request
from rewardkit.engine.run import run_score
from rewardkit.errors import RolloutError, VerifierError
from rewardkit.rewards import load_reward

REWARDS = """\
import os, sys
import numpy as np
from rewardkit import Score

print("loaded")

def prints(rollouts):
    print("noise"); os.write(1, b"noise")
    return [1.0 for _ in rollouts]

def exits(rollouts):
    sys.exit("bye") if any(r.id == "1" for r in rollouts) else None
    return [1.0 for _ in rollouts]

def numpy(rollouts):
    return [Score(np.float32(0.5), "half a pair: \\ud800") for _ in rollouts]

def dies(rollouts):
    os._exit(0)

def grows(rollouts):
    with open("in.jsonl", "a") as stream:
        stream.write("more")
    return [1.0 for _ in rollouts]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "my.py").write_text(REWARDS)
    rows = [json.dumps({"completion": "x", "id": str(i)}) for i in range(3)]
    (tmp_path / "in.jsonl").write_text("\n".join(rows))
    monkeypatch.chdir(tmp_path)
    return tmp_path


CASES = {
    "prints": [(1.0, "scored")] * 3,
    "exits": [(1.0, "scored"), (None, "error"), (1.0, "scored")],
    "numpy": [(0.5, "scored")] * 3,
}


@pytest.mark.parametrize("name", CASES)
def test_misbehaving_function(folder: Path, name: str) -> None:
    command = [sys.executable, "-m", "rewardkit", "score", "in.jsonl", "-r", f"my.py:{name}"]

    result = subprocess.run(command, capture_output=True, timeout=60)

    assert result.returncode == 0, result.stderr
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["reward"], row["status"]) for row in rows] == CASES[name]


def request(name: str) -> Request:
    return Request(("in.jsonl",), "out.jsonl", load_reward(f"my.py:{name}"))


def test_reward_that_kills_every_worker_stops_the_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "MAX_LOST", 2)

    with pytest.raises(VerifierError, match="expected it to leave its process alive"):
        run_score(request("dies"), lambda position, counts: None)


def test_input_that_changes_while_it_is_read_is_no_result(folder: Path) -> None:
    with pytest.raises(RolloutError, match=r"in.jsonl: expected inputs that stay as they are"):
        run_score(request("grows"), lambda position, counts: None)

    assert sorted(p.name for p in folder.iterdir() if p.is_file()) == ["in.jsonl", "my.py"]


def test_module_of_the_current_folder_is_found_by_the_installed_command(tmp_path: Path) -> None:
    (tmp_path / "my_rewards.py").write_text(
        "def half(rollouts):\n    return [0.5] * len(rollouts)\n"
    )
    (tmp_path / "json.py").write_text("raise SystemExit('this hides the standard library')\n")
    (tmp_path / "in.jsonl").write_text('{"completion": "x"}\n')
    command = Path(sys.executable).with_name("rewardkit")

    result = subprocess.run(
        [command, "score", "in.jsonl", "-r", "my_rewards:half", "-q"],
        capture_output=True,
        cwd=tmp_path,
        timeout=60,
    )

    assert json.loads(result.stdout)["reward"] == 0.5, result.stderr
