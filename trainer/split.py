"""Questions to train on, and questions never trained on."""

import hashlib

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.formats import read_renamings
from rewardkit.generation.questions import read_questions
from rewardkit.trainer.recipe import Data
from rewardkit.types import Rollout


class Split(msgspec.Struct, frozen=True):
    """Questions to train on, and questions never trained on."""

    train: list[Rollout]
    held_out: list[Rollout]


def split_questions(data: Data, seed: int) -> Split:
    """Read the data and set the held-out questions aside, whole groups at a time.

    Whether a group is held out depends on its name and the seed alone: more data moves none of the
    groups that were there.

    Raises:
        ConfigError: When one of the two comes out empty, or a group is in both.
    """
    places = read_renamings(None, [f"{name}={place}" for name, place in data.fields.items()])
    train = read_questions(data.train, places)
    if isinstance(data.held_out, list):
        held_out = read_questions(data.held_out, places)
        shared = {row.group for row in train} & {row.group for row in held_out}
        if shared:
            name = min(shared)
            raise ConfigError(
                f"data.held_out: expected groups that are not in train, got {len(shared)} that "
                f"are, such as {name!r}"
            )
        return Split(train, held_out)
    if not 0.0 <= data.held_out < 1.0:
        raise ConfigError(f"data.held_out: expected a share in [0, 1), got {data.held_out}")
    apart = {row.group for row in train if _draw(row.group, seed) < data.held_out}
    split = Split(
        [row for row in train if row.group not in apart],
        [row for row in train if row.group in apart],
    )
    if not split.train or (data.held_out and not split.held_out):
        raise ConfigError(
            f"data.held_out: expected questions on both sides of a share of {data.held_out}, got "
            f"{len(split.train)} to train on and {len(split.held_out)} held out: give more data "
            "or files"
        )
    return split


def _draw(group: str, seed: int) -> float:
    """A number in [0, 1) that depends on the group's name and the seed alone."""
    digest = hashlib.sha256(f"{seed}\0{group}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
