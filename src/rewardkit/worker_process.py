"""One worker process as its parent sees it: start, run a job within a limit, kill."""

import os
import sys
import time
from typing import Literal, TypeAlias

import msgspec

from rewardkit import worker_child
from rewardkit.errors import VerifierError
from rewardkit.worker_start import end, start
from rewardkit.worker_wait import piece, readable, writable

START_LIMIT_S = 120.0
"""For interpreter and imports on a machine that is very busy; not counted against a job."""

MEMORY_CHECK_S = 0.05
"""How often the parent looks at a worker's memory where the system doesn't limit it."""

STARVED_SHARE = 0.1
"""Share of its wall-clock limit below which a worker's CPU time means that the machine was busy."""

TICK_S = 0.02
"""How coarsely the system counts CPU time."""

OutcomeKind: TypeAlias = Literal["done", "failed", "timeout", "starved", "memory", "died"]
Lost: TypeAlias = Literal["timeout", "memory", "died"]


class Outcome(msgspec.Struct, frozen=True):
    """How a job ended.

    Attributes:
        kind: `done`; `failed`: the job raised; `timeout`, `memory`: it passed a limit; `starved`:
            it passed the time limit, but hardly got the processor; `died`: the process was lost.
        payload: The job's answer, or of a failed job the error's text.
        stage: The last stage that the job reported, empty when none.
        stage_s: Seconds until the job reported its first stage, 0 when none.
    """

    kind: OutcomeKind
    payload: bytes = b""
    stage: str = ""
    stage_s: float = 0.0


class Worker:
    """A running worker process; used by one thread at a time.

    Raises:
        VerifierError: When the process can't be started or its module can't be imported.
    """

    def __init__(self, module: str, memory_mb: int) -> None:
        """Start the process and wait until it has imported its module."""
        self.jobs = 0
        self._memory_bytes = memory_mb << 20
        self._process = start(module, memory_mb)
        self.pid = self._process.pid
        try:
            import psutil  # slow the first time, which was in `start`

            self._system = psutil.Process(self.pid)
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
        cpu_s = self._cpu_s()
        outcome: Outcome | None = None
        try:
            outcome = self._outcome(job, timeout_s)
            if outcome.kind == "timeout":
                used_s = self._cpu_s() - cpu_s
                if used_s < STARVED_SHARE * timeout_s - TICK_S:
                    return msgspec.structs.replace(outcome, kind="starved")
            return outcome
        finally:  # stuck, dead, or the caller was interrupted in mid-job
            if outcome is None or outcome.kind not in ("done", "failed"):
                self.kill()

    def _outcome(self, job: bytes, timeout_s: float) -> Outcome:
        started = time.monotonic()
        deadline = started + timeout_s
        if not self._send(job, deadline):
            return Outcome("timeout")
        stage, stage_s = "", 0.0
        while True:
            frame = self._frame(deadline)
            if not isinstance(frame, tuple):
                return Outcome(frame, b"", stage, stage_s)
            kind, payload = frame
            if kind == worker_child.PROGRESS:
                stage, stage_s = payload.decode(), stage_s or time.monotonic() - started
            elif kind == worker_child.MEMORY:
                return Outcome("memory", b"", stage, stage_s)
            else:
                ended: OutcomeKind = "done" if kind == worker_child.DONE else "failed"
                return Outcome(ended, payload, stage, stage_s)

    def stop(self) -> None:
        """End the process; the thread that waits for its answer sees that and frees the pipes."""
        self._process.kill()

    def kill(self) -> None:
        """End the process, whatever it does, and free its pipes."""
        end(self._process)

    @property
    def _stdin(self) -> int:
        assert self._process.stdin is not None  # opened as a pipe above
        return self._process.stdin.fileno()

    @property
    def _stdout(self) -> int:
        assert self._process.stdout is not None  # opened as a pipe above
        return self._process.stdout.fileno()

    def _send(self, job: bytes, deadline: float) -> bool:
        """Write a job; False where the worker doesn't read it in time, because it is stopped."""
        frame = memoryview(worker_child.HEADER.pack(0, len(job)) + job)
        while frame:
            if not writable(self._stdin, deadline - time.monotonic()):
                return False
            try:
                frame = frame[os.write(self._stdin, frame[: piece()]) :]
            except BrokenPipeError:
                break  # its last words may say why
        return True

    def _frame(self, deadline: float) -> tuple[int, bytes] | Lost:
        head = self._read(worker_child.HEADER.size, deadline)
        if not isinstance(head, bytes):
            return head
        kind, length = worker_child.HEADER.unpack(head)
        payload = self._read(length, deadline)
        return (kind, payload) if isinstance(payload, bytes) else payload

    def _read(self, count: int, deadline: float) -> bytes | Lost:
        watch = sys.platform != "linux"
        parts = bytearray()
        while len(parts) < count:
            left = deadline - time.monotonic()
            if left <= 0:
                return "timeout"
            if readable(self._stdout, min(left, MEMORY_CHECK_S) if watch else left):
                part = os.read(self._stdout, min(count - len(parts), 1 << 20))
                if not part:
                    return "died"
                parts += part
            elif watch and self._resident() > self._memory_bytes:
                return "memory"
        return bytes(parts)

    def _cpu_s(self) -> float:
        import psutil

        try:
            times = self._system.cpu_times()
        except psutil.Error:
            return 0.0  # gone: the pipe will tell
        return float(times.user + times.system)

    def _resident(self) -> int:
        import psutil

        try:
            return int(self._system.memory_info().rss)
        except psutil.Error:
            return 0  # gone: the pipe will tell
