"""Where `score` looks for images, and what it fetches."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

Rewardkit = Callable[..., subprocess.CompletedProcess[str]]

REWARD = """\
import msgspec

def place(rollouts):
    from rewardkit import Score
    return [Score(1.0, str(rollout.images[0])) for rollout in rollouts]

class Looks(msgspec.Struct, frozen=True, kw_only=True):
    allow_remote_images: bool = False
    def __call__(self, rollouts):
        return [float(self.allow_remote_images) for _ in rollouts]
"""
ROW = json.dumps({"completion": "A dog.", "images": ["images/a.png"]}) + "\n"


def places(stdout: str) -> list[str]:
    return [json.loads(line)["scores"]["custom"]["reason"] for line in stdout.splitlines()]


def test_images_stand_beside_the_file_that_names_them(tmp_path: Path, rewardkit: Rewardkit) -> None:
    (tmp_path / "my.py").write_text(REWARD)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "in.jsonl").write_text(ROW)

    files = rewardkit("score", "one/in.jsonl", "two/in.jsonl", "-r", "my.py:place")
    stdin = rewardkit("score", "-", "-r", "my.py:place", stdin=ROW)

    assert places(files.stdout) == [
        str(tmp_path / name / "images/a.png") for name in ("one", "two")
    ]
    assert places(stdin.stdout) == [str(tmp_path / "images/a.png")]


def test_keep_hands_the_own_value_through(tmp_path: Path, rewardkit: Rewardkit) -> None:
    (tmp_path / "my.py").write_text(REWARD)

    run = rewardkit("score", "-", "-r", "my.py:place", "--keep", stdin=ROW)

    assert json.loads(run.stdout)["images"] == ["images/a.png"]


def test_remote_images_of_a_class_of_the_users_own(tmp_path: Path, rewardkit: Rewardkit) -> None:
    (tmp_path / "my.py").write_text(REWARD)
    command = ("score", "-", "-r", "my.py:Looks", "--allow-remote-images")

    refused = rewardkit(*command, stdin=ROW)
    allowed = rewardkit(*command, "--set", "options={allow_remote_images: true}", stdin=ROW)

    assert refused.returncode == 2
    assert refused.stderr == (
        "rewardkit: error: --allow-remote-images: expected rewards that can be changed, got Looks "
        "out of a custom reward; set allow_remote_images there\n"
    )
    assert json.loads(allowed.stdout)["reward"] == 1.0
