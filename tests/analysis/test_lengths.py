"""Length against reward."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.analysis.lengths import LengthSample


def filled(rows: list[tuple[int, float]], max_pairs: int = 100_000) -> LengthSample:
    sample = LengthSample(max_pairs)
    for length, reward in rows:
        sample.add(length, reward)
    return sample


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([(5, 0.5)], [(5, 5, 1, 0.5)], id="one row"),
        pytest.param([(5, 0.0), (5, 1.0)], [(5, 5, 2, 0.5)], id="equal lengths stay together"),
        pytest.param(
            [(4, 0.0), (3, 1.0), (2, 0.5), (1, 0.5)],
            [(1, 1, 1, 0.5), (2, 2, 1, 0.5), (3, 3, 1, 1.0), (4, 4, 1, 0.0)],
            id="quarters",
        ),
    ],
)
def test_bins(rows: list[tuple[int, float]], wanted: list[tuple[int, int, int, float]]) -> None:
    bins = filled(rows).report("tokens").bins
    assert [(b.shortest, b.longest, b.n, b.mean_reward) for b in bins] == wanted


def test_constant_length_has_no_correlation() -> None:
    report = filled([(5, 0.0), (5, 1.0)]).report("characters")
    assert (report.pearson, report.spearman, report.unit) == (None, None, "characters")


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from([0.0, 1.0])), max_size=50))
def test_bins_hold_every_row_once_and_do_not_overlap(rows: list[tuple[int, float]]) -> None:
    report = filled(rows).report("tokens")
    assert sum(found.n for found in report.bins) == len(rows) == report.rows == report.sampled
    assert len(report.bins) <= 4
    total = sum(found.n * found.mean_reward for found in report.bins)
    assert total == pytest.approx(sum(reward for _, reward in rows))
    for shorter, longer in zip(report.bins, report.bins[1:], strict=False):
        assert shorter.longest < longer.shortest


def test_of_many_rows_a_bounded_sample_tells_about_the_same() -> None:
    rows = [(i % 1000, float(i % 1000 < 500)) for i in range(5000)]
    sample = filled(rows, max_pairs=1000)
    report = sample.report("tokens")
    assert (report.rows, report.sampled) == (5000, 1000)
    assert report == filled(rows, max_pairs=1000).report("tokens")
    exact = filled(rows).report("tokens").pearson
    assert report.pearson == pytest.approx(exact, abs=0.05)
