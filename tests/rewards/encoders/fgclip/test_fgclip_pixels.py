"""Preprocessing equals the released one, and depends on the image alone."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from rewardkit.rewards.encoders.fgclip.pixels_v1 import normalised_squares, square_pixels
from rewardkit.rewards.encoders.fgclip.pixels_v2 import (
    cut_patches,
    grid_shape,
    padded_patches,
    patch_budget,
)

Tensors = dict[str, torch.Tensor]
CPU = torch.device("cpu")


def test_v1_square_is_exact(golden1: Tensors) -> None:
    image = Image.fromarray(golden1["preprocess_rgb"].numpy())
    found = normalised_squares([square_pixels(image, 32)], CPU)
    assert found.equal(golden1["preprocess_pixel_values"])


@pytest.mark.parametrize(
    ("name", "patch", "budget", "length"), [("fixed", 16, 24, 24), ("dynamic", 8, None, 128)]
)
def test_v2_patches_are_exact(
    golden2: Tensors, name: str, patch: int, budget: int | None, length: int
) -> None:
    images = [Image.fromarray(golden2[f"proc_rgb_{number}"].numpy()) for number in (0, 1)]
    cut = [cut_patches(image, patch, budget) for image in images]
    pixels, real = padded_patches(cut, CPU, length)
    assert pixels.equal(golden2[f"proc_{name}_pixel_values"])
    want = golden2[f"proc_{name}_pixel_attention_mask"]
    assert want.all() if real is None else real.int().equal(want)
    assert (real is None) == (name == "fixed")
    assert [list(one.shape) for one in cut] == golden2[f"proc_{name}_spatial_shapes"].tolist()
    assert all(one.budget == length for one in cut)


def test_v2_sizes_are_exact(golden2: Tensors) -> None:
    for height, width, patch, budget, *want in golden2["proc_size_cases"].tolist():
        rows, columns = grid_shape(height, width, patch, budget)
        assert [rows * patch, columns * patch] == want, (height, width, patch, budget)
    for height, width, patch, budget in golden2["proc_bucket_cases"].tolist():
        assert patch_budget(height, width, patch) == budget, (height, width, patch)


@given(
    height=st.integers(1, 100_000),
    width=st.integers(1, 100_000),
    patch=st.integers(1, 64),
)
def test_any_size_fits_its_budget(height: int, width: int, patch: int) -> None:
    budget = patch_budget(height, width, patch)
    rows, columns = grid_shape(height, width, patch, budget)
    assert rows >= 1 and columns >= 1
    assert rows * columns <= budget


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (7, 5), (2000, 2000)])
def test_odd_sizes_are_prepared(size: tuple[int, int]) -> None:
    image = Image.new("RGB", size, (10, 200, 30))
    cut = cut_patches(image, 16)
    assert cut.pixels.shape == (cut.rows * cut.columns, 3 * 16 * 16)
    assert np.unique(cut.pixels.reshape(-1, 3), axis=0).tolist() == [[10, 200, 30]]
    square = square_pixels(image, 48)
    assert square.pixels.shape == (48, 48, 3)
    assert square.nbytes == 48 * 48 * 3 * 4
    assert cut.nbytes == cut.budget * 3 * 16 * 16 * 4


def test_order_inside_a_patch() -> None:
    """Row, column, channel: the first patch of two holds the left half."""
    pixels = np.arange(2 * 4 * 3, dtype=np.uint8).reshape(2, 4, 3)
    cut = cut_patches(Image.fromarray(pixels), 2, budget=2)
    assert cut.shape == (1, 2)
    assert cut.pixels[0].tolist() == pixels[:, :2].ravel().tolist()
    assert cut.pixels[1].tolist() == pixels[:, 2:].ravel().tolist()
