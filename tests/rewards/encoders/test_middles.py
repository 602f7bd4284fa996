"""Very long images: what is left of them has the same middle."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from rewardkit.rewards.encoders.middles import MAX_ASPECT, middle
from rewardkit.rewards.encoders.openclip_towers import OpenClipTowers
from rewardkit.rewards.encoders.transformers_towers import TransformersTowers


@given(long=st.integers(1, 2_000), short=st.integers(1, 12), upright=st.booleans())
def test_as_much_is_off_either_end(long: int, short: int, upright: bool) -> None:
    shape = (long, short) if upright else (short, long)
    columns = np.arange(long) % 256
    pixels = np.broadcast_to(columns[:, None] if upright else columns, shape).astype(np.uint8)

    found = np.asarray(middle(Image.fromarray(pixels)))

    axis = 0 if upright else 1
    off = long - found.shape[axis]
    if long <= short * MAX_ASPECT:
        assert off == 0
    else:
        assert off % 2 == 0 and short * MAX_ASPECT <= found.shape[axis] <= short * MAX_ASPECT + 1
    first = (found[:, 0] if upright else found[0])[0]
    assert first == off // 2 % 256
    assert found.shape[1 - axis] == shape[1 - axis]


STRIP = Image.new("RGB", (20_000, 1))
ANY: Any = None


def test_a_processor_that_crops_is_handed_the_middle() -> None:
    seen = []

    def processor(pixels: Any, **options: object) -> dict[str, torch.Tensor]:  # noqa: ANN401 - an array
        seen.append(pixels.shape)
        return {"pixel_values": torch.zeros(1, 3, 2, 2)}

    made: Any = processor
    for shortest in (24, None):  # one that doesn't crop is handed all
        made.size = SimpleNamespace(shortest_edge=shortest)
        TransformersTowers(ANY, made, ANY, lower=False).prepare(STRIP)
    assert seen == [(1, MAX_ASPECT, 3), (1, 20_000, 3)]


def test_so_is_open_clips() -> None:
    seen = []

    def prepare(image: Image.Image) -> torch.Tensor:
        seen.append(image.size)
        return torch.zeros(3, 2, 2)

    for config in ({}, {"resize_mode": "shortest"}, {"resize_mode": "squash"}):
        model: Any = torch.nn.Module()
        model.visual = SimpleNamespace(preprocess_cfg=config)
        OpenClipTowers(model, prepare, ANY, ANY, ANY).prepare(STRIP)
    assert seen == [(MAX_ASPECT, 1), (MAX_ASPECT, 1), (20_000, 1)]
