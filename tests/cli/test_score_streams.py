"""`score` with standard streams, devices and pipes in every state that a shell can give them."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

SCORE = f"{sys.executable} -m rewardkit score"
LINE = '{"completion": "A: 1", "reference": "1"}\n'


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    (folder / "in.jsonl").write_text(LINE)
    return subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, timeout=60)


FAILING = {
    "standard output closed": ("in.jsonl >&-", "standard output: Bad file descriptor"),
    "standard input closed": ("- <&-", "-: expected a readable file, got: Bad file descriptor"),
    "full device": ("in.jsonl > /dev/full", "standard output: No space left on device"),
    "full device by name": ("in.jsonl -o /dev/full", "/dev/full: No space left on device"),
    "report to a full device": (
        "in.jsonl -q -o out --json > /dev/full",
        "standard output: No space left on device",
    ),
    "resume into a device": ("in.jsonl -o /dev/null --resume", "expected an output file to go on"),
}


@pytest.mark.parametrize("kind", FAILING)
def test_stream_that_fails_is_one_clear_line(tmp_path: Path, kind: str) -> None:
    arguments, message = FAILING[kind]

    result = shell(f"{SCORE} -r gsm8k {arguments}", tmp_path)

    assert result.returncode == 2
    [line] = result.stderr.decode().splitlines()
    assert line.startswith("rewardkit: error: ")
    assert message in line
    assert "--resume" not in line or kind == "resume into a device"


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_messages_never_land_in_another_file(tmp_path: Path, closed: str) -> None:
    result = shell(f"{SCORE} in.jsonl -r gsm8k -o out.jsonl {closed}", tmp_path)

    assert result.returncode == 0
    [row] = (tmp_path / "out.jsonl").read_text().splitlines()
    assert json.loads(row)["reward"] == 1.0


def test_device_stays_a_device(tmp_path: Path) -> None:
    result = shell(f"{SCORE} in.jsonl -r gsm8k -o /dev/null", tmp_path)

    assert result.returncode == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_named_pipes_at_both_ends(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "to")
    os.mkfifo(tmp_path / "from")

    result = shell(
        f"cat in.jsonl > to & timeout 30 cat from & {SCORE} to -r gsm8k -q -o from; wait", tmp_path
    )

    assert json.loads(result.stdout)["reward"] == 1.0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["from", "in.jsonl", "to"]


def test_file_names_that_are_not_utf8(tmp_path: Path) -> None:
    name = "b\udcff"
    try:
        (tmp_path / name).write_text(LINE)
    except OSError:
        name = "bé"  # a file system with UTF-8 names only has no such file to fail on
        (tmp_path / name).write_text(LINE)
    command = [*SCORE.split(), name, "-r", "gsm8k", "-q", "--json", "-o", f"{name}.out"]

    result = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60)

    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["counts"]["scored"] == 1
    assert (tmp_path / f"{name}.out").exists()


@pytest.mark.parametrize("command", ["verify é ≠ --task text", "rewards --json", "rewards r1"])
def test_ascii_terminal_gets_escapes(tmp_path: Path, command: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}

    result = subprocess.run(
        [sys.executable, "-m", "rewardkit", *command.split()],
        cwd=tmp_path,
        capture_output=True,
        env=environment,
        timeout=60,
    )

    assert result.returncode == (1 if command.startswith("verify") else 0)
    assert result.stderr == b""
    assert result.stdout.isascii()
