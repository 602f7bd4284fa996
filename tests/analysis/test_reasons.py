"""Reasons by shape, and counts in bounded memory."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.analysis.reasons import MAX_REASON, ReasonCounter, shape


@pytest.mark.parametrize(
    ("reason", "wanted"),
    [
        pytest.param("6/8 = 3/4", "… = …", id="fractions"),
        pytest.param("-1,000.5 is not 2", "… is not …", id="numbers"),
        pytest.param("expected 'a b', got \"c\"", "expected …, got …", id="quotes"),
        pytest.param("doesn't match, can't read", "doesn't match, can't read", id="apostrophes"),
        pytest.param("text before <think>", "text before <think>", id="tags"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_shape(reason: str, wanted: str) -> None:
    assert shape(reason) == wanted
    assert len(shape(reason)) <= MAX_REASON


@given(st.text(max_size=400))
def test_any_text_has_a_bounded_shape(reason: str) -> None:
    assert len(shape(reason)) <= MAX_REASON
    assert shape(reason) == shape(reason)


@given(st.lists(st.sampled_from("abcdefgh"), max_size=60))
def test_few_shapes_are_counted_exactly(reasons: list[str]) -> None:
    counter = ReasonCounter(capacity=4)
    for reason in reasons:
        counter.add(reason)
    assert counter.missed == 0
    assert {top.reason: top.count for top in counter.top(99)} == Counter(reasons)


@given(st.lists(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), max_size=200))
def test_of_many_shapes_no_frequent_one_is_lost(reasons: list[str]) -> None:
    capacity = 3
    counter = ReasonCounter(capacity)
    for reason in reasons:
        counter.add(reason)
    found = {top.reason: top.count for top in counter.top(99)}
    assert len(found) <= 2 * capacity
    for reason, count in Counter(reasons).items():
        assert count - counter.missed <= found.get(reason, 0) <= count
        assert reason in found or count <= len(reasons) / capacity


def test_the_most_frequent_come_first_with_the_first_example() -> None:
    counter = ReasonCounter()
    for reason in ("b", "5 is wrong", "7 is wrong", "a"):
        counter.add(reason)
    tops = [(top.reason, top.count, top.example) for top in counter.top(2)]
    assert tops == [("… is wrong", 2, "5 is wrong"), ("a", 1, "a")]
