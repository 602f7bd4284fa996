"""Overlap and distance of boxes, beside torchvision's and counted pixels."""

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.verifiers.geometry.shapes import (
    Box,
    area,
    corner_distance,
    generalized_overlap,
    is_inside,
    overlap,
)

SIDES = st.integers(0, 30)
BOXES: st.SearchStrategy[Box] = st.builds(
    lambda x, y, w, h: (float(x), float(y), float(x + w), float(y + h)),
    *(SIDES, SIDES, st.integers(1, 30), st.integers(1, 30)),
)
COORDINATES = st.floats(-1e7, 1e7)
LENGTHS = st.floats(1e-6, 1e7)
FLOAT_BOXES: st.SearchStrategy[Box] = st.builds(
    lambda x, y, w, h: (x, y, x + w, y + h), COORDINATES, COORDINATES, LENGTHS, LENGTHS
).filter(lambda box: box[2] > box[0] and box[3] > box[1])


@pytest.mark.parametrize(
    ("name", "one", "other", "iou", "inclusive", "giou"),
    [
        ("the same", (0, 0, 4, 4), (0, 0, 4, 4), 1.0, 1.0, 1.0),
        ("half", (0, 0, 4, 4), (0, 0, 4, 2), 0.5, 15 / 25, 0.5),
        ("inside", (0, 0, 4, 4), (1, 1, 3, 3), 0.25, 9 / 25, 0.25),
        ("touching at an edge", (0, 0, 2, 2), (2, 0, 4, 2), 0.0, 3 / 15, 0.0),
        ("touching at a corner", (0, 0, 2, 2), (2, 2, 4, 4), 0.0, 1 / 17, -0.5),
        ("apart", (0, 0, 1, 1), (3, 0, 4, 1), 0.0, 0.0, -0.5),
        ("one pixel", (5, 5, 5, 5), (5, 5, 5, 5), 0.0, 1.0, 0.0),
        ("line in a box", (0, 0, 4, 4), (0, 2, 4, 2), 0.0, 5 / 25, 0.0),
        ("huge", (0, 0, 1e7, 1e7), (0, 0, 1e7, 5e6), 0.5, 0.5, 0.5),
        ("negative", (-4, -4, 0, 0), (-4, -4, 0, -2), 0.5, 15 / 25, 0.5),
    ],
)
def test_overlap(
    name: str, one: Box, other: Box, iou: float, inclusive: float, giou: float
) -> None:
    assert overlap(one, other) == pytest.approx(iou), name
    assert overlap(one, other, inclusive=True) == pytest.approx(inclusive, abs=1e-6), name
    assert generalized_overlap(one, other) == pytest.approx(giou), name


@given(one=BOXES, other=BOXES)
def test_equals_counted_pixels(one: Box, other: Box) -> None:
    """An independent definition: count the cells, and the pixels, that each box covers."""

    def cells(box: Box, more: int) -> set[tuple[int, int]]:
        x1, y1, x2, y2 = map(int, box)
        return set(product(range(x1, x2 + more), range(y1, y2 + more)))

    for inclusive in (False, True):
        a, b = cells(one, inclusive), cells(other, inclusive)
        assert overlap(one, other, inclusive) == pytest.approx(len(a & b) / len(a | b))
        assert area(one, inclusive) == len(a)


@pytest.mark.slow  # imports torch
@given(boxes=st.lists(BOXES, min_size=1, max_size=6), others=st.lists(BOXES, min_size=1))
def test_equals_torchvision(boxes: list[Box], others: list[Box]) -> None:
    import torch
    from torchvision.ops import box_iou, generalized_box_iou

    left, right = (torch.tensor(some, dtype=torch.float64) for some in (boxes, others))

    ours = torch.tensor([[overlap(a, b) for b in others] for a in boxes], dtype=torch.float64)
    torch.testing.assert_close(ours, box_iou(left, right), rtol=0, atol=1e-12)
    ours = torch.tensor(
        [[generalized_overlap(a, b) for b in others] for a in boxes], dtype=torch.float64
    )
    torch.testing.assert_close(ours, generalized_box_iou(left, right), rtol=0, atol=1e-12)


@given(one=FLOAT_BOXES, other=FLOAT_BOXES, inclusive=st.booleans())
def test_range_symmetry_and_identity(one: Box, other: Box, inclusive: bool) -> None:
    iou = overlap(one, other, inclusive)
    giou = generalized_overlap(one, other, inclusive)

    assert 0.0 <= iou <= 1.0
    assert -1.0 <= giou <= iou
    assert iou == overlap(other, one, inclusive)
    assert giou == generalized_overlap(other, one, inclusive)
    assert overlap(one, one, inclusive) == 1.0
    assert generalized_overlap(one, one, inclusive) == 1.0


@given(one=BOXES, other=BOXES, x=st.integers(-99, 99), y=st.integers(-99, 99))
def test_moving_both_boxes_changes_nothing(one: Box, other: Box, x: int, y: int) -> None:
    here, there = ((b[0] + x, b[1] + y, b[2] + x, b[3] + y) for b in (one, other))

    assert overlap(here, there) == overlap(one, other)
    assert corner_distance(here, there) == corner_distance(one, other)


@given(one=FLOAT_BOXES, other=FLOAT_BOXES)
def test_corner_distance(one: Box, other: Box) -> None:
    distance = corner_distance(one, other)

    assert distance == corner_distance(other, one) >= 0
    assert math.isfinite(distance)
    assert corner_distance(one, one) == 0


@pytest.mark.parametrize(
    ("point", "inside"),
    [((0, 0), True), ((4, 4), True), ((2, 4), True), ((4.001, 2), False), ((2, -1), False)],
)
def test_a_point_on_the_edge_is_inside(point: tuple[float, float], inside: bool) -> None:
    assert is_inside(point, (0, 0, 4, 4)) is inside
