"""Images as a column of `datasets`: training sees what evaluations and rewards see."""

from pathlib import Path
from typing import Any

import datasets
import numpy as np
import pytest
from PIL import Image

from rewardkit.errors import RolloutError
from rewardkit.generation.columns import add_images
from rewardkit.generation.generate import open_images
from rewardkit.types import Rollout

IMAGES = {
    "rgb": Image.new("RGB", (3, 2), (1, 2, 3)),
    "grey": Image.new("L", (3, 2), 7),
    "clear": Image.new("RGBA", (3, 2), (0, 0, 0, 0)),
    "grey and clear": Image.new("LA", (3, 2), (0, 9)),
    "16 bits": Image.fromarray(np.full((2, 3), 30_000, np.uint16)),
}


def trained_on(row: Rollout) -> list[Any]:
    dataset = add_images(datasets.Dataset.from_dict({"row": [0]}), [row])
    return list(dataset[0]["images"])


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", IMAGES)
def test_the_same_picture_in_training_and_evaluation(
    name: str, packed: bool, tmp_path: Path
) -> None:
    path = tmp_path / "i.png"
    IMAGES[name].save(path)
    held: object = {"bytes": path.read_bytes(), "path": None} if packed else str(path)
    row = Rollout(completion="", images=[held])
    (trained,), (seen,) = trained_on(row), open_images(row)
    assert trained.mode == seen.mode == "RGB"
    assert trained.tobytes() == seen.tobytes()


def test_a_file_that_is_no_image_is_said_with_its_question(tmp_path: Path) -> None:
    (tmp_path / "i.png").write_text("no image")
    with pytest.raises(RolloutError, match="question 'q': "):
        trained_on(Rollout(completion="", id="q", images=[str(tmp_path / "i.png")]))
