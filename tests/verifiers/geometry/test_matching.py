"""The best pairing, beside all pairings tried."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.verifiers.geometry.matching import best_pairs

MATRICES = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 9).map(float), min_size=width, max_size=width),
        min_size=1,
        max_size=5,
    )
)


def slow_best(values: list[list[float]]) -> float:
    """The greatest sum over all one-to-one pairings."""
    rows, columns = len(values), len(values[0])
    if rows > columns:
        return slow_best([list(column) for column in zip(*values, strict=True)])
    return max(
        sum(values[row][column] for row, column in enumerate(order))
        for order in permutations(range(columns), rows)
    )


@given(MATRICES)
def test_equals_the_best_of_all_pairings(values: list[list[float]]) -> None:
    pairs = best_pairs(values)

    assert sum(values[row][column] for row, column in pairs) == slow_best(values)
    assert len(pairs) == min(len(values), len(values[0]))
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert pairs == best_pairs(values) == sorted(pairs)


@pytest.mark.parametrize("values", [[], [[]], [[], []]])
def test_nothing_pairs_with_nothing(values: list[list[float]]) -> None:
    assert best_pairs(values) == []


def test_ties_go_to_the_first() -> None:
    assert best_pairs([[1.0, 1.0]]) == [(0, 0)]
    assert best_pairs([[1.0], [1.0]]) == [(0, 0)]
    assert best_pairs([[1.0, 1.0], [1.0, 1.0]]) == [(0, 0), (1, 1)]
