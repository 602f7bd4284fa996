"""Killable worker processes: run what may hang, blow up or crash, and get an outcome in time.

Plain subprocesses instead of `multiprocessing`: they work from threads, asyncio, notebooks, Ray
actors, daemonic multiprocessing workers and scripts without a `__main__` guard, in forked and
spawned parents. No signals are used in the parent. A worker that passes a limit is killed and
replaced; all workers end with their parent.
"""

import atexit
import os
import sys
import threading
import weakref

from rewardkit.worker_process import Outcome, Worker

RECYCLE_AFTER = 5_000
"""Jobs after which a worker is replaced, so that what a library hoards doesn't grow without end."""


def default_size() -> int:
    """How many workers a pool may have: one a core, at most four."""
    usable = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(4, usable)


class Pool:
    """Warm workers of one kind, started when needed, shared by all threads of this process.

    >>> pool = Pool("rewardkit.verifiers.math.symbolic_worker", size=1)
    >>> pool.pids
    []
    """

    def __init__(
        self,
        module: str,
        size: int | None = None,
        memory_mb: int = 1024,
        recycle_after: int = RECYCLE_AFTER,
    ) -> None:
        """Describe the workers; none is started yet.

        Args:
            module: Import path of a module that defines [`handle`][rewardkit.worker_child.Handler].
            size: Most workers at a time; default: one a core, at most four.
            memory_mb: Limit for each worker, in MiB.
            recycle_after: Jobs after which a worker is replaced.
        """
        self._reset()
        self._module = module
        self._size = max(1, size) if size is not None else default_size()
        self._memory_mb = memory_mb
        self._recycle_after = recycle_after
        _POOLS.add(self)

    def _reset(self) -> None:
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()
        self._starting = 0
        self._closings = 0
        self._free = threading.Condition()

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that run now."""
        with self._free:
            return sorted(worker.pid for worker in self._all)

    def run(self, job: bytes, timeout_s: float) -> Outcome:
        """Run one job in a free worker; waits for one where all are busy.

        A worker that is lost without having passed a limit (killed by hand, by the system) costs
        the job nothing: it is run once more on a fresh worker.

        Args:
            job: What the module's `handle` gets.
            timeout_s: Wall-clock limit in seconds, from the moment a worker takes the job.

        Returns:
            The outcome; never raises for what a job does.

        Raises:
            VerifierError: When no worker can be started.
        """
        closings = self._closings
        outcome = self._run_once(job, timeout_s)
        if outcome.kind == "died" and closings == self._closings:  # not closed under the job
            outcome = self._run_once(job, timeout_s, fresh=True)
        return outcome

    def _run_once(self, job: bytes, timeout_s: float, fresh: bool = False) -> Outcome:
        worker = self._take(fresh)
        reusable = False
        try:
            outcome = worker.run(job, timeout_s)
            reusable = outcome.kind in ("done", "failed")
            return outcome
        finally:
            self._give_back(worker, reusable and worker.jobs < self._recycle_after)

    def _take(self, fresh: bool) -> Worker:
        """A free worker; a fresh one where whatever killed one may have killed the idle ones."""
        with self._free:
            while True:
                while self._idle:
                    worker = self._idle.pop()
                    if worker.alive and not fresh:
                        return worker
                    self._all.discard(worker)
                    worker.kill()  # frees its pipes
                if len(self._all) + self._starting < self._size:
                    break
                self._free.wait()
            self._starting += 1
        started: Worker | None = None
        try:
            started = Worker(self._module, self._memory_mb)
            return started
        finally:
            with self._free:
                self._starting -= 1
                if started is not None:
                    self._all.add(started)
                self._free.notify()

    def _give_back(self, worker: Worker, keep: bool) -> None:
        with self._free:
            keep = keep and worker in self._all  # not closed in the meantime
            if keep:
                self._idle.append(worker)
            else:
                self._all.discard(worker)
            self._free.notify()
        if not keep:
            worker.kill()

    def close(self) -> None:
        """End all workers, and their jobs with `died`; the pool can be used again."""
        with self._free:
            idle, busy = self._idle, self._all.difference(self._idle)
            self._idle, self._all = [], set()
            self._closings += 1
            self._free.notify_all()
        for worker in busy:
            worker.stop()
        for worker in idle:
            worker.kill()

    def __del__(self) -> None:
        """End the workers with their pool."""
        self.close()


_POOLS: "weakref.WeakSet[Pool]" = weakref.WeakSet()


def close_all() -> None:
    """End the workers of all pools; done by itself when the interpreter ends."""
    for pool in list(_POOLS):
        pool.close()


def _forget_all() -> None:
    for pool in list(_POOLS):
        pool._reset()  # the workers, and a lock that another thread may hold, are the parent's


atexit.register(close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
