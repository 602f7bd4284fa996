"""The repetition penalty beside a slow version and the released code's numbers."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards.repetition import MAX_WORDS, Repetition, repeated_share
from rewardkit.rewards.words import split_words
from rewardkit.types import Rollout


def value(reward: Repetition, text: str) -> float | None:
    return reward([Rollout(completion=text)])[0].value


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("empty", "", 0.0),
        ("fewer words than n", "a b", 0.0),
        ("exactly n words", "a b c", 0.0),
        ("nothing twice", "a b c d e f", 0.0),
        ("one trigram of two", "a a a a", -(1 - 1 / 2)),
        ("the same five times", "go on " * 5, -(1 - 2 / 8)),
        ("upper case is no new word", "A B C a b c", -(1 - 3 / 4)),
        ("Chinese by characters", "猫在睡猫在睡", -(1 - 3 / 4)),
        ("Chinese without repetition", "图中有一只猫", 0.0),
        ("Korean by words", "개가 잔다", 0.0),
    ],
)
def test_table(name: str, text: str, wanted: float) -> None:
    assert value(Repetition(), text) == pytest.approx(wanted), name


def slow_share(words: list[str], n: int) -> float:
    """How many n-grams stand further left already, of all of them."""
    grams = [words[start : start + n] for start in range(len(words) - n + 1)]
    again = sum(gram in grams[:index] for index, gram in enumerate(grams))
    return again / len(grams) if grams else 0.0


@given(st.lists(st.sampled_from("abc"), max_size=40), st.integers(1, 5))
def test_equals_the_slow_version(words: list[str], n: int) -> None:
    assert repeated_share(words, n) == pytest.approx(slow_share(words, n))


@given(st.lists(st.sampled_from(["the", "a", "dog", "ran."]), max_size=30))
def test_equals_the_formula_of_open_r1_on_text_with_spaces(words: list[str]) -> None:
    text = " ".join(words)
    grams = list(zip(*(text.lower().split()[i:] for i in range(3)), strict=False))
    wanted = (1 - len(set(grams)) / len(grams)) * -0.5 if grams else 0.0
    assert value(Repetition(max_penalty=-0.5), text) == wanted


@given(st.text(), st.integers(1, 16))
def test_any_text_gives_the_same_value_in_range_twice(text: str, n: int) -> None:
    first = value(Repetition(n=n), text)
    assert first is not None
    assert -1.0 < first <= 0.0
    assert first == value(Repetition(n=n), text)


@given(st.text())
def test_words_and_spaces_are_the_whole_text(text: str) -> None:
    assert "".join(split_words(text)) == "".join(text.split())
    assert split_words(text, 3) == split_words(text)[:3]


def test_nothing_repeated_is_not_minus_zero() -> None:
    assert str(value(Repetition(), "a b c")) == "0.0"


def test_a_huge_reply_is_read_up_to_a_bound() -> None:
    text = " ".join(f"{index % 7}" for index in range(MAX_WORDS + 50))
    score = Repetition()([Rollout(completion=text)])[0]
    assert score.reason == f"{MAX_WORDS - 2 - 7} of {MAX_WORDS - 2} 3-grams repeated"


def test_only_the_section_is_measured() -> None:
    reply = "<think>a a a a a a</think><answer>7</answer>"
    thinking = Repetition(template="think-answer", section="think")
    answer = Repetition(template="think-answer", section="answer")
    assert value(thinking, reply) == -0.75
    assert value(answer, reply) == 0.0
    assert thinking([Rollout(completion="a a a a a")])[0].reason == "no section 'think'"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "repetition.n: expected 1 to 16, got 0"),
        ({"n": 17}, "repetition.n: expected 1 to 16, got 17"),
        ({"max_penalty": 0.5}, "repetition.max_penalty: expected -1 to 0, got 0.5"),
        ({"max_penalty": float("nan")}, "repetition.max_penalty: expected -1 to 0, got nan"),
        ({"section": "think"}, "repetition.template: expected the template of section 'think'"),
        ({"template": "think-answer"}, "repetition.section: expected one of think, answer, got"),
        (
            {"template": "think-answer", "section": "thinks"},
            "repetition.section: expected one of think, answer, got 'thinks'",
        ),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Repetition(**options)  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value).startswith(message)


def test_survives_pickle() -> None:
    assert pickle.loads(pickle.dumps(Repetition(n=4))) == Repetition(n=4)
