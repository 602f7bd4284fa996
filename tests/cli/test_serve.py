"""`rewardkit serve`: what it refuses to begin with, in one line, and what it prints."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from served import wait_for

REWARD = """\
from rewardkit import Score
from rewardkit.errors import ConfigError

class Broken:
    def warm(self):
        raise ConfigError("model: expected whole weights, got half of them")
    def __call__(self, rollouts):
        return [1.0 for _ in rollouts]

class Dead:
    def warm(self):
        import os
        os._exit(3)
    def __call__(self, rollouts):
        return [1.0 for _ in rollouts]
"""


def run(
    folder: Path, *options: str, reward: str = "gsm8k", token: str | None = None
) -> subprocess.CompletedProcess[str]:
    (folder / "my.py").write_text(REWARD)
    environment = {name: value for name, value in os.environ.items() if name != "REWARDKIT_TOKEN"}
    if token is not None:
        environment["REWARDKIT_TOKEN"] = token
    command = [sys.executable, "-m", "rewardkit", "serve", "--reward", reward, *options]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=environment, timeout=120
    )


REFUSED = {
    "open to all": (["--host", "0.0.0.0"], "--host 0.0.0.0: expected a token in REWARDKIT_TOKEN"),
    "a name": (["--host", "somewhere.example"], "--host somewhere.example: expected a token"),
    "no folder": (["--image-root", "nowhere"], "--image-root: expected a folder, got nowhere"),
    "no number": (["--unjudged", "nan"], "--unjudged: expected a finite number or 'stop'"),
    "no token": (["--end-token", ""], "--end-token: expected a token, got an empty text"),
    "no time": (["--deadline", "0"], "--deadline: expected 0.1 to 86400 seconds, got 0"),
    "a small queue": (["--queue", "10"], "--queue: expected room for one request"),
    "a port": (["--port", "70000"], "Invalid value for '--port'"),
    "a field": (["--field", "complete=x"], "unknown field 'complete'"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_can_not_be_meant_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    options, said = REFUSED[name]

    result = run(tmp_path, *options)

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("rewardkit: error: ") and said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("token", ["", "two words", "ümlaut", "line\n"])
def test_a_token_that_no_client_could_send_is_refused(tmp_path: Path, token: str) -> None:
    result = run(tmp_path, token=token)

    assert result.returncode == 2
    assert result.stderr.startswith("rewardkit: error: REWARDKIT_TOKEN: expected ")
    assert not token or token not in result.stderr


def test_a_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run(tmp_path, "--port", str(taken.getsockname()[1]))

    assert result.returncode == 2
    assert "expected an address to listen on, got: Address already in use" in result.stderr


@pytest.mark.parametrize(
    ("reward", "said"),
    [
        ("my.py:Broken", "model: expected whole weights, got half of them"),
        ("my.py:Dead", "worker: expected it to get ready, got its end"),
        ("my.py:Missing", "Missing"),
    ],
)
def test_a_reward_that_can_not_be_made_ready_ends_it(
    tmp_path: Path, reward: str, said: str
) -> None:
    result = run(tmp_path, "--port", "0", "--workers", "2", reward=reward)

    assert result.returncode == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_it_prints_its_address_and_only_that(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rewardkit", "serve", "-r", "gsm8k", "--port", "0"]
    command += ["--workers", "1", "--host", "::1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        url = process.stdout.readline()
        assert url.startswith("http://[::1]:")
        assert httpx.get(url.strip() + "/health").json() == {"status": "ok"}
        assert process.stderr.readline() == "rewardkit: ready, workers: 1\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == ""
    assert process.returncode == 0


COMMAND = [sys.executable, "-m", "rewardkit", "serve", "-r", "gsm8k", "--port", "0"]


def test_an_address_that_can_not_be_printed_is_said_in_one_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            COMMAND, stdout=full, stderr=subprocess.PIPE, text=True, cwd=tmp_path, timeout=60
        )

    assert result.returncode == 2
    assert result.stderr == "rewardkit: error: standard output: No space left on device\n"


def test_messages_that_nobody_takes_end_nothing(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(
        [*COMMAND, "--workers", "1"],
        stdout=subprocess.PIPE,
        stderr=writing,
        text=True,
        cwd=tmp_path,
    ) as process:
        os.close(writing)
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        row = {"completion": "A: 4", "reference": "4"}
        wait_for(lambda: httpx.get(f"{url}/ready").status_code == 200)
        answers = [httpx.post(f"{url}/score", json={"rollouts": [row]}) for _ in range(20)]
        assert {answer.status_code for answer in answers} == {200}
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
