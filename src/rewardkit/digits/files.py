"""What the `digits` recipe runs on, as files: a tiny model and questions with images inside."""

import base64
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rewardkit.digits.tiny_vlm import write_tiny_vlm
from rewardkit.digits.world import Row, draw_rows

if TYPE_CHECKING:
    from PIL.Image import Image

MODEL: Final = "model"
DEMONSTRATIONS: Final = "demonstrations.jsonl"
TRAIN: Final = "train.jsonl"
TEST: Final = "test.jsonl"

DEMONSTRATION_ROWS: Final = 6000
BLANK_ROWS: Final = 3000
"""Demonstrations without anything to see, of which arithmetic alone is learned."""
TRAIN_ROWS: Final = 4000
TEST_ROWS: Final = 600


def write_digits(folder: Path, seed: int) -> None:
    """Write the model's folder, demonstrations, questions to train on and questions to test on.

    Args:
        folder: Where to; it is made.
        seed: Of the model's weights and of all that is drawn; which scans are for demonstrations,
            training and testing is the same for every seed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_tiny_vlm(folder / MODEL, seed)
    seen = draw_rows("demonstrations", DEMONSTRATION_ROWS, seed)
    blank = draw_rows("demonstrations", BLANK_ROWS, seed + 1, shift="blank")
    write_rows(folder / DEMONSTRATIONS, [*seen, *blank])
    write_rows(folder / TRAIN, draw_rows("rl", TRAIN_ROWS, seed))
    write_rows(folder / TEST, draw_rows("test", TEST_ROWS, seed))


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as JSONL, their images as data URIs: one file holds all of them."""
    with path.open("w", encoding="utf-8") as stream:
        for row in rows:
            images = [data_uri(image) for image in row["images"]]
            stream.write(json.dumps(row | {"images": images}) + "\n")


def data_uri(image: "Image") -> str:
    """An image as PNG in a data URI.

    >>> from PIL import Image
    >>> data_uri(Image.new("RGB", (2, 1)))[:22]
    'data:image/png;base64,'
    """
    packed = io.BytesIO()
    image.save(packed, "PNG")
    return "data:image/png;base64," + base64.b64encode(packed.getvalue()).decode()
