"""What comes out of a chunk: scored and rejected lines, counts, hashes to find repeats by."""

import gzip
import hashlib

import msgspec
import zstandard

from rewardkit.scored_columns import encode_lines
from rewardkit.types import Rollout

HASH_BYTES = 8
PARQUET = "parquet"


class Counts(msgspec.Struct):
    """What happened to the lines; adds up over chunks.

    `total` is the sum of all rewards, `truncated_texts` counts the rollouts of whose text an
    encoder saw only the beginning.
    """

    rollouts: int = 0
    scored: int = 0
    unjudged: int = 0
    error: int = 0
    rejected: int = 0
    total: float = 0.0
    truncated_texts: int = 0

    def add(self, other: "Counts") -> None:
        """Add those of one more chunk."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class ChunkResult(msgspec.Struct, frozen=True):
    """What came out of one chunk.

    Attributes:
        output: Scored lines, packed as the job says.
        rejected: Rejected lines as JSONL.
        first_rejected: The first of them for a person, empty where there is none.
        first_error: The first row that a reward failed on, for a person.
        ids: A hash of each rollout's id, `HASH_BYTES` each, in order.
        groups: A hash of each run of rollouts of one group.
        counts: What happened to the lines.
    """

    output: bytes
    rejected: bytes
    first_rejected: str
    first_error: str
    ids: bytes
    groups: bytes
    counts: Counts

    @staticmethod
    def join(results: "list[ChunkResult]", packing: str) -> "ChunkResult":
        """Put the unpacked results of a chunk's pieces together."""
        counts = Counts()
        for result in results:
            counts.add(result.counts)
        output = b"".join(result.output for result in results)
        counts.total = add_up(output)  # to the last bit what the chunk as a whole would have given
        return ChunkResult(
            pack(output, packing),
            b"".join(result.rejected for result in results),
            next((r.first_rejected for r in results if r.first_rejected), ""),
            next((r.first_error for r in results if r.first_error), ""),
            b"".join(result.ids for result in results),
            b"".join(result.groups for result in results),
            counts,
        )


class Paid(msgspec.Struct, frozen=True):
    """What is read of a scored line to add rewards up."""

    reward: float | None


def add_up(output: bytes) -> float:
    r"""Sum of the rewards of unpacked scored lines, in their order.

    >>> add_up(b'{"reward": 0.5}\n{"reward": null}\n')
    0.5
    """
    decoder = msgspec.json.Decoder(Paid)
    total = 0.0
    for line in output.splitlines():  # `sum` rounds otherwise, from Python 3.12 on
        total += decoder.decode(line).reward or 0.0
    return total


def pack(data: bytes, packing: str) -> bytes:
    """Pack some lines as one member; members stand one after the other in the file.

    For Parquet, which can't be written in pieces, a member is a stream of Arrow's IPC format.
    """
    if not data or not packing:
        return data
    if packing == "gz":
        return gzip.compress(data, compresslevel=6, mtime=0)
    if packing == PARQUET:
        return encode_lines(data)
    return zstandard.compress(data)


def hash_text(text: str) -> bytes:
    """A short hash to compare ids by."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=HASH_BYTES).digest()


def hash_runs(rollouts: list[Rollout]) -> bytes:
    """A hash for each run of neighbours of the same group."""
    runs = bytearray()
    previous: str | None = None
    for rollout in rollouts:
        if rollout.group != previous:
            runs += hash_text(rollout.group)
            previous = rollout.group
    return bytes(runs)
