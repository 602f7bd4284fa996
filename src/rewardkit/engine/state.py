"""How far a run has come, and what takes its results."""

from typing import Annotated, Literal, Protocol, TypeAlias

import msgspec

from rewardkit.engine.chunks import Position
from rewardkit.engine.repeats import Repeats
from rewardkit.engine.results import HASH_BYTES, ChunkResult, Counts

Size: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
Hashed: TypeAlias = Literal["ids", "groups"]
"""What leaves a hash, by which repeats are found."""


class State(msgspec.Struct):
    """How far a run has come.

    Attributes:
        position: Where in the inputs the next chunk begins.
        output: Bytes of scored lines.
        rejected: Bytes of rejected lines.
        groups: Runs of rollouts of one group, each with a hash.
        counts: What happened to the lines; each rollout has a hash of its id.
        first_rejected: The first rejected line, for a person.
        first_error: The first row that the reward failed on.
    """

    position: Position = Position()
    output: Size = 0
    rejected: Size = 0
    groups: Size = 0
    counts: Counts = msgspec.field(default_factory=Counts)
    first_rejected: str = ""
    first_error: str = ""

    def move_on(self, position: Position, result: ChunkResult) -> None:
        """Take one more chunk into account."""
        self.position = position
        self.output += len(result.output)
        self.rejected += len(result.rejected)
        self.groups += len(result.groups) // HASH_BYTES
        self.counts.add(result.counts)
        self.first_rejected = self.first_rejected or result.first_rejected
        self.first_error = self.first_error or result.first_error

    def hashes(self, what: Hashed) -> int:
        """Number of hashes of ids or groups."""
        return self.groups if what == "groups" else self.counts.rollouts

    def sizes(self) -> dict[str, int]:
        """Bytes that each file of an unfinished run has at least."""
        return {
            "output": self.output,
            "rejected": self.rejected,
            "ids": self.hashes("ids") * HASH_BYTES,
            "groups": self.hashes("groups") * HASH_BYTES,
        }


class Sink(Protocol):
    """Takes the results of chunks in order."""

    state: State

    def write(self, position: Position, result: ChunkResult) -> None:
        """Take one more chunk; `position` is where the next begins."""

    def repeats(self, what: Hashed) -> Repeats:
        """Search the ids or groups written so far for repeats."""

    def finish(self, meta: bytes) -> None:
        """Make the output appear, with its side-car."""

    def discard(self) -> None:
        """Leave nothing that could be taken for a result."""

    def close(self) -> None:
        """Let go of files; what is unfinished stays for `--resume`."""
