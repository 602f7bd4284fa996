"""`rewardkit export`: writes the file once, tells the stack's lines, refuses in one line."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Rewardkit = Callable[..., subprocess.CompletedProcess[str]]

GOOD = ("export", "--stack", "verl", "--reward", "r1", "--unjudged", "0", "-o", "reward_verl.py")


def test_the_file_works_where_it_is_loaded(rewardkit: Rewardkit, tmp_path: Path) -> None:
    done = rewardkit(*GOOD, "--set", "parts.format.weight=0.5")
    assert (done.returncode, done.stdout) == (0, "")
    assert f"reward.custom_reward_function.path={tmp_path}/reward_verl.py" in done.stderr
    code = (
        "from reward_verl import compute_score;"
        "print(compute_score('x', '<think>a</think><answer>4</answer>', '4')['score'])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "1.5"


def test_a_file_that_is_there_is_kept(rewardkit: Rewardkit, tmp_path: Path) -> None:
    (tmp_path / "reward_verl.py").write_text("mine")
    done = rewardkit(*GOOD)
    assert done.returncode == 2
    assert "expected a new file, or --force" in done.stderr
    assert (tmp_path / "reward_verl.py").read_text() == "mine"
    assert rewardkit(*GOOD, "--force", "-q").stderr == ""
    assert "VerlReward" in (tmp_path / "reward_verl.py").read_text()
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".tmp"] == []


def test_json_says_where(rewardkit: Rewardkit, tmp_path: Path) -> None:
    done = rewardkit(*GOOD, "--json", "-q")
    assert json.loads(done.stdout) == {"stack": "verl", "output": f"{tmp_path}/reward_verl.py"}


def test_list_names_every_stack(rewardkit: Rewardkit) -> None:
    rows = json.loads(rewardkit("export", "--list", "--json").stdout)
    assert {"stack": "trl", "unjudged": "left out", "rollouts": "whole groups"} in rows
    lines = rewardkit("export", "--list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [row["stack"] for row in rows]


WRONG = {
    "nothing": ((), "--stack, --reward, --output: expected it beside the others, got none"),
    "no stack": (("--reward", "r1", "-o", "a.py"), "--stack: expected it beside the others"),
    "stack": (("--stack", "verk", "--reward", "r1", "-o", "a.py"), "did you mean 'verl'?"),
    "reward": (("--stack", "trl", "--reward", "r11", "-o", "a.py"), "did you mean 'r1'?"),
    "not chosen": (("--stack", "verl", "--reward", "r1", "-o", "a.py"), "verl: unjudged: expected"),
    "unjudged": ((*GOOD[1:], "--unjudged", "zero"), "--unjudged: expected a number or stop"),
    "nan": ((*GOOD[1:], "--unjudged", "nan"), "unjudged: expected a finite number"),
    "on error": ((*GOOD[1:], "--on-error", "go"), "--on-error: expected stop or exclude"),
    "field": ((*GOOD[1:], "--field", "gold"), "--field gold: expected FIELD=NAME"),
    "groups": ((*GOOD[1:], "--group-size", "4"), "verl: group_size: expected it for a stack"),
    "packed": ((*GOOD[1:], "--packed"), "verl: packed: expected it for a stack"),
    "folder": (("--stack", "trl", "--reward", "r1", "-o", "."), "expected a file to write, got a"),
    "no folder": (("--stack", "trl", "--reward", "r1", "-o", "no/a.py"), "No such file"),
    "own file": (("--stack", "trl", "--reward", "me.py:f", "-o", "me.py", "--force"), "an input"),
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.values(), ids=WRONG)
def test_mistakes_are_one_line(
    rewardkit: Rewardkit, arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    (tmp_path / "me.py").write_text("def f(rollouts): return [1.0] * len(rollouts)\n")
    done = rewardkit("export", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("rewardkit: error: ") and message in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["me.py"]
