"""The child's side of a worker process: read a job, run it, answer, and die with the parent.

A job's text may be hostile, so two things must hold whatever it makes the interpreter do: the
process stays within its memory, and it does not outlive its parent even while a big-integer power
holds the interpreter's lock. On Linux the first is RLIMIT_AS; for the second a pipe is armed with
O_ASYNC on which nothing ever travels, so that the kernel sends SIGIO, which terminates, when the
parent's end is closed by whatever death. Elsewhere a thread waits for the end of the job pipe, and
the parent watches the memory.
"""

import importlib
import os
import queue
import signal
import struct
import sys
import threading
from collections.abc import Callable
from typing import Protocol, cast

HEADER = struct.Struct(">BI")
"""Kind of a frame and length of its payload, in bytes."""

READY, PROGRESS, DONE, MEMORY, FAILED = range(5)
"""Kinds of frames that a child sends; a parent sends only jobs, whose kind is 0."""

RECURSION_LIMIT = 3000
"""Deep enough for sympy, shallow enough for the C stack."""


class Handler(Protocol):
    """What a worker's module must define under the name `handle`."""

    def __call__(self, job: bytes, progress: Callable[[str], None], /) -> bytes:
        """Do one job; `progress` tells the parent which stage was reached."""


def send(fd: int, kind: int, payload: bytes) -> None:
    """Write one frame."""
    frame = memoryview(HEADER.pack(kind, len(payload)) + payload)
    while frame:
        frame = frame[os.write(fd, frame) :]


def receive(fd: int) -> tuple[int, bytes] | None:
    """Read one frame, None at the end of the pipe."""
    head = _exactly(fd, HEADER.size)
    if head is None:
        return None
    kind, length = HEADER.unpack(head)
    payload = _exactly(fd, length)
    return None if payload is None else (kind, payload)


def _exactly(fd: int, count: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < count:
        part = os.read(fd, min(count - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)


def main(module: str, memory_mb: int) -> None:
    """Serve jobs on standard input until it ends.

    Args:
        module: Import path of a module with a [`handle`][rewardkit.worker_child.Handler].
        memory_mb: Limit of the address space, in MiB; kept by the parent where the system has no
            such limit.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    replies, lifeline = os.dup(1), os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)  # a library that prints must not break the frames
        os.dup2(nowhere.fileno(), 2)
    _die_with_parent(lifeline)
    _limit_memory(memory_mb)
    sys.setrecursionlimit(RECURSION_LIMIT)
    handle = cast(Handler, importlib.import_module(module).handle)
    jobs = _plain_jobs if sys.platform == "linux" else _watched_jobs
    send(replies, READY, b"")
    try:
        jobs(
            lambda job: _answer(handle, job, replies), lambda kind, data: send(replies, kind, data)
        )
    except BrokenPipeError:
        return  # the parent is gone
    except MemoryError:  # the job itself is larger than the limit
        send(replies, MEMORY, b"")


def _answer(handle: Handler, job: bytes, replies: int) -> tuple[int, bytes]:
    """Run one job; its own failure is an answer, too."""
    try:
        return DONE, handle(job, lambda stage: send(replies, PROGRESS, stage.encode()))
    except MemoryError:
        return MEMORY, b""
    except Exception as error:
        # The one place that keeps the worker alive: sympy raises anything; the parent reports
        # what it was.
        return FAILED, f"{type(error).__name__}: {error}"[:300].encode("utf-8", "replace")


def _die_with_parent(lifeline: int) -> None:
    """Have the kernel end this process when the parent's end of a pipe is closed.

    The job pipe won't do: its writer wakes the reader first and signals afterwards, so that a job
    could end the worker that has just taken it.

    Args:
        lifeline: The writing end of a pipe that nobody writes to.
    """
    if sys.platform != "linux":
        return
    import fcntl
    import select

    signal.signal(signal.SIGIO, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGIO})
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    hang_up = select.poll()
    hang_up.register(lifeline, 0)
    if hang_up.poll(0):  # the parent died before the pipe was armed
        os._exit(0)


def _plain_jobs(
    answer: Callable[[bytes], tuple[int, bytes]], reply: Callable[[int, bytes], None]
) -> None:
    while (frame := receive(0)) is not None:
        kind, payload = answer(frame[1])
        reply(kind, payload)


def _watched_jobs(
    answer: Callable[[bytes], tuple[int, bytes]], reply: Callable[[int, bytes], None]
) -> None:
    jobs: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def watch() -> None:
        while (frame := receive(0)) is not None:
            jobs.put(frame[1])
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
    while True:
        kind, payload = answer(jobs.get())
        reply(kind, payload)


def _limit_memory(memory_mb: int) -> None:
    if sys.platform != "linux":
        return
    import resource

    limit = memory_mb << 20
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
