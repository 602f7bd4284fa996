"""Counts by question against a slow reference."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.analysis.groups import GroupCounts, GroupNumbers, GroupVariance
from rewardkit.analysis.statistics import pass_at_k

ROWS = st.lists(st.tuples(st.integers(0, 5), st.sampled_from([-1.0, 0.0, 0.5, 1.0])), max_size=40)


def filled(rows: Sequence[tuple[int, float | None]], correct_at: float = 1.0) -> GroupCounts:
    counts = GroupCounts(correct_at)
    for group, value in rows:
        counts.add(group, value)
    return counts


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        pytest.param([], GroupVariance(0, 0, 0, 0, 0, None), id="nothing"),
        pytest.param([(0, 1.0)], GroupVariance(0, 1, 0, 0, 0, None), id="one rollout says nothing"),
        pytest.param(
            [(3, 1.0), (3, 1.0), (1, None), (1, None)],
            GroupVariance(1, 1, 1, 0, 0, 1.0),
            id="none judged is told, never met is not",
        ),
        pytest.param([(0, 1.0)] * 2, GroupVariance(1, 0, 1, 0, 0, 1.0), id="all right"),
        pytest.param([(0, 0.0)] * 2, GroupVariance(1, 0, 0, 1, 0, 1.0), id="all wrong"),
        pytest.param(
            [(0, 0.1)] * 3 + [(1, 0.0), (1, 1.0)],
            GroupVariance(2, 0, 0, 0, 1, 0.5),
            id="equal, neither right nor the lowest",
        ),
        pytest.param(
            [(2, 0.0), (0, 1.0), (2, 0.0), (0, 0.9)],
            GroupVariance(2, 0, 0, 1, 0, 0.5),
            id="rollouts lie apart, and one group has none",
        ),
    ],
)
def test_variance(rows: list[tuple[int, float | None]], wanted: GroupVariance) -> None:
    lowest = min((value for _, value in rows if value is not None), default=0.0)
    assert filled(rows).variance(lowest) == wanted


@pytest.mark.parametrize(
    ("value", "right"),
    [(1.0, True), (0.7 + 0.2 + 0.1, True), (0.99, False), (1.5, True), (0.0, False)],
)
def test_right_allows_for_rounding(value: float, right: bool) -> None:
    assert filled([(0, value)])[0] == (1, int(right))


@given(ROWS)
def test_agrees_with_a_slow_reference(rows: list[tuple[int, float]]) -> None:
    counts = filled(rows)
    groups: dict[int, list[float]] = {}
    for group, value in rows:
        groups.setdefault(group, []).append(value)
    lowest = min((value for _, value in rows), default=0.0)
    equal = [g[0] for g in groups.values() if len(g) > 1 and max(g) - min(g) == 0]
    variance = counts.variance(lowest)
    assert variance.groups == sum(len(g) > 1 for g in groups.values())
    assert variance.all_right == sum(value == 1.0 for value in equal)
    assert variance.all_wrong == sum(value != 1.0 and value == lowest for value in equal)
    assert variance.all_right + variance.all_wrong + variance.all_equal == len(equal)
    for found in counts.pass_at([1, 2, 3]):
        large = [g for g in groups.values() if len(g) >= found.k]
        chances = [pass_at_k(len(g), g.count(1.0), found.k) for g in large]
        assert (found.groups, found.left_out) == (len(large), len(groups) - len(large))
        mean = sum(chances) / len(chances) if chances else None
        assert found.value == (mean if mean is None else pytest.approx(mean))


def test_a_group_that_a_part_never_met_is_empty() -> None:
    assert filled([(0, 1.0)])[7] == (0, 0)


def test_numbers_follow_first_appearance() -> None:
    numbers = GroupNumbers()
    assert [numbers.number(group) for group in "cabca"] == [0, 1, 2, 0, 1]
    assert len(numbers) == 3
