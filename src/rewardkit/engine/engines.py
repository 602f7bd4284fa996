"""Who scores the chunks: processes of this machine, or a cluster."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from rewardkit.engine.chunks import Position, cut_chunks
from rewardkit.engine.parallel import Workers
from rewardkit.engine.plan import Request
from rewardkit.engine.results import ChunkResult
from rewardkit.engine.work import Work
from rewardkit.rewards import uses_models


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


class LocalEngine:
    """Worker processes of this machine; see [`Engine`][rewardkit.engine.engines]."""

    def __init__(self, work: Work) -> None:
        """Describe the work; workers start with their first chunk."""
        self._work = work
        self._workers = Workers(work.workers, work.config, work.job, work.group_of())

    @property
    def restarts(self) -> int:
        """Scoring workers that had to be replaced so far."""
        return self._workers.restarts

    def results(self, start: Position) -> Iterator[tuple[Position, ChunkResult]]:
        """Score what follows `start`, in order."""
        chunks = cut_chunks(self._work.inputs, start, self._work.group_of())
        for chunk, result in self._workers.map(chunks):
            yield chunk.end, result


def open_engine(request: Request, work: Work) -> AbstractContextManager[Engine]:
    """Choose the engine that was asked for; leaving it ends what it started."""
    if request.ray is None:
        return nullcontext(LocalEngine(work))
    from rewardkit.engine.ray_cluster import open_ray

    return open_ray(work, request.ray, uses_models(request.reward))
