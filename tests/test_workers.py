"""Worker processes: limits hold, workers are replaced, and none outlives its parent."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from rewardkit.errors import VerifierError
from rewardkit.workers import Pool

PROBE = """
import os, time
def handle(job, progress):
    what = job.decode()
    if what == "pid": return str(os.getpid()).encode()
    if what == "print": print("noise"); os.write(1, b"noise"); return b"quiet"
    if what == "raise": raise ValueError("no")
    if what == "sleep": progress("asleep"); time.sleep(60)
    if what == "power": progress("stuck"); 9 ** 9 ** 9
    if what == "memory": return bytes(3 << 30)
    if what == "exit": os._exit(3)
    if what == "exit once":
        flag = os.environ["PROBE_FLAG"]
        if not os.path.exists(flag):
            open(flag, "w").close()
            os._exit(3)
        return b"second"
    if what == "env": return repr([n for n in os.environ if n.startswith("PYTHON")]).encode()
    return job[::-1]
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the module that the workers of these tests run."""
    path = tmp_path_factory.mktemp("probe")
    (path / "worker_probe.py").write_text(PROBE)
    return path


@pytest.fixture
def pool(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    monkeypatch.syspath_prepend(folder)
    pool = Pool("worker_probe", size=2, memory_mb=512)
    yield pool
    pool.close()


def test_a_job_is_done_and_its_worker_is_used_again(pool: Pool) -> None:
    assert pool.run(b"abc", 5).payload == b"cba"
    assert pool.run(b"pid", 5).payload == pool.run(b"pid", 5).payload
    assert len(pool.pids) == 1


def test_a_job_of_a_megabyte_passes_the_pipe(pool: Pool) -> None:
    job = b"ab" * 500_000
    assert pool.run(job, 20).payload == job[::-1]


@pytest.mark.parametrize(
    ("job", "kind", "stage"),
    [
        pytest.param(b"sleep", "timeout", "asleep", id="sleeps"),
        pytest.param(b"power", "timeout", "stuck", id="holds the interpreter's lock"),
        pytest.param(b"memory", "memory", "", id="asks for 3 GiB"),
        pytest.param(b"raise", "failed", "", id="raises"),
        pytest.param(b"exit", "died", "", id="ends its process"),
    ],
)
def test_outcomes_and_the_next_job(pool: Pool, job: bytes, kind: str, stage: str) -> None:
    outcome = pool.run(job, 0.5)
    assert (outcome.kind, outcome.stage) == (kind, stage)
    assert pool.run(b"abc", 5).payload == b"cba"


def test_what_a_job_prints_does_not_break_the_frames(pool: Pool) -> None:
    assert pool.run(b"print", 5).payload == b"quiet"
    assert pool.run(b"abc", 5).payload == b"cba"


def test_a_lost_worker_costs_the_job_nothing(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROBE_FLAG", str(tmp_path / "flag"))
    assert pool.run(b"exit once", 5).payload == b"second"


def test_an_idle_worker_killed_by_hand_is_replaced(pool: Pool) -> None:
    first = int(pool.run(b"pid", 5).payload)
    os.kill(first, signal.SIGKILL)
    second = int(pool.run(b"pid", 5).payload)
    assert second != first


def test_workers_are_recycled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(folder)
    pool = Pool("worker_probe", size=1, recycle_after=2)
    pids = [pool.run(b"pid", 5).payload for _ in range(4)]
    pool.close()
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_threads_share_a_bounded_number_of_workers(pool: Pool) -> None:
    seen: set[bytes] = set()
    threads = [
        threading.Thread(target=lambda: seen.add(pool.run(b"pid", 20).payload)) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert 1 <= len(seen) <= 2
    assert len(pool.pids) <= 2


def test_close_ends_a_running_job_and_the_pool_can_go_on(pool: Pool) -> None:
    pool.run(b"abc", 5)
    pids = pool.pids
    pool.close()
    assert pool.pids == []
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert pool.run(b"abc", 5).payload == b"cba"


def test_the_user_s_python_switches_do_not_reach_a_worker(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONSTARTUP", "nowhere.py")
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    assert pool.run(b"env", 5).payload == b"['PYTHONHASHSEED']"


def test_a_module_that_does_not_exist_is_an_error_of_ours() -> None:
    with pytest.raises(VerifierError, match="expected no_such_module to start"):
        Pool("no_such_module").run(b"", 1)


def _script(folder: Path, body: str) -> subprocess.Popen[bytes]:
    """A Python process of its own that runs `body` with the probe module at hand."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r})\n" + textwrap.dedent(body)
    return subprocess.Popen(
        # forking beside threads is the point of some of these tests; 3.12 warns about it
        [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _gone(pid: int) -> bool:
    """Whether a process is gone, or only a name that nobody has waited for."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("job", ["sleep", "power"])
@pytest.mark.parametrize(
    "forked", [False, True], ids=["alone", "with a forked child that lives on"]
)
def test_no_orphan_a_second_after_the_parent_was_killed(
    folder: Path, job: str, forked: bool
) -> None:
    parent = _script(
        folder,
        f"""
        import os, threading, time
        from rewardkit.workers import Pool
        pool = Pool("worker_probe", size=2)
        pool.run(b"abc", 5)
        threading.Thread(target=pool.run, args=(b"{job}", 60), daemon=True).start()
        time.sleep(0.3)
        child = 0
        if {forked}:
            child = os.fork()
            if child == 0:
                os.close(1), os.close(2)
                time.sleep(20)
                os._exit(0)
        print(child, *pool.pids, flush=True)
        time.sleep(60)
        """,
    )
    assert parent.stdout is not None
    assert parent.stderr is not None
    child, *pids = (int(word) for word in parent.stdout.readline().split())
    try:
        assert pids
        assert not any(_gone(pid) for pid in pids)
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 1.0
        while time.monotonic() < deadline and not all(_gone(pid) for pid in pids):
            time.sleep(0.02)
        assert all(_gone(pid) for pid in pids)
    finally:
        for pid in (*pids, child):
            if pid and not _gone(pid):
                os.kill(pid, signal.SIGKILL)
        parent.stdout.close()
        parent.stderr.close()


def test_a_forked_child_has_workers_of_its_own(folder: Path) -> None:
    parent = _script(
        folder,
        """
        import os
        from rewardkit.workers import Pool
        pool = Pool("worker_probe", size=1)
        ours = pool.run(b"pid", 5).payload
        if (child := os.fork()) == 0:
            theirs = pool.run(b"pid", 20).payload
            pool.close()
            os._exit(theirs == ours)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(status, pool.run(b"pid", 5).payload == ours)
        """,
    )
    out, errors = parent.communicate(timeout=30)
    assert (out.strip(), errors) == (b"0 True", b"")


def test_the_interpreter_ends_while_a_daemon_thread_waits_for_a_job(folder: Path) -> None:
    parent = _script(
        folder,
        """
        import threading, time
        from rewardkit.workers import Pool
        pool = Pool("worker_probe", size=1)
        pool.run(b"abc", 5)
        threading.Thread(target=pool.run, args=(b"sleep", 60), daemon=True).start()
        time.sleep(0.3)
        print(*pool.pids)
        """,
    )
    out, errors = parent.communicate(timeout=20)
    assert errors == b""
    assert all(_gone(int(pid)) for pid in out.split())
