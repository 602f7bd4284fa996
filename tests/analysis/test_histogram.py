"""The histogram: exact where it can be, bounded where it can't."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.analysis.histogram import BLOCKS, Histogram, bars


def filled(values: list[float], max_cells: int = 4096) -> Histogram:
    histogram = Histogram(max_cells)
    for value in values:
        histogram.add(value)
    return histogram


@pytest.mark.parametrize(
    ("values", "low", "high", "bins", "wanted"),
    [
        pytest.param([], 0.0, 1.0, 3, [0], id="nothing"),
        pytest.param([2.0, 2.0], 2.0, 2.0, 3, [2], id="all equal"),
        pytest.param([0.0, 1.0, 1.0], 0.0, 1.0, 2, [1, 2], id="zeros and ones"),
        pytest.param([0.1 * i for i in range(10)] + [1.0], 0.0, 1.0, 10, [1] * 9 + [2], id="edges"),
        pytest.param([-1.0, -0.5, 0.0], -1.0, 0.0, 2, [1, 2], id="negative"),
        pytest.param([1e-300, 2e-300], 1e-300, 2e-300, 2, [2, 0], id="below the grid"),
        pytest.param([-1e100, 1e100], -1e100, 1e100, 2, [1, 1], id="huge"),
    ],
)
def test_counts(values: list[float], low: float, high: float, bins: int, wanted: list[int]) -> None:
    assert filled(values).counts(low, high, bins) == wanted


@given(st.lists(st.integers(-100, 100), min_size=2, max_size=60))
def test_whole_numbers_fall_where_they_belong(values: list[int]) -> None:
    low, high = min(values), max(values)
    numbers = [float(value) for value in values]
    found = filled(numbers).counts(float(low), float(high), 10)
    if low == high:
        assert found == [len(values)]
        return
    wanted = [0] * 10
    for value in values:
        wanted[min((value - low) * 10 // (high - low), 9)] += 1
    assert found == wanted


@given(
    st.lists(st.floats(-1e100, 1e100), min_size=1, max_size=80), st.randoms(use_true_random=False)
)
def test_order_does_not_matter_and_nothing_is_lost(
    values: list[float], shuffler: random.Random
) -> None:
    mixed = list(values)
    shuffler.shuffle(mixed)
    low, high = min(values), max(values)
    found = filled(values, max_cells=8).counts(low, high)
    assert found == filled(mixed, max_cells=8).counts(low, high)
    assert sum(found) == len(values)


def test_number_just_below_zero_stays_below_zero_on_a_coarse_grid() -> None:
    wide = [k * 1e99 for k in range(-8, 9)]

    counts = filled([-5e-324, *wide], 8).counts(-8e99, 8e99)
    assert counts == filled([*wide, -5e-324], 8).counts(-8e99, 8e99)


def test_memory_is_bounded_and_the_picture_stays_right() -> None:
    drawn = random.Random(1)
    histogram = filled([drawn.random() for _ in range(5000)], max_cells=256)
    assert len(histogram._cells) <= 256
    assert all(400 < count < 600 for count in histogram.counts(0.0, 1.0))


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        pytest.param([], "", id="nothing"),
        pytest.param([0, 0], "  ", id="zeros"),
        pytest.param([7], "█", id="one"),
        pytest.param([1, 1_000_000], "▁█", id="a single row is seen"),
    ],
)
def test_bars(counts: list[int], wanted: str) -> None:
    assert bars(counts) == wanted


@given(st.lists(st.integers(0, 10**9), max_size=30))
def test_bars_have_one_block_a_bin(counts: list[int]) -> None:
    drawn = bars(counts)
    assert len(drawn) == len(counts)
    assert all((c == " ") == (n == 0) and c in BLOCKS for c, n in zip(drawn, counts, strict=True))
