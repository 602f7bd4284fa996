"""The place of one worker process: filled when needed, and again when the worker is lost."""

import threading
import time
from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from rewardkit.engine.parallel import NO_MEMORY_LIMIT_MB
from rewardkit.errors import ConfigError, VerifierError
from rewardkit.server.worker import Reply, Task
from rewardkit.types import Rollout
from rewardkit.worker_process import Worker

MODULE = "rewardkit.server.worker"
WARM_LIMIT_S = 1800.0
"""For a worker to load its models."""

RETRY_S = 0.2
"""Before a worker that ended while it started is started again."""

FAULT_S = 1.0
"""Before rows are told that the reward can't be made: others may wait for its repair."""

Lost: TypeAlias = Literal["timeout", "died"]
"""How a worker was lost with a task: it was ended at the limit, or it ended by itself."""


class Seat:
    """One worker process at a time, used by one thread.

    Attributes:
        warm: Whether there is a worker that has loaded all that it needs.
    """

    def __init__(self, reward: bytes, kind: str, on_lost: Callable[[], None]) -> None:
        """Describe the work; `fill` starts the worker.

        Args:
            reward: The reward's configuration as JSON.
            kind: Name of the reward's only part.
            on_lost: Told of each worker that has to be replaced.
        """
        self.warm = False
        self._reward, self._kind = msgspec.Raw(reward), kind
        self._on_lost = on_lost
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._closed = False

    def fill(self) -> None:
        """See to it that there is a warm worker; one that has ended on its own is replaced.

        Raises:
            ConfigError: When the reward can't be made or its model can't be loaded.
            VerifierError: When no process can be started, or it ends while it gets ready.
        """
        if self._worker is not None and not self._worker.alive:
            self._lose()
        if self._worker is not None:
            return
        worker = Worker(MODULE, NO_MEMORY_LIMIT_MB)
        with self._lock:
            self._worker = worker
            if self._closed:
                worker.stop()
        reply = self._send([], WARM_LIMIT_S)
        if not isinstance(reply, Reply):
            raise VerifierError(f"worker: expected it to get ready, got its end ({reply})")
        if reply.fault:
            self._empty()
            raise ConfigError(reply.fault)
        self.warm = True

    def prepare(self, deadline: float) -> str:
        """See to it that there is a warm worker, again and again where none can be started.

        What ends a worker while it starts, such as the system for want of memory, is no fault of
        the rollouts that wait for it.

        Args:
            deadline: When to give up, on the monotonic clock.

        Returns:
            Why there is none, in one line; empty when there is one.
        """
        while not self._closed:
            try:
                self.fill()
                return ""
            except ConfigError as error:  # it was warm before: the next may be again
                time.sleep(min(FAULT_S, max(0.0, deadline - time.monotonic())))
                return str(error)
            except (VerifierError, OSError) as error:
                if time.monotonic() + RETRY_S > deadline:
                    return str(error)
                time.sleep(RETRY_S)
        return "the server has stopped"

    def run(self, rollouts: list[Rollout], limit_s: float) -> Reply | Lost:
        """Have the worker that was prepared score some rollouts.

        Args:
            rollouts: At least one.
            limit_s: Seconds after which the worker is killed.
        """
        return self._send(rollouts, limit_s)

    def close(self) -> None:
        """End the worker, also under its task; from any thread."""
        with self._lock:
            self._closed = True
            worker = self._worker
        if worker is not None:
            worker.stop()

    def _send(self, rollouts: list[Rollout], limit_s: float) -> Reply | Lost:
        assert self._worker is not None  # `fill` has put it there
        task = msgspec.json.encode(Task(self._reward, self._kind, rollouts))
        outcome = self._worker.run(task, limit_s)
        if outcome.kind == "done":
            return msgspec.msgpack.decode(outcome.payload, type=Reply)
        if outcome.kind == "failed":
            return Reply([], [], outcome.payload.decode("utf-8", "replace"))
        self._lose()
        return "timeout" if outcome.kind in ("timeout", "starved") else "died"

    def _lose(self) -> None:
        self._empty()
        if not self._closed:
            self._on_lost()

    def _empty(self) -> None:
        with self._lock:
            worker, self._worker = self._worker, None
        self.warm = False
        if worker is not None:
            worker.kill()  # frees its pipes, also where it is gone already
