"""The verifier keeps its limits in every place where a stack may call it, and leaves nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

MARK = "written_by_a_pair"
MEMORY_MB = 400
TREE_MB = 1500
"""Most that a script and all its processes may hold: two workers at their limit, and Python."""

PLACES = [
    "thread",
    "asyncio",
    "cell",
    "fork",
    "spawn",
    pytest.param("ray", marks=pytest.mark.slow),
]

SCRIPT = r'''
import asyncio, concurrent.futures, json, multiprocessing, sys
from rewardkit.verifiers.math import Math

def stuck():
    """A pair that holds a worker for long."""
    Math(timeout_s=120.0)(r"\sum_{k=1}^{10^9}\frac1k", r"\sqrt{2}")

def work():
    verifier = Math(timeout_s=1.0, memory_mb=MEMORY_MB)
    return [verifier(answer, reference).status for answer, reference in PAIRS]

def loop(job):
    async def main():
        return await asyncio.to_thread(job)
    return asyncio.run(main())

def cell(job):
    """As a notebook does it: a cell's text, run while the kernel's loop runs."""
    async def kernel():
        names = {"__name__": "__main__", "job": job}
        exec(compile("result = job()", "<cell>", "exec"), names)
        return names["result"]
    return asyncio.run(kernel())

def thread(job):
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(job).result()

def daemon(method, job):
    with multiprocessing.get_context(method).Pool(1) as pool:  # its processes are daemonic
        return pool.apply(job)

def actor(job):
    import ray
    ray.init(num_cpus=1, include_dashboard=False, object_store_memory=80 << 20,
             log_to_driver=False, logging_level="ERROR")
    @ray.remote(num_cpus=1)
    class Rewarder:
        def run(self):
            return job()
    result = ray.get(Rewarder.remote().run.remote())
    ray.shutdown()
    return result

PLACES = {
    "thread": thread, "asyncio": loop, "cell": cell, "ray": actor,
    "fork": lambda job: daemon("fork", job), "spawn": lambda job: daemon("spawn", job),
}
if __name__ == "__main__":
    print(json.dumps(PLACES[sys.argv[1]](stuck if sys.argv[2] == "stuck" else work)))
'''

PAIRS = {
    "ordinary": (r"\sqrt{8}", r"2\sqrt{2}", "correct"),
    "power tower": ("9^{9^{9}}", r"\cos x", "answer_too_hard"),
    "long sum": (r"\sum_{k=1}^{10^9}\frac1k", r"\sqrt{2}", "answer_too_hard"),
    "after a limit": (r"\cos 2t", r"1-2\sin^2 t", "correct"),
    "code as answer": (f"__import__('os').system('touch {MARK}')", r"\sqrt{2}", None),
    "code as reference": (r"\sqrt{2}", f"open('{MARK}','w').write('1')", None),
    "code in a command": (rf"\operatorname{{open}}('{MARK}','w')", r"\sqrt{2}x", None),
    "code for sympify": (f"exec(\"open('{MARK}','w')\")+1", r"\ln 7", None),
    "hard reference": (r"\sqrt{7}", r"\sum_{k=1}^{10^9}\frac{1}{k^x}", "unreadable_reference"),
    "wrong": (r"\sqrt{7}", r"2\sqrt{2}", "wrong"),
}


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The script, in a folder that is empty otherwise."""
    path = tmp_path / "script.py"
    pairs = [pair[:2] for pair in PAIRS.values()]
    path.write_text(f"MEMORY_MB = {MEMORY_MB}\nPAIRS = {pairs!r}\n" + SCRIPT)
    return path


def _started(script: Path, place: str, what: str) -> subprocess.Popen[str]:
    few = {"RAY_USAGE_STATS_ENABLED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, str(script), place, what],
        cwd=script.parent,
        env=dict(os.environ) | few | {"RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def _tree(pid: int) -> Iterator[psutil.Process]:
    try:
        root = psutil.Process(pid)
        yield root
        yield from root.children(recursive=True)
    except psutil.NoSuchProcess:
        return


def _tree_mb(pid: int) -> float:
    total = 0
    for process in _tree(pid):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / (1 << 20)


def _workers(pid: int) -> list[psutil.Process]:
    """The workers below a process that have started to work."""
    found = []
    for process in _tree(pid):
        try:
            command = " ".join(process.cmdline())
            if "rewardkit.worker_child" in command and process.cpu_times().user > 1.0:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def _gone(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def _end(running: subprocess.Popen[str]) -> None:
    """End a script and all that it started, Ray's servants included."""
    for process in list(_tree(running.pid)):  # the script first, which would replace the others
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    running.wait()
    assert running.stdout is not None
    running.stdout.close()


@pytest.mark.parametrize("place", PLACES)
def test_verdicts_come_in_time_and_nothing_is_left(script: Path, place: str) -> None:
    running = _started(script, place, "work")
    peak_mb, deadline = 0.0, time.monotonic() + 90
    try:
        while running.poll() is None and time.monotonic() < deadline:
            peak_mb = max(peak_mb, _tree_mb(running.pid))
            time.sleep(0.1)
        assert running.poll() == 0
        assert running.stdout is not None
        statuses = json.loads(running.stdout.read())
    finally:
        _end(running)
    for (name, (_, _, wanted)), status in zip(PAIRS.items(), statuses, strict=True):
        assert status == wanted or (wanted is None and status != "correct"), (name, status)
    assert [path.name for path in script.parent.iterdir()] in (
        ["script.py"],
        ["__pycache__", "script.py"],
        ["script.py", "__pycache__"],
    )
    if place != "ray":  # whose own servants hold more
        assert 0 < peak_mb < TREE_MB


@pytest.mark.parametrize("place", PLACES)
def test_no_worker_is_left_a_second_after_its_parent_was_killed(script: Path, place: str) -> None:
    running = _started(script, place, "stuck")
    try:
        deadline = time.monotonic() + 60
        while not (workers := _workers(running.pid)) and time.monotonic() < deadline:
            assert running.poll() is None
            time.sleep(0.1)
        assert len(workers) == 1
        os.kill(workers[0].ppid(), signal.SIGKILL)
        deadline = time.monotonic() + 1.0
        while time.monotonic() < deadline and not _gone(workers[0]):
            time.sleep(0.02)
        assert _gone(workers[0])
    finally:
        _end(running)
