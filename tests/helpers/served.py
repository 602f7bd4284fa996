"""A real `rewardkit serve` in a process of its own, with a reward that does what it is told."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil

REWARD = """\
import os, time
from rewardkit import Score

def play(rollouts):
    return [act(rollout) for rollout in rollouts]

def act(rollout):
    what, _, rest = rollout.text.partition(":")
    if what == "wait":
        while not os.path.exists(rest):
            time.sleep(0.005)
    elif what == "die":
        os._exit(3)
    elif what == "raise":
        raise ValueError("no way")
    elif what == "none":
        return None
    elif what == "images":
        return Score(float(len(rollout.images)), " ".join(str(i)[-20:] for i in rollout.images))
    return Score(len(rollout.text) / 1000, f"{what}: {rest}")
"""

WAIT_S = 60.0


class Served:
    """A running server.

    Attributes:
        process: The server's process.
        url: Where it listens, without a slash at the end.
    """

    def __init__(self, process: subprocess.Popen[str], url: str, token: str | None) -> None:
        """Know a process that has said where it listens."""
        self.process, self.url = process, url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def client(self) -> httpx.Client:
        """A client that may ask."""
        return httpx.Client(base_url=self.url, headers=self._headers, timeout=WAIT_S)

    def wait_until_ready(self) -> None:
        """Wait until it scores."""
        with self.client() as client:
            wait_for(lambda: client.get("/ready").status_code == 200)

    def score(self, *completions: str) -> list[dict[str, object]]:
        """Have some replies scored; gives the results."""
        with self.client() as client:
            answer = client.post(
                "/score", json={"rollouts": [{"completion": text} for text in completions]}
            )
        assert answer.status_code == 200, answer.text
        results: list[dict[str, object]] = answer.json()["results"]
        return results

    def metric(self, name: str) -> float:
        """One number of its metrics; the name is with its labels."""
        with self.client() as client:
            lines = client.get("/metrics").text.splitlines()
        (found,) = [line for line in lines if line.startswith(f"{name} ")]
        return float(found.rpartition(" ")[2])

    def workers(self) -> list[psutil.Process]:
        """Its scoring workers."""
        return psutil.Process(self.process.pid).children()


def wait_for(happens: Callable[[], bool], limit_s: float = WAIT_S) -> None:
    """Wait until something is so."""
    end = time.monotonic() + limit_s
    while not happens():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


@contextlib.contextmanager
def serving(folder: Path, *options: str, token: str | None = None) -> Iterator[Served]:
    """Run a server in a folder; `play` of its `my.py` is the reward unless options name one."""
    (folder / "my.py").write_text(REWARD)
    environment = {name: value for name, value in os.environ.items() if name != "REWARDKIT_TOKEN"}
    if token:
        environment["REWARDKIT_TOKEN"] = token
    reward = [] if "--reward" in options else ["--reward", "my.py:play"]
    command = [sys.executable, "-m", "rewardkit", "serve", *reward, "--port", "0", "--json"]
    with (folder / "stderr.txt").open("w") as errors:
        process = subprocess.Popen(
            [*command, *options],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=folder,
            env=environment,
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, (folder / "stderr.txt").read_text()
        served = Served(process, json.loads(line)["url"], token)
        served.wait_until_ready()
        yield served
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
