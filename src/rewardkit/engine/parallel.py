"""Chunks to scored chunks in worker processes, in order, whatever happens to a worker."""

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec

from rewardkit.engine.chunks import Chunk, GroupOf
from rewardkit.engine.results import ChunkResult
from rewardkit.engine.rows import Job, score_chunk
from rewardkit.engine.worker import Reply, Task
from rewardkit.errors import ConfigError, VerifierError
from rewardkit.types import Rollout, Score
from rewardkit.worker_process import Worker

MODULE = "rewardkit.engine.worker"
NO_TIME_LIMIT_S = 7 * 86_400.0
NO_MEMORY_LIMIT_MB = 2**24
"""Time and memory are bounded where a single answer is judged, not for a chunk as a whole."""

MAX_WAITING_BYTES = 48 * 2**20
"""Input under way beyond one chunk; a few rows of the greatest length must not fill the memory."""

MAX_LOST = 50
"""So many rows in a row whose workers die are the reward's failure, not the rows'."""

LOST = "scoring worker died on this row, also when it was tried again"


class Workers:
    """Worker processes, each fed by a thread of its own.

    A worker that dies costs nothing but time: its chunk is scored again, row by row (group by group
    where the reward looks at whole groups), and a row whose worker dies again is unjudged.

    Attributes:
        restarts: Workers that had to be replaced.
    """

    def __init__(
        self,
        count: int,
        config: bytes,
        job: Job,
        group_of: GroupOf | None,
        idle: list[Worker] | None = None,
    ) -> None:
        """Describe the work; workers start with their first chunk.

        Args:
            count: Number of processes.
            config: The reward's configuration as JSON.
            job: What is done to every line.
            group_of: Finds a line's group, for rewards that look at whole groups.
            idle: Workers of an earlier run; those of this one are put there when it has gone well.
        """
        self.restarts = 0
        self._idle = [] if idle is None else idle
        self._config, self._job, self._group_of = config, job, group_of
        self._count = count
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._workers: set[Worker] = set()
        self._closed = False
        self._lost = 0

    def map(self, chunks: Iterable[Chunk]) -> Iterator[tuple[Chunk, ChunkResult]]:
        """Score chunks; results come in the order of the chunks, a bounded number is under way.

        Raises:
            ConfigError: When a worker found a fault of the caller's, such as a damaged checkpoint.
            VerifierError: When no worker can be started, or row after row costs a worker its life.
        """
        window: deque[tuple[Chunk, Future[ChunkResult]]] = deque()
        waiting = 0
        executor = ThreadPoolExecutor(self._count, thread_name_prefix="rewardkit-score")
        try:
            for chunk in chunks:
                window.append((chunk, executor.submit(self.score, chunk)))
                waiting += len(chunk.data)
                while len(window) > 2 * self._count or waiting > MAX_WAITING_BYTES:
                    done, future = window.popleft()
                    waiting -= len(done.data)
                    yield done, future.result()
            while window:
                done, future = window.popleft()
                yield done, future.result()
            executor.shutdown()  # all is done: no worker is busy
            self._idle += self._workers
            self._workers.clear()
        finally:
            self._close(executor)

    def _close(self, executor: ThreadPoolExecutor) -> None:
        """End the workers: first those that are busy, so that their threads end, too."""
        with self._lock:
            self._closed = True
            workers = list(self._workers)
        for worker in workers:
            worker.stop()
        executor.shutdown(wait=True, cancel_futures=True)
        for worker in self._workers:
            worker.kill()

    def score(self, chunk: Chunk) -> ChunkResult:
        """Score one chunk with the worker of this thread, which starts where there is none.

        Raises:
            ConfigError: As `map`, and so for a `VerifierError`.
        """
        result = self._try(chunk, self._job)
        if result is not None:
            return result
        plain = msgspec.structs.replace(self._job, packing="")
        pieces = [self._score_alone(piece, plain) for piece in chunk.pieces(self._group_of)]
        return ChunkResult.join(pieces, self._job.packing)

    def _score_alone(self, piece: Chunk, job: Job) -> ChunkResult:
        """Score a row, or a group, of a chunk that cost a worker its life."""
        result = self._try(piece, job)
        with self._lock:
            self._lost = 0 if result is not None else self._lost + 1
            if self._lost >= MAX_LOST:
                raise VerifierError(
                    f"reward: expected it to leave its process alive, got {MAX_LOST} scoring "
                    "workers in a row that died on one row each"
                )
        return result or score_chunk(piece, job, lose)

    def _try(self, chunk: Chunk, job: Job) -> ChunkResult | None:
        """Have this thread's worker score a chunk; None when the worker died."""
        worker = self._worker()
        task = msgspec.msgpack.encode(Task(self._config, job, chunk))
        outcome = worker.run(task, NO_TIME_LIMIT_S)
        if outcome.kind == "done":
            reply = msgspec.msgpack.decode(outcome.payload, type=Reply)
            if reply.result is None:
                raise ConfigError(reply.fault)
            return reply.result
        if outcome.kind == "failed":
            raise VerifierError(f"scoring worker: {outcome.payload.decode('utf-8', 'replace')}")
        with self._lock:
            self._workers.discard(worker)
            self._mine.worker = None
            if self._closed:
                raise VerifierError("scoring was stopped")
            self.restarts += 1
        return None

    def _worker(self) -> Worker:
        worker: Worker | None = getattr(self._mine, "worker", None)
        if worker is None:
            worker = self._take_idle() or Worker(MODULE, NO_MEMORY_LIMIT_MB)
            with self._lock:
                self._workers.add(worker)
                closed = self._closed
            if closed:
                worker.stop()
            self._mine.worker = worker
        return worker

    def _take_idle(self) -> Worker | None:
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    return worker
                worker.kill()
        return None


def lose(rollouts: Sequence[Rollout]) -> list[Score]:
    """The reward of rows that cost a worker its life twice."""
    return [Score(None, LOST) for _ in rollouts]
