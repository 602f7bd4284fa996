"""Small statistics against slow or foreign ones."""

import itertools
import math
import statistics

import pytest
import scipy.stats  # type: ignore[import-untyped]  # scipy ships no types
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.analysis.statistics import (
    Moments,
    clustered_error,
    pass_at_k,
    pearson,
    ranks,
    spearman,
)

NUMBERS = st.floats(-1e6, 1e6)
PAIRS = st.lists(st.tuples(st.integers(-50, 50), st.integers(-5, 5)), min_size=2, max_size=30)


def moments_of(values: list[float]) -> Moments:
    moments = Moments()
    for value in values:
        moments.add(value)
    return moments


def test_nothing_has_no_mean() -> None:
    assert (Moments().mean, Moments().std) == (None, None)
    assert moments_of([3.0]).mean == 3.0
    assert moments_of([3.0]).std is None


def test_equal_values_have_exactly_no_spread() -> None:
    moments = moments_of([0.1] * 1000)
    assert (moments.mean, moments.std, moments.low, moments.high) == (0.1, 0.0, 0.1, 0.1)


def test_the_mean_of_zeros_and_ones_is_the_exact_share() -> None:
    assert moments_of([1.0] * 1050 + [0.0] * 1770).mean == 1050 / 2820


@given(st.lists(NUMBERS, min_size=2, max_size=50))
def test_moments_agree_with_the_standard_library(values: list[float]) -> None:
    moments = moments_of(values)
    scale = max(abs(value) for value in values) + 1e-300
    assert moments.mean == pytest.approx(statistics.fmean(values), abs=1e-12 * scale)
    assert moments.std == pytest.approx(
        statistics.stdev(values), rel=1e-6, abs=1e-9 * scale + 1e-150
    )
    assert (moments.n, moments.low, moments.high) == (len(values), min(values), max(values))


@pytest.mark.parametrize("n", range(1, 8))
def test_pass_at_k_is_the_share_of_draws_with_a_right_one(n: int) -> None:
    for right, k in itertools.product(range(n + 1), range(1, n + 1)):
        draws = list(itertools.combinations([1] * right + [0] * (n - right), k))
        assert pass_at_k(n, right, k) == pytest.approx(sum(map(max, draws)) / len(draws))


def test_pass_at_1_is_the_exact_share() -> None:
    assert pass_at_k(3, 1, 1) == 1 / 3


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.just(n), *[st.integers(0, n)] * 2)))
def test_pass_at_k_agrees_with_binomials(drawn: tuple[int, int, int]) -> None:
    n, right, k = drawn[0], drawn[1], max(drawn[2], 1)
    expected = 1 - math.comb(n - right, k) / math.comb(n, k)
    assert pass_at_k(n, right, k) == pytest.approx(expected, abs=1e-9)
    assert 0.0 <= pass_at_k(n, right, k) <= 1.0


@given(PAIRS)
def test_correlations_agree_with_scipy(pairs: list[tuple[int, int]]) -> None:
    xs, ys = [float(x) for x, _ in pairs], [float(y) for _, y in pairs]
    assert ranks(xs) == list(scipy.stats.rankdata(xs))
    if len(set(xs)) == 1 or len(set(ys)) == 1:
        assert pearson(xs, ys) is None
        assert spearman(xs, ys) is None
        return
    assert pearson(xs, ys) == pytest.approx(scipy.stats.pearsonr(xs, ys).statistic, abs=1e-9)
    assert spearman(xs, ys) == pytest.approx(scipy.stats.spearmanr(xs, ys).statistic, abs=1e-9)


@pytest.mark.parametrize("scale", [1e-200, 1e-300, 1.0, 1e100])
def test_correlation_holds_at_any_scale(scale: float) -> None:
    assert pearson([1, 2, 3], [scale, 2 * scale, 3 * scale]) == pytest.approx(1.0)


@pytest.mark.parametrize("pairs", [0, 1])
def test_too_few_pairs_have_no_correlation(pairs: int) -> None:
    assert pearson([1.0] * pairs, [2.0] * pairs) is None
    assert spearman([1.0] * pairs, [2.0] * pairs) is None


@given(st.lists(NUMBERS, min_size=2, max_size=30))
def test_error_of_single_rows_is_the_usual_one(values: list[float]) -> None:
    error = clustered_error([(value, 1) for value in values])
    expected = statistics.stdev(values) / math.sqrt(len(values))
    assert error == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_related_rows_count_as_few() -> None:
    # Four copies of each row say nothing new.
    alone = clustered_error([(1.0, 1), (0.0, 1), (1.0, 1)])
    copied = clustered_error([(4.0, 4), (0.0, 4), (4.0, 4)])
    assert copied == pytest.approx(alone)


def test_one_group_has_no_error() -> None:
    assert clustered_error([(3.0, 5)]) is None
    assert clustered_error([]) is None
