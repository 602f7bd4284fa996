"""Scoring on Ray Data: shards in, actors that score, results in order.

The chunks are cut and scored by the code that the local engine runs, so the output is the same to
the byte; only the way there differs. Inputs are read where Ray places the reading, one chunk
travels at a time, and what is under way is bounded by Ray Data's backpressure.
"""

import contextlib
import functools
import logging
import os
import warnings
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, cast

import msgspec

from rewardkit.engine.chunks import Position
from rewardkit.engine.ray_parts import RESULT, SHARD, Done, Scorer, read_shard
from rewardkit.engine.results import ChunkResult
from rewardkit.engine.work import Work
from rewardkit.errors import ConfigError, RolloutError, VerifierError

if TYPE_CHECKING:
    import ray.data

BLOCK_BYTES = 2**20
"""Chunks travel in blocks of about this size, each scored by one call of one actor."""

STORE_BYTES = 256 * 2**20
"""Object store on this machine without those of the actors, and the least that is under way."""

ACTOR_BYTES = 64 * 2**20
"""What each actor adds to both."""

ACTORS_A_READER = 16
"""One reader keeps so many actors busy, also where it unpacks or reads Parquet."""


class RayEngine:
    """Actors of a Ray cluster; see [`Engine`][rewardkit.engine.engines].

    Attributes:
        restarts: Scoring processes that had to be replaced inside the actors so far. Actors that
            Ray itself replaced are not among them.
    """

    def __init__(self, work: Work, actors: int, gpus: float) -> None:
        """Describe the work; Ray has to be connected.

        Args:
            work: What to score.
            actors: Their number.
            gpus: What each of them gets.
        """
        self.restarts = 0
        self._work, self._actors, self._gpus = work, actors, gpus

    def results(self, start: Position) -> Iterator[tuple[Position, ChunkResult]]:
        """Score what follows `start`, in order."""
        import ray.exceptions

        try:
            with self._context():
                rows = cast(Generator[dict[str, bytes]], iter(self._dataset(start).iter_rows()))
                with contextlib.closing(rows):  # ends the actors, also after a fault
                    for row in rows:
                        yield self._check(msgspec.msgpack.decode(row[RESULT], type=Done))
        except ray.exceptions.RayError as error:
            raise VerifierError(f"ray: {last_line(error)}") from error

    def _check(self, done: Done) -> tuple[Position, ChunkResult]:
        self.restarts += done.restarts
        if done.result is None:
            kinds = {"config": ConfigError, "rollout": RolloutError}
            raise kinds.get(done.kind, VerifierError)(done.fault)
        return done.end, done.result

    def _dataset(self, start: Position) -> "ray.data.Dataset":
        import ray.data

        count = len(self._work.inputs)
        begins = [start, *(Position(source) for source in range(start.source + 1, count))]
        shards = [{SHARD: msgspec.msgpack.encode(p)} for p in begins if p.source < count]
        work = msgspec.msgpack.encode(self._work)
        readers = min(len(shards), 1 + self._actors // ACTORS_A_READER)
        return (
            ray.data.from_items(shards, override_num_blocks=max(1, len(shards)))
            .map_batches(
                functools.partial(read_shard, work=work, folder=os.getcwd()),
                batch_size=1,
                batch_format="pyarrow",
                num_cpus=0,  # so that it finds a place beside the actors
                compute=ray.data.TaskPoolStrategy(size=readers),
            )
            .map_batches(
                Scorer,
                fn_constructor_args=(work, os.getcwd()),
                batch_size=None,
                batch_format="pyarrow",
                num_cpus=1,
                num_gpus=self._gpus,
                compute=ray.data.ActorPoolStrategy(size=self._actors),
            )
        )

    @contextlib.contextmanager
    def _context(self) -> Iterator[None]:
        """Ray Data's settings for this run; the caller's come back after it."""
        import ray.data

        ours_to_say = logging.getLogger("ray.data")
        level = ours_to_say.level
        ours_to_say.setLevel(logging.ERROR)
        before = ray.data.DataContext.get_current()
        ours = before.copy()
        ours.execution_options.preserve_order = True
        ours.execution_options.resource_limits = ours.execution_options.resource_limits.copy(
            object_store_memory=STORE_BYTES + self._actors * ACTOR_BYTES
        )
        ours.target_max_block_size = BLOCK_BYTES
        ours.target_min_block_size = 0
        ours.enable_progress_bars = False
        ours.print_on_execution_start = False
        ray.data.DataContext._set_current(ours)
        try:
            with warnings.catch_warnings():
                # small inputs don't keep all actors busy, which is nobody's mistake
                warnings.filterwarnings("ignore", message="The minimum number of concurrent actors")
                yield
        finally:
            ray.data.DataContext._set_current(before)
            ours_to_say.setLevel(level)


def last_line(error: Exception) -> str:
    """What an error of Ray's comes down to: the last line of what it tells."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:300]
