"""Images of questions as a column of `datasets`, opened when a batch needs them."""

import io
from collections.abc import Sequence
from typing import Any

import msgspec

from rewardkit.generation.generate import open_images
from rewardkit.rewards.images.naming import scheme_of
from rewardkit.types import Rollout


def add_images(dataset: Any, rows: Sequence[Rollout]) -> Any:  # noqa: ANN401 - has no types
    """Add the questions' images as the column `images`.

    Args:
        dataset: With one row a question.
        rows: The questions.

    Raises:
        RolloutError: For an image that is neither a file nor an image file's bytes, and can't be
            read.
    """
    from datasets import Image, List

    column = [[image_cell(row, i) for i in range(len(row.images))] for row in rows]
    return dataset.add_column("images", column, feature=List(Image(mode="RGB")))


def image_cell(row: Rollout, i: int) -> dict[str, Any]:
    """An image as `datasets` keeps it: the path of its file, or its bytes."""
    image = row.images[i]
    if isinstance(image, dict) and image.get("bytes") is not None:
        return {"path": None, "bytes": image["bytes"]}
    path = image.get("path") if isinstance(image, dict) else image
    if isinstance(path, str) and not scheme_of(path):
        return {"path": path, "bytes": None}
    (opened,) = open_images(msgspec.structs.replace(row, images=[image]))
    packed = io.BytesIO()
    opened.save(packed, "PNG")
    return {"path": None, "bytes": packed.getvalue()}
