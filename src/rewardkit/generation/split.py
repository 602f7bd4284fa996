"""Questions to train on, and questions never trained on."""

import hashlib
import os
from collections.abc import Iterable

import msgspec

from rewardkit.decoding import default_group
from rewardkit.errors import ConfigError
from rewardkit.formats import Places, read_renamings
from rewardkit.generation.questions import Source, read_questions
from rewardkit.types import Rollout


class Data(msgspec.Struct, frozen=True, kw_only=True):
    """The questions.

    Attributes:
        train: JSONL files in rewardkit's format, with relative image paths from the file; or data
            sets, such as `{dataset: ID_OR_FOLDER, split: train}`.
        held_out: Files or data sets of questions that are never trained on, or the share of the
            groups of `train`, in [0, 1), that is set aside.
        fields: Where a field stands in the files, such as `{reference: solution}`.
    """

    train: list[Source]
    held_out: list[Source] | float = 0.1
    fields: dict[str, str] = {}

    @property
    def places(self) -> Places:
        """The renamings.

        Raises:
            ConfigError: For a field that rollouts don't have.
        """
        return read_renamings(None, [f"{name}={place}" for name, place in self.fields.items()])


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
    train = read_questions(data.train, data.places)
    if isinstance(data.held_out, list):
        held_out = read_questions(data.held_out, data.places)
        shared = names_of(train) & names_of(held_out)
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


def names_of(rows: Iterable[Rollout]) -> set[str]:
    """What tells questions apart: their groups, and the words and images of those with images.

    Where an image lies counts, not what it is called from there: two files may be in two folders.

    >>> row = Rollout(completion="", group="g", prompt="What is it?", images=["/a/../b.png"])
    >>> same = Rollout(completion="", group="h", prompt="What is it?", images=["/b.png"])
    >>> len(names_of([row]) & names_of([same]))
    1
    """
    shown = [[row.prompt, *map(_place, row.images)] for row in rows if row.images]
    return {row.group for row in rows} | {default_group(one, "") for one in shown}


def _place(image: object) -> object:
    """Where an image is: its path, in one way; the bytes of one in memory."""
    if isinstance(image, dict):
        image = image.get("bytes") or image.get("path")
    return os.path.normpath(image) if isinstance(image, str) else image


def _draw(group: str, seed: int) -> float:
    """A number in [0, 1) that depends on the group's name and the seed alone."""
    digest = hashlib.sha256(f"{seed}\0{group}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
