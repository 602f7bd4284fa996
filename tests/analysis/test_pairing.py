"""Mismatched pairs never match after all, and are the same for the same seed."""

from hypothesis import given
from hypothesis import strategies as st

from rewardkit.analysis.pairing import Subject, mismatches

SUBJECTS = st.lists(
    st.builds(
        Subject,
        st.frozensets(st.sampled_from("12345678"), min_size=1, max_size=2),
        st.sampled_from(["a dog", "a cat", "a tree", "a car"]),
    ),
    unique=True,
    max_size=12,
)


@given(SUBJECTS, st.integers(1, 5), st.integers(0, 3))
def test_no_mismatch_is_a_match(subjects: list[Subject], each: int, seed: int) -> None:
    pairs = list(mismatches(subjects, each, seed))

    for index, other in pairs:
        said = subjects[index].says
        own = {name for subject in subjects if subject.says == said for name in subject.shows}
        assert own.isdisjoint(subjects[other].shows)
    assert len(set(pairs)) == len(pairs)
    assert all(sum(index == one for one, _ in pairs) <= each for index in range(len(subjects)))
    assert pairs == list(mismatches(subjects, each, seed))


@given(st.integers(2, 40), st.integers(1, 6))
def test_each_text_gets_as_many_as_there_are(count: int, each: int) -> None:
    subjects = [Subject(frozenset([str(n)]), f"text {n}") for n in range(count)]
    pairs = list(mismatches(subjects, each, seed=1))
    assert len(pairs) == count * min(each, count - 1)


def test_another_seed_draws_others() -> None:
    subjects = [Subject(frozenset([str(n)]), f"text {n}") for n in range(50)]
    drawn = {tuple(mismatches(subjects, 2, seed)) for seed in range(5)}
    assert len(drawn) == 5


def test_texts_of_one_image_are_put_beside_other_images_alone() -> None:
    subjects = [Subject(frozenset("1"), f"text {n}") for n in range(8)]
    assert list(mismatches(subjects, 3, 0)) == []
    subjects.append(Subject(frozenset("2"), "another"))
    pairs = list(mismatches(subjects, 3, 0))
    assert pairs == [*((n, 8) for n in range(8)), (8, 0)]
