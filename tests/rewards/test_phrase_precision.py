"""Precision counts each thing once; what isn't seen costs its weight."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.rewards.phrase_precision import counted_phrases, precision_of

COUNTED = [
    ("different things", {"dog": 1.0, "cat": 0.0}, {"dog": 1.0, "cat": 0.0}),
    ("less of the same", {"dog": 1.0, "brown dog": 0.0}, {"brown dog": 0.0}),
    ("more of the same", {"brown dog": 0.5, "dog": 1.0}, {"brown dog": 0.5}),
    ("the least sure", {"3 on left": 1.0, "left is 3": 0.5}, {"3 on left": 0.5}),
    ("the least sure first", {"left is 3": 0.5, "3 on left": 1.0}, {"left is 3": 0.5}),
    ("a chain", {"dog": 1.0, "red dog": 1.0, "big red dog": 0.0}, {"big red dog": 0.0}),
    ("another digit", {"left is 3": 1.0, "left is 5": 0.0}, {"left is 3": 1.0, "left is 5": 0.0}),
    ("overlap", {"red dog": 1.0, "big dog": 0.0}, {"red dog": 1.0, "big dog": 0.0}),
    ("little words alone", {"is": 1.0, "on": 0.0}, {"is": 1.0, "on": 0.0}),
]


@pytest.mark.parametrize(("name", "seen", "counted"), COUNTED)
def test_each_thing_counts_once(
    name: str, seen: dict[str, float], counted: dict[str, float]
) -> None:
    assert counted_phrases(seen) == counted, name


WORDS = st.lists(st.sampled_from("a dog is left 3 red".split()), min_size=1, max_size=4)
SEEN = st.dictionaries(WORDS.map(" ".join), st.floats(0, 1), min_size=1, max_size=6)


@given(SEEN)
def test_the_order_of_phrases_changes_no_share(seen: dict[str, float]) -> None:
    for order in itertools.islice(itertools.permutations(seen.items()), 12):
        got = counted_phrases(dict(order))
        assert sorted(got.values()) == sorted(counted_phrases(seen).values())
        assert got


@given(SEEN, st.integers(0, 5), st.floats(1, 100))
def test_precision_is_a_share_and_falls_with_the_weight(
    seen: dict[str, float], beyond: int, weight: float
) -> None:
    plain = precision_of(seen, beyond, 1.0)
    assert plain == pytest.approx(sum(seen.values()) / (len(seen) + beyond))
    assert 0.0 <= precision_of(seen, beyond, weight) <= plain + 1e-9


@pytest.mark.parametrize("count", range(1, 12))
def test_from_two_on_deciding_pays_at_least_what_two_guesses_do(count: int) -> None:
    """`count` keywords, one of which may with equal chance be one thing or another."""

    def f(seen: int, unseen: int, weight: float) -> float:
        said = {f"{n} {n}": float(n < seen) for n in range(seen + unseen)}
        precision, recall = precision_of(said, 0, weight), seen / count
        return 2 * precision * recall / (precision + recall) if seen else 0.0

    for weight, holds in ((2.0, True), (1.0, False)):
        decided = (f(count, 0, weight) + f(count - 1, 1, weight)) / 2
        assert (decided >= f(count, 1, weight) - 1e-12) is holds
