"""A real Ray with two actors writes what the local engine writes, whatever happens to an actor."""

import contextlib
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict, Unpack

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rewardkit.engine import ray_cluster
from rewardkit.engine.chunks import Position
from rewardkit.engine.plan import RayOptions, Request
from rewardkit.engine.ray_cluster import RayEngines, count_actors
from rewardkit.engine.ray_parts import differing
from rewardkit.engine.report import Report
from rewardkit.engine.results import Counts
from rewardkit.engine.rows import Job
from rewardkit.engine.run import run_score
from rewardkit.engine.shards import Progress, run_all
from rewardkit.engine.work import Work
from rewardkit.errors import ConfigError, RolloutError
from rewardkit.rewards import load_reward, versions

pytestmark = [
    pytest.mark.slow,
    # Ray 2.60: its own use of what Python and pandas are about to drop, and sockets left open
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning:ray"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray"),
]

EXAMPLES = Path(__file__).parents[2] / "examples"
REWARDS = """\
import os, time
from rewardkit import Score

def slow(rollouts):
    time.sleep(0.1)
    return [Score(len(r.text) % 3 + 0.1, r.id) for r in rollouts]

def deadly(rollouts):
    if any("die" in r.id for r in rollouts):
        os.kill(os.getpid(), 9)
    return [Score(1.0, "alive") for r in rollouts]
"""


CLUSTER = """\
import ray, sys
ray.init("local", num_cpus=2, object_store_memory=400 * 2**20, include_dashboard=False)
print(ray.get_runtime_context().gcs_address, flush=True)
sys.stdin.read()
ray.shutdown()
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    patch = pytest.MonkeyPatch()
    patch.setenv("RAY_AUTH_MODE", "disabled")  # no secret is to be made for a test
    patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    command = [sys.executable, "-c", CLUSTER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as head:
        assert head.stdin is not None and head.stdout is not None
        yield head.stdout.readline().strip()
        head.stdin.close()
        head.wait(60)
    patch.undo()


LOCAL = ""
"""In the place of a cluster's address: the local engine."""


class Options(TypedDict, total=False):
    """What a test asks of a run besides inputs and output."""

    keep: bool
    workers: int


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rewards.py").write_text(REWARDS)


def run(
    address: str,
    inputs: list[str],
    reward: str | dict[str, object],
    progress: Progress | None = None,
    **options: Unpack[Options],
) -> Report:
    engine, ray = ("ray", RayOptions(address)) if address else ("local", None)
    request = Request(tuple(inputs), f"{engine}.jsonl", load_reward(reward), ray=ray, **options)
    return run_score(request, progress or (lambda position, counts: None))


def rows(count: int, size: int = 20) -> list[dict[str, Any]]:
    return [
        {"id": f"r{k}", "group": f"q{k // 4}", "completion": f"é{'x' * (size + k % 5)}\nA: {k % 4}"}
        | ({"reference": str(k % 3)} if k % 11 else {})
        for k in range(count)
    ]


