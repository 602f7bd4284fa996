"""Start a worker's process, and keep forked children from holding on to it."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from rewardkit.errors import VerifierError

if sys.platform != "win32":
    import fcntl

BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from rewardkit.worker_child import main; main(sys.argv[2], int(sys.argv[3]))"
)

LIFELINE = subprocess.PIPE if sys.platform == "linux" else subprocess.DEVNULL
"""A worker's standard error: where the system can tell it so that its parent has gone, a pipe."""

_running: set[subprocess.Popen[bytes]] = set()
# reentrant: a finalizer or a signal's handler may end a worker in the middle of a start
_running_lock = threading.RLock()


def start(module: str, memory_mb: int) -> subprocess.Popen[bytes]:
    """Start a process that serves jobs with a module's `handle`.

    Args:
        module: Import path of a module that defines [`handle`][rewardkit.worker_child.Handler].
        memory_mb: Limit of its memory, in MiB.

    Raises:
        VerifierError: When there is no interpreter to start, or the system refuses.
    """
    try:
        # no fork in the middle of an import, whose lock the child would wait for without end, nor
        # between the pipes' making and their entry in the table
        with _running_lock:
            import psutil  # noqa: F401  that nobody imports it later

            python = _interpreter()
            process = subprocess.Popen(
                [python, "-P", "-s", "-c", BOOT, _path(), module, str(memory_mb)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=LIFELINE,
                bufsize=0,
                env=_environment(),
            )
            _running.add(process)
            process.stdin = _off_standard(process.stdin)
            process.stdout = _off_standard(process.stdout)
            process.stderr = _off_standard(process.stderr)
    except OSError as error:
        raise VerifierError(
            f"worker: expected {python} to start a process, got {error.strerror or error}"
        ) from error
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process, whatever it does, and free its pipes; ended twice is ended once."""
    process.kill()
    with _running_lock:
        _running.discard(process)
        _close_pipes(process)
    process.wait()


def _interpreter() -> str:
    """The interpreter that `multiprocessing` would start, too, so that one setting serves both."""
    from multiprocessing import spawn

    python = os.fsdecode(spawn.get_executable() or "")
    if not python:
        raise VerifierError("worker: expected a Python interpreter in sys.executable, got none")
    if getattr(sys, "frozen", False) and python == sys.executable:
        raise VerifierError(
            f"worker: expected a Python interpreter, got the frozen program {python}; "
            "name one with multiprocessing.set_executable"
        )
    return python


def _off_standard(pipe: IO[bytes] | None) -> IO[bytes] | None:
    """Move a pipe off the numbers 0 to 2, which it gets where the parent has closed those.

    Whatever is printed there later would go to the worker.
    """
    if sys.platform == "win32" or pipe is None or pipe.fileno() > 2:
        return pipe
    moved = fcntl.fcntl(pipe.fileno(), fcntl.F_DUPFD_CLOEXEC, 3)
    mode = pipe.mode
    pipe.close()
    return open(moved, mode, buffering=0)


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


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _forget_all() -> None:
    """In a forked child: holding the parent's pipes would keep its workers alive after it."""
    global _running_lock
    _running_lock = threading.RLock()
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
