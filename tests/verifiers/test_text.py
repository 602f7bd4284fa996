"""The `text` task: exactly, in normal form, or by edit distance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.types import Reference
from rewardkit.verifiers import Text
from rewardkit.verifiers.text import Mode, similarity

# answer, exact, normalised, all against "Hello, World"
FORMS: dict[str, tuple[str, bool, bool]] = {
    "equal": ("Hello, World", True, True),
    "case": ("hello, world", False, True),
    "white space": ("Hello,\n  World ", False, True),
    "quotes": ("“Hello, World”", False, True),
    "Markdown": ("**Hello, World**", False, True),
    "full stop": ("Hello, World.", False, True),
    "full width": ("\uff28ello, World", False, True),
    "comma left out": ("Hello World", False, False),
    "article": ("the Hello, World", False, False),
    "part": ("Hello", False, False),
    "more": ("Hello, World and more", False, False),
}


@pytest.mark.parametrize(("answer", "exact", "normalised"), FORMS.values(), ids=FORMS.keys())
def test_modes_allow_what_they_say(answer: str, exact: bool, normalised: bool) -> None:
    assert Text(mode="exact")(answer, "Hello, World").correct == exact
    assert Text()(answer, "Hello, World").correct == normalised
    assert Text(mode="similarity", threshold=1.0)(answer, "Hello, World").correct == normalised


def test_similarity_threshold_includes_its_end() -> None:
    assert Text(mode="similarity", threshold=0.75)("abcx", "abcd").correct
    assert not Text(mode="similarity", threshold=0.76)("abcx", "abcd").correct


def test_best_of_several_references_counts() -> None:
    near = Text(mode="similarity", threshold=0.7)

    assert near("colour", ["dark", "color"]).correct
    assert Text()("two", ["one", "two"]).correct
    assert not Text()("three", ["one", "two"]).correct


def test_size_limit_blames_the_side_that_is_over_it() -> None:
    small = Text(mode="similarity", max_characters=10)

    assert small("x" * 11, "abc").status == "answer_too_hard"
    assert small("abc", "x" * 11).status == "unreadable_reference"
    assert small("x" * 11, "x" * 11).status == "unreadable_reference"
    assert small("x" * 10, "x" * 10).correct


@pytest.mark.parametrize("reference", [None, "", " \n", [], ["a", ""], 7, 1.5, True, {"a": 1}, [1]])
@pytest.mark.parametrize("answer", ["a", ""])
@pytest.mark.parametrize("mode", ["exact", "normalised", "similarity"])
def test_unreadable_reference_is_not_judged(mode: Mode, answer: str, reference: Reference) -> None:
    assert Text(mode=mode)(answer, reference).status == "unreadable_reference"


@pytest.mark.parametrize("mode", ["exact", "normalised", "similarity"])
def test_blank_is_no_answer(mode: Mode) -> None:
    assert Text(mode=mode)(" \n", "a").status == "no_answer"
    assert Text(mode=mode)("\u200b", "a").status == "no_answer"


@pytest.mark.parametrize("threshold", [0.0, -0.1, 1.1, float("nan"), True])
def test_threshold_out_of_range_is_refused(threshold: float) -> None:
    with pytest.raises(ConfigError, match=r"text\.threshold: expected a number in"):
        Text(threshold=threshold)


def test_unknown_mode_and_limit_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"text\.mode: expected one of .* got 'near'"):
        Text(mode="near")  # type: ignore[arg-type]  # as a YAML file might have it
    with pytest.raises(ConfigError, match=r"text\.max_characters: expected an integer"):
        Text(max_characters=0)


def slow_distance(one: str, other: str) -> int:
    """Levenshtein's recurrence over the whole table."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row, before = [i], row
        for j, b in enumerate(other, 1):
            row.append(min(row[-1] + 1, before[j] + 1, before[j - 1] + (a != b)))
    return row[-1]


@given(st.text("abc", max_size=12), st.text("abc", max_size=12))
def test_similarity_agrees_with_the_slow_table(one: str, other: str) -> None:
    longest = max(len(one), len(other))
    expected = 1 - slow_distance(one, other) / longest if longest else 1.0

    assert similarity(one, other) == expected == similarity(other, one)
