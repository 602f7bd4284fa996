"""Who scores the chunks: processes of this machine, or a cluster."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from typing import Protocol

from rewardkit.engine.chunks import Position, cut_chunks
from rewardkit.engine.parallel import Workers
from rewardkit.engine.plan import Request
from rewardkit.engine.results import ChunkResult
from rewardkit.engine.work import Work
from rewardkit.rewards import uses_models
from rewardkit.worker_process import Worker


class Engine(Protocol):
    """Scores the chunks of inputs."""

    @property
    def restarts(self) -> int:
        """Scoring workers that had to be replaced so far."""

    def results(self, start: Position) -> Iterator[tuple[Position, ChunkResult]]:
        """Score what follows `start`: for each chunk where it ends and what came of it, in order.

        Raises:
            ConfigError: When a worker found a fault of the caller's, such as a damaged checkpoint.
            RolloutError: When an input is damaged.
            VerifierError: When no worker can be started, or row after row costs one its life.
        """


class Engines(Protocol):
    """Makes an engine for each of several runs; what one has started, the next one finds warm."""

    def open(self, work: Work) -> Engine:
        """Make the engine of a run.

        Raises:
            ConfigError: When it can't be had, or doesn't take these inputs.
        """

    def close(self) -> None:
        """End what was started."""


class LocalEngine:
    """Worker processes of this machine; see [`Engine`][rewardkit.engine.engines]."""

    def __init__(self, work: Work, idle: list[Worker]) -> None:
        """Describe the work; workers start with their first chunk.

        Args:
            work: What to score.
            idle: Workers that may be taken, and where those of this run are put afterwards.
        """
        self._work = work
        self._workers = Workers(work.workers, work.config, work.job, work.group_of(), idle)

    @property
    def restarts(self) -> int:
        """Scoring workers that had to be replaced so far."""
        return self._workers.restarts

    def results(self, start: Position) -> Iterator[tuple[Position, ChunkResult]]:
        """Score what follows `start`, in order."""
        chunks = cut_chunks(self._work.inputs, start, self._work.group_of())
        for chunk, result in self._workers.map(chunks):
            yield chunk.end, result


class LocalEngines:
    """Engines of this machine; see [`Engines`][rewardkit.engine.engines]."""

    def __init__(self) -> None:
        """Begin without a process."""
        self._idle: list[Worker] = []

    def open(self, work: Work) -> LocalEngine:
        """Make the engine of a run."""
        return LocalEngine(work, self._idle)

    def close(self) -> None:
        """End the processes."""
        while self._idle:
            self._idle.pop().kill()


def open_engines(request: Request) -> AbstractContextManager[Engines]:
    """Choose the engines that were asked for; leaving them ends what they started."""
    if request.ray is None:
        return closing(LocalEngines())
    from rewardkit.engine.ray_cluster import RayEngines

    return closing(RayEngines(request.ray, uses_models(request.reward)))
