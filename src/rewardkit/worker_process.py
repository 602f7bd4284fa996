"""One worker process as its parent sees it: start, run a job within a limit, kill."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from rewardkit import worker_child
from rewardkit.errors import VerifierError

START_LIMIT_S = 120.0
"""For interpreter and imports on a machine that is very busy; not counted against a job."""

MEMORY_CHECK_S = 0.05
"""How often the parent looks at a worker's memory where the system doesn't limit it."""

BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from rewardkit.worker_child import main; main(sys.argv[2], int(sys.argv[3]))"
)

OutcomeKind: TypeAlias = Literal["done", "failed", "timeout", "memory", "died"]


class Outcome(msgspec.Struct, frozen=True):
    """How a job ended.

    Attributes:
        kind: `done`; `failed`: the job raised; `timeout`, `memory`: it passed a limit; `died`:
            the process was lost.
        payload: The job's answer, or of a failed job the error's text.
        stage: The last stage that the job reported, empty when none.
    """

    kind: OutcomeKind
    payload: bytes = b""
    stage: str = ""


class Worker:
    """A running worker process; used by one thread at a time.

    Raises:
        VerifierError: When the process can't be started or its module can't be imported.
    """

    def __init__(self, module: str, memory_mb: int) -> None:
        """Start the process and wait until it has imported its module."""
        if not sys.executable:
            raise VerifierError("worker: expected a Python interpreter in sys.executable, got none")
        self.jobs = 0
        self._memory_bytes = memory_mb << 20
        with _running_lock:  # no fork between the pipes' making and their entry in the table
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-s", "-c", BOOT, _path(), module, str(memory_mb)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env=_environment(),
            )
            _running.add(self._process)
        self.pid = self._process.pid
        try:
            ready = self._frame(time.monotonic() + START_LIMIT_S)
        except BaseException:
            self.kill()
            raise
        if not isinstance(ready, tuple):
            self.kill()
            raise VerifierError(
                f"worker: expected {module} to start within {memory_mb} MiB and "
                f"{START_LIMIT_S:.0f} s, got {'no answer' if ready == 'timeout' else 'its end'}"
            )

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def run(self, job: bytes, timeout_s: float) -> Outcome:
        """Run one job; the worker is dead afterwards unless the job is `done` or `failed`.

        Args:
            job: What the module's `handle` gets.
            timeout_s: Wall-clock limit in seconds.
        """
        self.jobs += 1
        deadline = time.monotonic() + timeout_s
        stage = ""
        finished = False
        try:
            try:
                worker_child.send(self._stdin, 0, job)
            except BrokenPipeError:
                return Outcome("died")
            while True:
                frame = self._frame(deadline)
                if not isinstance(frame, tuple):
                    return Outcome(frame, stage=stage)
                kind, payload = frame
                if kind == worker_child.PROGRESS:
                    stage = payload.decode()
                elif kind == worker_child.MEMORY:
                    return Outcome("memory", stage=stage)
                else:
                    finished = True
                    return Outcome(
                        "done" if kind == worker_child.DONE else "failed", payload, stage
                    )
        finally:
            if not finished:  # stuck, dead, or the caller was interrupted in mid-job
                self.kill()

    def stop(self) -> None:
        """End the process; the thread that waits for its answer sees that and frees the pipes."""
        self._process.kill()

    def kill(self) -> None:
        """End the process, whatever it does, and free its pipes."""
        self._process.kill()
        with _running_lock:
            _running.discard(self._process)
            _close_pipes(self._process)
        self._process.wait()

    @property
    def _stdin(self) -> int:
        assert self._process.stdin is not None  # opened as a pipe above
        return self._process.stdin.fileno()

    @property
    def _stdout(self) -> int:
        assert self._process.stdout is not None  # opened as a pipe above
        return self._process.stdout.fileno()

    def _frame(self, deadline: float) -> tuple[int, bytes] | Literal["timeout", "memory", "died"]:
        """Wait for the next frame; its first byte announces the rest, which is written at once."""
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return "timeout"
            watch = sys.platform != "linux"
            if _readable(self._stdout, min(left, MEMORY_CHECK_S) if watch else left):
                return worker_child.receive(self._stdout) or "died"
            if watch and self._resident() > self._memory_bytes:
                return "memory"

    def _resident(self) -> int:
        import psutil

        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except psutil.Error:
            return 0  # gone: the pipe will tell


_running: set[subprocess.Popen[bytes]] = set()
_running_lock = threading.Lock()


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _forget_all() -> None:
    """In a forked child: holding the parent's pipes would keep its workers alive after it."""
    global _running_lock
    _running_lock = threading.Lock()
    for process in _running:
        _close_pipes(process)
        process.returncode = 0  # not ours to wait for
    _running.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=lambda: _running_lock.acquire(),
        after_in_parent=lambda: _running_lock.release(),
        after_in_child=_forget_all,
    )


def _readable(fd: int, timeout_s: float) -> bool:
    """Wait until the pipe has bytes or has ended."""
    if sys.platform == "win32":
        import _winapi
        import msvcrt

        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            try:
                if _winapi.PeekNamedPipe(msvcrt.get_osfhandle(fd), 0)[0]:
                    return True
            except OSError:
                return True  # ended
            time.sleep(0.001)
        return False
    import select

    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(timeout_s * 1000))


def _path() -> str:
    """The import path of this process, so that the worker runs the same rewardkit."""
    home = str(Path(__file__).parents[1])
    # '' is the current folder of an interactive session: nothing that a worker needs is imported
    # from there
    return json.dumps([entry for entry in sys.path if entry] + [home])


def _environment() -> dict[str, str]:
    """Environment of a worker: no switches of the user's for Python or sympy, a fixed hash seed.

    The seed makes the order in which sympy walks its sets, and so a verdict, the same in each
    process.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "SYMPY_", "COV_")) or name == "PYTHONHOME"
    }
    return kept | {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
