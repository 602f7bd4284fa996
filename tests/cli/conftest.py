"""Running the real command."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

Rewardkit: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def rewardkit(tmp_path: Path) -> Rewardkit:
    """The command, run in a folder of the test's own."""

    def run(*args: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "rewardkit", *map(str, args)]
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, cwd=tmp_path, timeout=60
        )

    return run