def write(name: str, count: int, size: int = 20) -> str:
    data = "".join(json.dumps(row) + "\n" for row in rows(count, size)).encode()
    Path(name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return name


def same() -> None:
    for ending in ("", ".meta.json", ".rejected.jsonl"):
        ours, theirs = (Path(f"{engine}.jsonl{ending}") for engine in ("ray", "local"))
        assert ours.exists() == theirs.exists()
        assert not ours.exists() or ours.read_bytes() == theirs.read_bytes()


def actors() -> list[psutil.Process]:
    """The actors on the cluster, which is a child of this process."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "Scorer" in " ".join(process.cmdline()):
                found.append(process)
    return found


def test_shards_of_all_kinds_give_the_same_bytes(address: str) -> None:
    inputs = [
        write("a.jsonl", 3000),
        write("b.jsonl.gz", 500),
        "c.parquet",
        "empty.jsonl",
        "d.jsonl",
    ]
    pq.write_table(pa.Table.from_pylist(rows(900)), "c.parquet")
    Path("empty.jsonl").write_bytes(b"")
    Path("d.jsonl").write_bytes(b'bad\n\n{"completion": "A: 1", "reference": "1"}\n\xff\n')
    options: Options = {"keep": True, "workers": 2}

    run(LOCAL, inputs, "gsm8k", **options)
    report = run(address, inputs, "gsm8k", **options)

    same()
    assert report.counts.rollouts == 4401
    assert report.counts.rejected == 2


def test_rewards_on_images_places_and_groups_give_the_same_bytes(address: str) -> None:
    pointing = str(EXAMPLES / "pointing.jsonl")
    reward: dict[str, object] = {
        "kind": "group",
        "reward": {"kind": "length", "shape": "inverse", "limit": 30},
    }
    run(LOCAL, [pointing], "visionreasoner")
    run(address, [pointing], "visionreasoner", workers=1)
    same()

    inputs = [write("a.jsonl", 4000), write("b.jsonl", 100)]
    run(LOCAL, inputs[:1], reward)
    run(address, inputs[:1], reward, workers=1)
    same()


def test_row_that_kills_its_process_is_unjudged_as_it_is_locally(address: str) -> None:
    data = rows(2000)
    data[777]["id"] = "die"
    Path("a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in data))

    run(LOCAL, ["a.jsonl"], "rewards.py:deadly")
    report = run(address, ["a.jsonl"], "rewards.py:deadly", workers=2)

    same()
    assert report.counts.unjudged == 1
    assert report.restarts == 2


def test_actor_killed_in_mid_run_loses_nothing(address: str) -> None:
    inputs = [write("a.jsonl", 5000, 1500)]
    run(LOCAL, inputs, "rewards.py:slow", workers=2)
    killed: list[int] = []

    def kill(position: Position, counts: Counts) -> None:
        if not killed and position.offset:
            for actor in actors()[:1]:
                killed.append(actor.pid)
                actor.kill()

    report = run(address, inputs, "rewards.py:slow", kill, workers=2)

    assert killed
    assert report.counts.scored == 5000
    same()


def test_faults_are_the_local_engines(address: str) -> None:
    write("a.jsonl.gz", 20_000)
    data = Path("a.jsonl.gz").read_bytes()
    Path("cut.jsonl.gz").write_bytes(data[: len(data) // 2])

    messages = []
    for engine in (LOCAL, address):
        with pytest.raises(RolloutError) as error:
            run(engine, ["cut.jsonl.gz"], "gsm8k", workers=2)
        messages.append(str(error.value))
    assert messages[0] == messages[1]
    assert "cut.jsonl.gz: expected whole compressed data" in messages[0]
    assert not Path("ray.jsonl.partial").exists()

    with pytest.raises(ConfigError, match="expected files, got standard input"):
        run(address, ["-"], "gsm8k")
    os.mkfifo("pipe.jsonl")
    for pipe in ("pipe.jsonl", "/dev/stdin"):
        with pytest.raises(ConfigError, match=f"expected files, got {pipe}, a pipe or a device"):
            RayEngines(RayOptions(address), models=False).open(
                Work((pipe.encode(),), b"", Job((pipe,), "constant"), 1)
            )
    with pytest.raises(ConfigError, match="got 2 cores and 0 GPUs"):
        run(address, ["a.jsonl.gz"], "gsm8k", workers=9)


def test_shards_into_a_folder_share_one_connection(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = (write("a.jsonl", 30), os.fsdecode(b"caf\xe9.jsonl"), "c.jsonl")
    Path(inputs[1]).write_text('{"completion": "A: 1"}\nbad\n')
    Path("c.jsonl").write_text("")
    connections = []
    connect = ray_cluster.connect

    def count(workers: int, address: str | None) -> None:
        connections.append(address)
        connect(workers, address)

    monkeypatch.setattr(ray_cluster, "connect", count)
    for output, ray in (("local/", None), ("ray/", RayOptions(address))):
        request = Request(inputs, output, load_reward("gsm8k"), workers=1, ray=ray, parquet=True)
        run_all(request, lambda position, counts: None)

    assert connections == [address]
    names = [path.name for path in Path("local").iterdir()]
    assert len(names) == 7
    assert all(Path("ray", n).read_bytes() == Path("local", n).read_bytes() for n in names)


def test_command_killed_on_a_cluster_goes_on_with_resume(address: str) -> None:
    inputs = [write("a.jsonl", 3000, 1500), write("b.jsonl", 1500, 1500)]
    run(LOCAL, inputs, "rewards.py:slow", workers=2)
    command = [sys.executable, "-m", "rewardkit", "score", *inputs, "-r", "rewards.py:slow"]
    command += ["-o", "ray.jsonl", "--engine", "ray", "--address", address, "--workers", "2"]

    with subprocess.Popen(command, stderr=subprocess.PIPE) as first:
        wait_for(Path("ray.jsonl.partial/state.json"))
        first.send_signal(signal.SIGKILL)
    result = subprocess.run([*command, "--resume"], capture_output=True, text=True, timeout=120)

    assert result.returncode == 0, result.stderr
    assert "of them before" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
    same()


def wait_for(path: Path) -> None:
    """Wait until a run has scored something."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError):
            if json.loads(path.read_bytes())["counts"]["rollouts"] > 500:
                return
        time.sleep(0.02)
    raise AssertionError("nothing was scored")


NOBODY = {
    "nonsense": (["--address", "nonsense"], {}, "--address nonsense"),
    "a closed port": (["--address", "127.0.0.1:1"], {}, "--address 127.0.0.1:1"),
    "a closed port of a client": (["--address", "ray://[::1]:1"], {}, "--address ray://[::1]:1"),
    "the variable": ([], {"RAY_ADDRESS": "nonsense"}, "RAY_ADDRESS nonsense"),
}


@pytest.mark.parametrize("name", NOBODY)
def test_no_cluster_is_one_line(name: str) -> None:
    options, variables, where = NOBODY[name]
    command = [sys.executable, "-m", "rewardkit", "score", str(EXAMPLES / "gsm8k.jsonl")]
    command += ["-r", "gsm8k", "-o", "o.jsonl", "--engine", "ray", *options]
    env = os.environ | variables

    result = subprocess.run(command, capture_output=True, text=True, timeout=120, env=env)

    assert result.returncode == 2
    assert result.stderr.startswith(f"rewardkit: error: {where}: expected a Ray cluster, got: ")
    assert result.stderr.count("\n") == 1
    assert not list(Path().glob("o.jsonl*"))


def test_other_versions_on_a_machine_are_named() -> None:
    assert differing(versions()) == ""
    assert "msgspec: expected 0.0 on every machine" in differing({"msgspec": "0.0"})


NUMBERS: dict[str, tuple[tuple[int, float, dict[str, float], int | None], int | None]] = {
    "a core each": ((0, 0, {"CPU": 8}, None), 8),
    "asked for": ((3, 0, {"CPU": 8}, None), 3),
    "parts of a GPU": ((0, 0.5, {"CPU": 8, "GPU": 2}, None), 4),
    "models on processors": ((0, 0, {"CPU": 8}, 2), 2),
    "too many": ((9, 0, {"CPU": 8}, None), None),
    "no GPUs": ((1, 1.0, {"CPU": 8}, None), None),
    "no cores": ((0, 0, {"CPU": 0}, None), None),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_number_of_actors(name: str) -> None:
    (workers, gpus, has, most), wanted = NUMBERS[name]
    if wanted is None:
        with pytest.raises(ConfigError, match="expected a cluster with room"):
            count_actors(workers, gpus, has, most)
    else:
        assert count_actors(workers, gpus, has, most) == wanted
