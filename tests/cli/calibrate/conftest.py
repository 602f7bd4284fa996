"""Rows whose captions the tiny encoder does tell apart, because they were chosen so."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
import torch
from tiny_clip import clip_folder, picture

from rewardkit.analysis.drawing import draw_rollouts
from rewardkit.engine.image_paths import folder_of, with_absolute_images
from rewardkit.rewards.encoders import TransformersClip, shared_encoder
from rewardkit.types import Rollout

Calibrate: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]
IMAGES = 24


def best_captions() -> list[str]:
    """For each picture the words whose cosine stands out most from what others have there."""
    torch.set_num_threads(1)
    encoder = shared_encoder(TransformersClip(model=clip_folder()))
    draw = torch.Generator().manual_seed(1)
    letters = torch.randint(0, 26, (600, 6), generator=draw).tolist()
    words = ["".join(chr(ord("a") + letter) for letter in row) for row in letters]
    texts = encoder.encode_texts(words)
    images = encoder.encode_images([picture(number) for number in range(IMAGES)])
    cosines = torch.from_numpy(images @ texts.T)
    margin = cosines - cosines.mean(0, keepdim=True)
    margin = torch.where(cosines > 0.0, margin, torch.full_like(margin, -1.0))
    captions = []
    for row in margin:
        place = int(row.argmax())
        captions.append(words[place])
        margin[:, place] = -1.0
    return captions


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `x.jsonl` and its images: two replies an image, one of them the right words."""
    folder = tmp_path_factory.mktemp("calibrate")
    with (folder / "x.jsonl").open("w") as stream:
        for number, words in enumerate(best_captions()):
            picture(number).save(folder / f"{number}.png")
            row = {"prompt": "Describe.", "images": [f"{number}.png"], "reference": words}
            for reply in (words, f" {words}\n"):
                stream.write(json.dumps({**row, "completion": reply}) + "\n")
    return folder


@pytest.fixture(scope="session")
def rows(data: Path) -> list[Rollout]:
    """The same rows as the command reads them."""
    path = str(data / "x.jsonl")
    drawn = draw_rollouts([path], {}, limit=1000, seed=0)
    return [with_absolute_images(rollout, folder_of(path)) for _, rollout in drawn.rollouts]


@pytest.fixture
def calibrate(data: Path) -> Calibrate:
    """The real command, run in the folder of the data."""

    def run(*args: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "rewardkit", "calibrate", *map(str, args)]
        return subprocess.run(command, capture_output=True, text=True, cwd=data, timeout=120)

    return run
