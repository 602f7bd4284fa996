"""Images of questions as a column of `datasets`, opened when a batch needs them."""

import io
from collections.abc import Sequence
from typing import Any

import msgspec

from rewardkit.generation.generate import open_images
from rewardkit.rewards.images.naming import scheme_of
from rewardkit.types import Rollout

ALIKE = ("1", "L", "P", "RGB", "CMYK")
"""Modes of Pillow that become RGB in one way."""


def add_images(dataset: Any, rows: Sequence[Rollout]) -> Any:  # noqa: ANN401 - has no types
    """Add the questions' images as the column `images`.

    Args:
        dataset: With one row a question.
        rows: The questions.

    Raises:
        RolloutError: For an image that can't be read.
    """
    from datasets import Image, List

    column = [[image_cell(row, i) for i in range(len(row.images))] for row in rows]
    return dataset.add_column("images", column, feature=List(Image(mode="RGB")))


def image_cell(row: Rollout, i: int) -> dict[str, Any]:
    """An image as `datasets` keeps it: the path of its file, or its bytes.

    One that `datasets` would show otherwise than evaluations and rewards see it is decoded here.
    """
    image = row.images[i]
    data = image.get("bytes") if isinstance(image, dict) else None
    path = image.get("path") if isinstance(image, dict) else image
    if data is not None and shows_alike(io.BytesIO(data)):
        return {"path": None, "bytes": data}
    if data is None and isinstance(path, str) and not scheme_of(path) and shows_alike(path):
        return {"path": path, "bytes": None}
    (opened,) = open_images(msgspec.structs.replace(row, images=[image]))
    packed = io.BytesIO()
    opened.save(packed, "PNG")
    return {"path": None, "bytes": packed.getvalue()}


def shows_alike(image: str | io.BytesIO) -> bool:
    """Whether `datasets` sees in an image file what we see: transparency and 16 bits it does not.

    Only the beginning of the file is read; False for one that is no image.
    """
    from PIL import Image

    try:
        with Image.open(image) as opened:
            return opened.mode in ALIKE and not opened.has_transparency_data
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
