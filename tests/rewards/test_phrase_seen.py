"""The arithmetic of being seen: shares rise with the gain, and never leave their range."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from rewardkit.rewards.phrase_levels import levels_of, together
from rewardkit.rewards.phrase_neutral import neutral_images
from rewardkit.rewards.phrase_report import MAX_NAMED, report
from rewardkit.rewards.phrase_seen import (
    Bar,
    bar_of,
    best_cosines,
    cells_of,
    f_measure,
    gains_of,
    seen_share,
)

SHARES = st.floats(0, 1)
GAINS = st.floats(-2, 2)


def units(*shape: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(7).normal(size=shape).astype(np.float32)
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return unit


@pytest.mark.parametrize(
    ("rows", "columns", "window"), [(4, 4, 1), (4, 4, 2), (3, 5, 3), (2, 3, 9)]
)
def test_windows_are_means_of_their_cells(rows: int, columns: int, window: int) -> None:
    dense = units(rows, columns, 6)
    high, wide = min(window, rows), min(window, columns)
    expected = []
    for top in range(rows - high + 1):
        for left in range(columns - wide + 1):
            mean = dense[top : top + high, left : left + wide].reshape(-1, 6).mean(axis=0)
            expected.append(mean / np.linalg.norm(mean))
    np.testing.assert_allclose(cells_of(dense, window), expected, atol=1e-6)


def test_one_vector_is_one_cell() -> None:
    assert cells_of(units(6), 3).shape == (1, 6)


def test_a_gain_is_the_cosine_beyond_that_on_neutral_images() -> None:
    texts, cells, neutral = units(5, 6), units(3, 6), [units(2, 6), units(4, 6)]
    own = (best_cosines(texts, neutral[0]) + best_cosines(texts, neutral[1])) / 2
    np.testing.assert_allclose(
        gains_of(texts, cells, neutral), (texts @ cells.T).max(axis=1) - own, atol=1e-6
    )
    np.testing.assert_allclose(gains_of(texts, cells, [cells]), 0.0, atol=1e-6)


@given(st.lists(GAINS, min_size=1, max_size=101), GAINS, st.integers(0, 100))
@example([float(gain) for gain in range(101)], 0.0, 57)  # 0.57 * 100 is 56.99999999999999
def test_the_bar_is_never_below_its_parts(gains: list[float], generic: float, percent: int) -> None:
    bar = bar_of(gains, generic, percent / 100)
    beaten = sorted(gains)[percent * (len(gains) - 1) // 100]
    assert bar.height == pytest.approx(max(beaten, generic, 0.0))
    assert bar.spread > 0


@given(GAINS, GAINS, st.floats(0, 2), st.floats(1e-4, 1), st.floats(0, 100))
def test_shares_rise_with_the_gain(
    one: float, other: float, height: float, spread: float, margin: float
) -> None:
    low, high = sorted((one, other))
    bar = Bar(height, spread)
    assert 0.0 <= seen_share(low, bar, margin) <= seen_share(high, bar, margin) <= 1.0
    assert seen_share(height, bar, margin) == 0.0


@pytest.mark.parametrize(
    ("name", "above", "margin", "share"),
    [
        ("float noise", 5e-7, 0.0, 0.0),
        ("more than noise", 1e-5, 0.0, 1.0),
        ("half of the margin", 0.125, 1.0, 0.5),
        ("a margin of next to nothing", 0.125, 5e-324, 1.0),
        ("noise and next to nothing", 5e-7, 5e-324, 0.0),
    ],
)
def test_shares_at_the_bar(name: str, above: float, margin: float, share: float) -> None:
    assert seen_share(0.5 + above, Bar(0.5, 0.25), margin) == pytest.approx(share), name


@given(SHARES, SHARES, st.floats(0.01, 100))
def test_f_lies_between_precision_and_recall(precision: float, recall: float, beta: float) -> None:
    got = f_measure(precision, recall, beta)
    assert min(precision, recall) - 1e-9 <= got <= max(precision, recall) + 1e-9
    assert f_measure(precision, recall, 1.0) == pytest.approx(f_measure(recall, precision, 1.0))


def test_a_report_names_a_few() -> None:
    seen = {f"{index} {'x' * 100}": 0.5 for index in range(50)}
    score = report(seen, 50, {}, "precision")
    assert score.value == pytest.approx(0.25)
    assert score.reason.count("0.50") == MAX_NAMED
    assert score.reason.endswith("and 42 more, 50 beyond the limit")


def test_neutral_images_are_always_the_same() -> None:
    images = neutral_images()
    assert len({image.tobytes() for image in images}) == 8
    assert {(image.mode, image.size) for image in images} == {("RGB", (64, 64))}
    assert images[3].tobytes()[:4].hex() == NOISE


NOISE = "877324ef"
"""The first bytes of the fine noise: the hash of its name."""


@pytest.mark.parametrize("counts", [(4, 4, 4), (4, 9, 4), (1, 2, 3), (5,)])
def test_level_is_the_mean_over_images_however_they_are_held(counts: tuple[int, ...]) -> None:
    texts = units(3, 6)
    neutral = [units(10 + count, 6)[-count:] for count in counts]
    one_by_one = np.mean([best_cosines(texts, cells) for cells in neutral], axis=0)
    assert levels_of(texts, neutral) == pytest.approx(one_by_one, abs=1e-6)
    assert levels_of(texts, together(neutral)) == pytest.approx(one_by_one, abs=1e-6)


@given(st.lists(GAINS, min_size=1, max_size=30))
def test_spread_is_the_standard_deviation(gains: list[float]) -> None:
    spread = bar_of(gains, generic=0.0, quantile=0.9).spread
    assert spread == pytest.approx(max(float(np.std(gains)), 1e-4), abs=1e-9)
