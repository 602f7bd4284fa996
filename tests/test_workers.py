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
from rewardkit.worker_child import DONE, PROGRESS, READY, receive, send
from rewardkit.worker_start import end, start
from rewardkit.workers import Pool

PROBE = """
import os, time
def handle(job, progress):
    what = job.decode()
    if what == "pid": return str(os.getpid()).encode()
    if what == "stages":
        time.sleep(0.2); progress("first"); time.sleep(0.4); progress("second"); return b""
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
    if what == "nested":
        global inner
        from rewardkit.workers import Pool
        inner = Pool("worker_probe", size=1)
        return inner.run(b"pid", 20).payload
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
        pytest.param(b"sleep", "starved", "asleep", id="sleeps"),
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


def test_what_arrives_while_a_job_runs_does_not_end_the_worker(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer may still be telling the system of a job when the worker has it in hand already."""
    monkeypatch.syspath_prepend(folder)
    process = start("worker_probe", 512)
    assert process.stdin is not None and process.stdout is not None
    jobs, replies = process.stdin.fileno(), process.stdout.fileno()
    frames = [receive(replies)]
    send(jobs, 0, b"stages")
    frames.append(receive(replies))  # the first stage: it is at work
    send(jobs, 0, b"abc")
    frames += [receive(replies) for _ in range(3)]
    end(process)

    stages = [(PROGRESS, b"first"), (PROGRESS, b"second")]
    assert frames == [(READY, b""), *stages, (DONE, b""), (DONE, b"cba")]


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


def test_a_job_and_an_answer_of_32_megabytes_pass(pool: Pool) -> None:
    job = bytes(32 << 20)
    assert pool.run(job, 30).payload == job


def test_a_job_larger_than_the_memory_limit_is_a_limit_that_was_passed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(folder)
    pool = Pool("worker_probe", size=1, memory_mb=64)
    assert pool.run(bytes(80 << 20), 30).kind == "memory"
    assert pool.run(b"abc", 5).payload == b"cba"
    pool.close()


def test_a_stopped_worker_is_replaced_whatever_the_size_of_the_job(pool: Pool) -> None:
    for size in (10, 1 << 20):
        os.kill(int(pool.run(b"pid", 5).payload), signal.SIGSTOP)
        assert pool.run(bytes(size), 0.5).kind == "starved"
        assert pool.run(b"abc", 5).payload == b"cba"


def test_jobs_that_end_badly_leave_no_descriptors_and_no_processes(pool: Pool) -> None:
    me = psutil.Process()
    pool.run(b"abc", 5)
    before = me.num_fds()
    for number in range(300):
        job = {0: b"exit", 20: b"raise", 40: b"power", 60: b"memory"}.get(number % 80, b"abc")
        pool.run(job, 0.1 if job == b"power" else 5)
        if number % 50 == 30:
            for pid in pool.pids[:1]:
                os.kill(pid, signal.SIGKILL)
    assert me.num_fds() <= before + 2  # one worker's pipes
    assert len(pool.pids) <= 2
    pool.close()
    assert not [child for child in me.children() if child.status() == psutil.STATUS_ZOMBIE]


def test_a_pool_that_nobody_holds_ends_its_workers(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(folder)
    pool = Pool("worker_probe", size=1)
    pid = int(pool.run(b"pid", 5).payload)
    del pool
    assert not psutil.pid_exists(pid)


def test_sixty_threads_at_once_start_no_more_workers_than_allowed(pool: Pool) -> None:
    seen: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: seen.append(pool.run(b"pid", 20).payload))
        for _ in range(60)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(seen) == 60
    assert len(set(seen)) <= 2


def test_an_outcome_says_when_the_first_stage_was_reached(pool: Pool) -> None:
    outcome = pool.run(b"stages", 5)
    assert outcome.stage == "second"
    assert 0.2 <= outcome.stage_s


def test_a_worker_may_have_a_pool_of_its_own(pool: Pool) -> None:
    outcome = pool.run(b"nested", 20)
    assert psutil.Process(int(outcome.payload)).ppid() in pool.pids


