"""Which replies are fit to learn from: those that pass every filter of a warm-up."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec

from rewardkit.generation.generate import open_images
from rewardkit.templates import Template
from rewardkit.types import Rollout

Fault: TypeAlias = Literal["no_reply", "phrase", "form", "small"]
"""Why a row is left out."""

FAULTS: tuple[Fault, ...] = ("no_reply", "phrase", "form", "small")


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What a row has to be.

    Attributes:
        template: The layout that its reply keeps; None for any.
        forbidden: Phrases that its reply has none of, in any case.
        min_image_side: In pixels; none of its images has a smaller one.
    """

    template: Template | None = None
    forbidden: Sequence[str] = ()
    min_image_side: int = 0


def find_fault(row: Rollout, filters: Filters) -> Fault | None:
    """The first filter that a row doesn't pass, None where it passes all.

    Raises:
        RolloutError: For an image that can't be read, where sides matter.

    >>> find_fault(Rollout(completion="Let me Rethink it."), Filters(forbidden=["rethink"]))
    'phrase'
    """
    text = row.text.lower()
    if not text.strip():
        return "no_reply"
    if any(phrase.lower() in text for phrase in filters.forbidden):
        return "phrase"
    if filters.template is not None and filters.template.parse(row.text).faults:
        return "form"
    if filters.min_image_side and row.images:
        sides = [side for image in open_images(row) for side in image.size]
        return "small" if min(sides) < filters.min_image_side else None
    return None
