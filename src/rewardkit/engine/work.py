"""What is to be scored, in a form that can be sent anywhere."""

import os

import msgspec

from rewardkit.decoding import Violation, decode_rollout
from rewardkit.engine.chunks import GroupOf
from rewardkit.engine.rows import Job


class Work(msgspec.Struct, frozen=True):
    """What is to be scored, and by how many.

    Attributes:
        paths: Files, one after the other; as bytes, for a path needs not be text.
        config: The reward's configuration as JSON.
        job: What is done to every line.
        workers: Processes that score; 0 leaves it to the engine.
        versions: The versions that decide what the reward is, by package.
    """

    paths: tuple[bytes, ...]
    config: bytes
    job: Job
    workers: int
    versions: dict[str, str] = {}

    @property
    def inputs(self) -> tuple[str, ...]:
        """The files as Python names them."""
        return tuple(map(os.fsdecode, self.paths))

    def group_of(self) -> GroupOf | None:
        """The function that finds a line's group, for rewards that look at whole groups."""
        return group_finder(self.job.places) if self.job.whole_groups else None


def group_finder(places: dict[str, tuple[str, ...]]) -> GroupOf:
    """Make the function that finds a line's group."""

    def group_of(line: bytes, number: int) -> str | None:
        rollout = decode_rollout(line, places, str(number))
        return None if isinstance(rollout, Violation) else rollout.group

    return group_of
