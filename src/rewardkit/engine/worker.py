"""The scoring worker's side: a task comes in, a chunk's scored lines go out."""

import functools
from collections.abc import Callable

import msgspec

from rewardkit.engine.chunks import Chunk
from rewardkit.engine.results import ChunkResult
from rewardkit.engine.rows import Job, score_chunk
from rewardkit.errors import ConfigError
from rewardkit.rewards import decode
from rewardkit.rewards.base import Reward


class Task(msgspec.Struct, frozen=True):
    """One chunk and what to do with it; `reward` is the reward's configuration as JSON."""

    reward: bytes
    job: Job
    chunk: Chunk


class Reply(msgspec.Struct, frozen=True):
    """What came of a task: a result, or the caller's fault that showed only now, in one line."""

    result: ChunkResult | None
    fault: str = ""


@functools.lru_cache(maxsize=1)
def load(config: bytes) -> Reward:
    """Make the reward of a configuration, once a process."""
    return decode(msgspec.json.decode(config))


def handle(job: bytes, progress: Callable[[str], None]) -> bytes:
    """Do one task; see [`Handler`][rewardkit.worker_child.Handler]."""
    task = msgspec.msgpack.decode(job, type=Task)
    try:
        reply = Reply(score_chunk(task.chunk, task.job, load(task.reward)))
    except ConfigError as error:  # such as a checkpoint that turns out damaged when it is loaded
        reply = Reply(None, str(error).encode("utf-8", "backslashreplace").decode())
    return msgspec.msgpack.encode(reply)
