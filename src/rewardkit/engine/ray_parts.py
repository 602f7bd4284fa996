"""What runs on Ray's side: reading a shard into chunks, and scoring chunks in an actor."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from rewardkit.engine.chunks import Chunk, Position, cut_chunks
from rewardkit.engine.parallel import Workers
from rewardkit.engine.results import ChunkResult
from rewardkit.engine.work import Work
from rewardkit.errors import ConfigError, RewardkitError, RolloutError
from rewardkit.rewards.fingerprints import ABSENT

if TYPE_CHECKING:
    import pyarrow as pa

SHARD, CHUNK, RESULT = "shard", "chunk", "result"
"""The one column of a table: where reading begins, a chunk, what came of it."""

Kind: TypeAlias = Literal["", "config", "rollout", "verifier"]


class Found(msgspec.Struct, frozen=True):
    """A chunk of a shard, or why there is none."""

    chunk: Chunk | None
    kind: Kind = ""
    fault: str = ""


class Done(msgspec.Struct, frozen=True):
    """What came of a chunk, or whose fault it is that nothing did.

    Faults travel as values: an error raised in a task would come back as Ray's, after retries.
    """

    end: Position
    result: ChunkResult | None
    restarts: int = 0
    kind: Kind = ""
    fault: str = ""


def read_shard(shards: "pa.Table", work: bytes, folder: str) -> "Iterator[pa.Table]":
    """Cut shards into chunks; a task of Ray's, which hands them on as they come.

    Args:
        shards: Column `SHARD`: a position to begin at, its input is read to the end.
        work: What is to be scored.
        folder: Where relative paths begin.
    """
    enter(folder)
    plan = msgspec.msgpack.decode(work, type=Work)
    for packed in shards[SHARD].to_pylist():
        start = msgspec.msgpack.decode(packed, type=Position)
        inputs = plan.inputs[: start.source + 1]  # this one alone, under its own number
        try:
            for chunk in cut_chunks(inputs, start, plan.group_of()):
                yield to_table(CHUNK, msgspec.msgpack.encode(Found(chunk)))
        except RewardkitError as error:
            found = Found(None, kind_of(error), safe_text(error))
            yield to_table(CHUNK, msgspec.msgpack.encode(found))


class Scorer:
    """An actor of Ray's with one warm scoring process, which holds verifiers and encoders.

    The process is the local engine's: a row that takes it down costs the actor nothing. An actor
    that is lost itself is replaced by Ray, and its chunks are scored again.
    """

    def __init__(self, work: bytes, folder: str) -> None:
        """Describe the work; the process starts with the first chunk."""
        enter(folder)
        plan = msgspec.msgpack.decode(work, type=Work)
        self._workers = Workers(1, plan.config, plan.job, plan.group_of())
        self._thread = ThreadPoolExecutor(1)  # a worker belongs to a thread; Ray's may change
        self._fault = differing(plan.versions)

    def __call__(self, chunks: "pa.Table") -> "Iterator[pa.Table]":
        """Score the chunks of column `CHUNK` one after the other."""
        for packed in chunks[CHUNK].to_pylist():
            found = msgspec.msgpack.decode(packed, type=Found)
            yield to_table(RESULT, msgspec.msgpack.encode(self._score(found)))

    def _score(self, found: Found) -> Done:
        if found.chunk is None:
            return Done(Position(), None, 0, found.kind, found.fault)
        if self._fault:
            return Done(Position(), None, 0, "config", self._fault)
        before = self._workers.restarts
        try:
            result = self._thread.submit(self._workers.score, found.chunk).result()
        except RewardkitError as error:
            return Done(Position(), None, 0, kind_of(error), safe_text(error))
        return Done(found.chunk.end, result, self._workers.restarts - before)


def to_table(column: str, value: bytes) -> "pa.Table":
    """One value as a table of one row."""
    import pyarrow as pa

    return pa.table({column: pa.array([value], pa.large_binary())})


def enter(folder: str) -> None:
    """Go where the command was given, where this machine has that folder."""
    if os.path.isdir(folder):
        os.chdir(folder)


def differing(versions: dict[str, str]) -> str:
    """Say which package this machine has in another version; empty where all are the same."""
    from importlib import metadata

    for name, version in versions.items():
        try:
            here = "{}.{}".format(*sys.version_info) if name == "python" else metadata.version(name)
        except metadata.PackageNotFoundError:
            here = ABSENT
        if here != version:
            return f"ray: {name}: expected {version} on every machine, got {here}"
    return ""


def kind_of(error: RewardkitError) -> Kind:
    """Whose fault an error is."""
    if isinstance(error, ConfigError):
        return "config"
    return "rollout" if isinstance(error, RolloutError) else "verifier"


def safe_text(error: Exception) -> str:
    """An error's text without half surrogate pairs, which a path may hold."""
    return str(error).encode("utf-8", "backslashreplace").decode()
