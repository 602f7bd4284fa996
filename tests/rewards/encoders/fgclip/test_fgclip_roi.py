"""RoIAlign to one bin, beside torchvision's."""

import warnings

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.rewards.encoders.fgclip.roi import boxes_in_cells, region_means
from rewardkit.rewards.encoders.units import unit_features

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what torchvision's import says is not about us
    from torchvision.ops import roi_align

corner = st.floats(-6, 15, width=32)


def slow_means(feature_map: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
    grid = feature_map.permute(2, 0, 1)[None].contiguous()
    found: torch.Tensor = roi_align(grid, [boxes], output_size=1, sampling_ratio=-1, aligned=True)
    return found.flatten(1)


@given(
    boxes=st.lists(st.tuples(corner, corner, corner, corner), min_size=1, max_size=8),
    rows=st.integers(1, 9),
    columns=st.integers(1, 9),
    seed=st.integers(0, 100),
)
def test_agrees_with_torchvision(
    boxes: list[tuple[float, float, float, float]], rows: int, columns: int, seed: int
) -> None:
    feature_map = torch.randn(rows, columns, 3, generator=torch.Generator().manual_seed(seed))
    # Sides turned round in one direction only are of no area here, and of 1 bin there.
    corners = torch.tensor([(min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in boxes])
    found = region_means(feature_map, corners)
    torch.testing.assert_close(found, slow_means(feature_map, corners), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "box"),
    [
        ("no area", (1, 1, 1, 2)),
        ("a point", (1, 1, 1, 1)),
        ("turned round", (3, 3, 1, 1)),
        ("turned round in x", (3, 1, 1, 3)),
        ("outside", (50, 50, 60, 60)),
        ("outside on the other side", (-60, -60, -50, -50)),
        ("NaN", (float("nan"), 0, 1, 1)),
        ("infinite", (0, 0, float("inf"), 1)),
    ],
)
def test_boxes_that_cover_nothing(name: str, box: tuple[float, ...]) -> None:
    found = region_means(torch.ones(4, 4, 2), torch.tensor([box, (0, 0, 4, 4)]))
    assert found.tolist() == [[0.0, 0.0], [1.0, 1.0]], name


@pytest.mark.parametrize("size", [1e3, 1e5, 1e6, 1e9, 1e30, 3e38])
def test_huge_box_costs_no_more(size: float) -> None:
    """The map's share of the box shrinks with its size; nothing is made as large as the box."""
    found = region_means(torch.ones(4, 4, 1), torch.tensor([[-size, -size, size, size]]))
    assert 0 <= found.item() <= (7 / min(size, 1e6)) ** 2


def test_no_boxes() -> None:
    assert region_means(torch.ones(2, 2, 5), torch.zeros(0, 4)).shape == (0, 5)


def test_half_precision_maps_are_read_as_float32() -> None:
    feature_map = torch.randn(3, 3, 4, generator=torch.Generator().manual_seed(0)).bfloat16()
    boxes = torch.tensor([[0.2, 0.1, 2.7, 1.9]])
    found = region_means(feature_map, boxes)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, slow_means(feature_map.float(), boxes))


def test_pixels_to_cells_scale_each_side() -> None:
    boxes = torch.tensor([[0.0, 0.0, 640.0, 480.0], [320.0, 120.0, 640.0, 240.0]]).numpy()
    found = boxes_in_cells(boxes, (640, 480), torch.zeros(3, 8, 1))
    assert found.tolist() == [[0, 0, 8, 3], [4, 0.75, 8, 1.5]]


def test_zeros_stay_zeros_and_nan_stays_nan() -> None:
    rows = torch.tensor([[0.0, 0.0], [float("nan"), 1.0], [-2.0, 0.0]])
    found = unit_features(rows)
    assert found[0].tolist() == [0, 0] and found[2].tolist() == [-1, 0]
    assert bool((found[1] != found[1]).any())