def test_closing_a_pool_ends_the_job_that_runs_and_does_not_run_it_again(pool: Pool) -> None:
    kinds: list[str] = []
    thread = threading.Thread(target=lambda: kinds.append(pool.run(b"sleep", 30).kind))
    thread.start()
    while not pool.pids:
        time.sleep(0.01)
    time.sleep(0.2)
    pool.close()
    thread.join(10)
    assert kinds == ["died"]
    assert pool.pids == []


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


ODD_PYTHONS = {
    "none": ("''", "expected a Python interpreter in sys.executable, got none"),
    "missing": ("'/no/such/python'", "expected /no/such/python to start a process, got No such"),
    "another program": ("'/bin/true'", "expected worker_probe to start"),
    "frozen": ("'/bin/true'; sys.frozen = True", "got the frozen program /bin/true"),
}


@pytest.mark.parametrize(("python", "message"), ODD_PYTHONS.values(), ids=ODD_PYTHONS.keys())
def test_without_an_interpreter_the_error_says_so(folder: Path, python: str, message: str) -> None:
    parent = _script(
        folder,
        f"""
        sys.executable = {python}
        from rewardkit.errors import VerifierError
        from rewardkit.workers import Pool
        try:
            Pool("worker_probe").run(b"abc", 5)
        except VerifierError as error:
            print(error)
        """,
    )
    out, errors = parent.communicate(timeout=30)
    assert errors == b""
    assert message in out.decode()


SURROUNDINGS = {
    "standard streams closed": "os.close(0), os.close(1), os.close(2)",
    "folder removed": "gone = tempfile.mkdtemp(); os.chdir(gone); os.rmdir(gone)",
    "little stack": "resource.setrlimit(resource.RLIMIT_STACK, (1 << 19, 1 << 19))",
    "children not waited for": "signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
    "broken pipes kill": "signal.signal(signal.SIGPIPE, signal.SIG_DFL)",
    "signals blocked": "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())",
}


@pytest.mark.parametrize("surroundings", SURROUNDINGS.values(), ids=SURROUNDINGS.keys())
def test_odd_surroundings_change_nothing(folder: Path, tmp_path: Path, surroundings: str) -> None:
    result = tmp_path / "result"
    parent = _script(
        folder,
        f"""
        import os, resource, signal, tempfile
        {surroundings}
        from rewardkit.workers import Pool
        pool = Pool("worker_probe", size=1)
        kinds = [pool.run(b"abc", 5).payload, pool.run(b"power", 0.3).kind]
        for fd in (1, 2):  # a stray line must not become a job
            try:
                os.write(fd, b"noise" * 10)
            except OSError:
                pass
        kinds.append(pool.run(b"abc", 5).payload)
        pids = pool.pids
        pool.close()
        kinds += [os.path.exists("/proc/%d" % pid) for pid in pids]
        with open({str(result)!r}, "w") as file:
            print(kinds, file=file)
        """,
    )
    parent.communicate(timeout=30)
    assert result.read_text().strip() == "[b'cba', 'timeout', b'cba', False]"


def test_forking_while_other_threads_use_workers(folder: Path) -> None:
    parent = _script(
        folder,
        """
        import os, threading, time
        from rewardkit.workers import Pool
        pool = Pool("worker_probe", size=2)
        end = time.monotonic() + 1.0
        def use():
            while time.monotonic() < end:
                assert pool.run(b"abc", 5).payload == b"cba"
        threads = [threading.Thread(target=use) for _ in range(4)]
        [thread.start() for thread in threads]
        failed = forks = 0
        while time.monotonic() < end:
            if (child := os.fork()) == 0:
                if forks % 5 == 0:
                    assert pool.run(b"abc", 20).payload == b"cba"
                    pool.close()
                os._exit(0)
            failed += os.waitpid(child, 0)[1] != 0
            forks += 1
        [thread.join() for thread in threads]
        print(forks > 0, failed)
        """,
    )
    try:
        out, errors = parent.communicate(timeout=30)
    finally:
        parent.kill()
    assert (out.strip(), errors) == (b"True 0", b"")
