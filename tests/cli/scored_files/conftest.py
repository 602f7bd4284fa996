"""Commands that read scored files, run in this process, with their errors and exit codes."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rewardkit.cli import main

Command = Callable[..., tuple[int, str, str]]
"""Arguments to exit code, standard output and standard error."""


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `rewardkit` with arguments."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["rewardkit", *map(str, arguments)])
        capsys.readouterr()
        code: object = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
        told = capsys.readouterr()
        assert isinstance(code, int)
        return code, told.out, told.err

    return run


def scored_line(row_id: str, group: str, reward: float | None, reason: str, length: int) -> str:
    """One scored line whose only part is accuracy, with fields of its input."""
    return json.dumps(
        {
            "id": row_id,
            "group": group,
            "reward": reward,
            "status": "unjudged" if reward is None else "scored",
            "scores": {"accuracy": {"value": reward, "reason": reason}},
            "prompt": f"What is {group}?",
            "difficulty": 0.50,
            "completion": "x" * length,
        }
    )


@pytest.fixture
def scored(tmp_path: Path) -> Path:
    """Nine rollouts of four questions: all right, some right, none right, too few judged.

    Rollouts of a question lie apart; one row is not judged.
    """
    rows = [
        ("e1", "easy", 1.0, "7 = 7"),
        ("m1", "medium", 0.0, "5 is not 7"),
        ("h1", "hard", 0.0, "no answer"),
        ("e2", "easy", 1.0, "7 = 7"),
        ("m2", "medium", 1.0, "7 = 7"),
        ("h2", "hard", 0.0, "6 is not 7"),
        ("f1", "few", 1.0, "7 = 7"),
        ("f2", "few", None, "timeout after 5 s"),
        ("e3", "easy", 1.0, "7 = 7"),
    ]
    path = tmp_path / "scored.jsonl"
    lines = [scored_line(*row, length) for length, row in enumerate(rows, start=1)]
    path.write_text("\n".join(lines) + "\n")
    return path
