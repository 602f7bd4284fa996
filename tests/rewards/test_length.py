"""Length rewards beside slow versions written from the published formulas."""

import math
import pickle
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards.constant import Constant
from rewardkit.rewards.length import Length
from rewardkit.types import Rollout, Score

LENGTHS = st.integers(0, 50_000)


class AnswerIs7:
    """Stands for accuracy: 1 when the reply ends in 7, None when it is empty."""

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout."""
        return [
            Score(float(rollout.text.endswith("7")), "read")
            if rollout.text
            else Score(None, "empty")
            for rollout in rollouts
        ]


RIGHT_IS_7 = AnswerIs7()


def reply(tokens: int | None, text: str = "7", group: str = "q") -> Rollout:
    return Rollout(completion=text, completion_tokens=tokens, group=group)


def value(reward: Length, rollout: Rollout) -> float | None:
    return reward([rollout])[0].value


@pytest.mark.parametrize(
    ("tokens", "wanted"),
    [(0, 1.0), (1, 1.0), (512, 1.0), (513, 512 / 513), (1024, 0.5), (5120, 0.1)],
)
def test_inverse_is_as_published(tokens: int, wanted: float) -> None:
    assert value(Length(), reply(tokens)) == wanted


@pytest.mark.parametrize(
    ("tokens", "wanted"),
    [(0, 0.0), (16384, 0.0), (17408, -0.25), (18432, -0.5), (20480, -1.0), (90000, -1.0)],
)
def test_soft_overlong_is_as_published(tokens: int, wanted: float) -> None:
    assert value(Length(shape="soft-overlong"), reply(tokens)) == wanted


@given(LENGTHS, st.integers(1, 4000), st.integers(0, 4000))
def test_soft_overlong_equals_the_formula_of_the_paper(tokens: int, cache: int, more: int) -> None:
    limit = cache + more
    if tokens <= limit - cache:
        wanted = 0.0
    elif tokens <= limit:
        wanted = ((limit - cache) - tokens) / cache
    else:
        wanted = -1.0
    got = value(Length(shape="soft-overlong", limit=limit, cache=cache), reply(tokens))
    assert got == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("name", "text", "tokens", "wanted"),
    [
        ("right and empty", "7", 0, 1.0),
        ("right, half way", "7", 500, 0.75),
        ("right, at the limit", "7", 1000, 0.5),
        ("right, beyond: stands still", "7", 2000, 0.5),
        ("wrong and empty", "5", 0, -1.0),
        ("wrong, half way", "5", 500, -0.75),
        ("wrong, at the limit", "5", 1000, -0.5),
        ("wrong, beyond: stands still", "5", 2000, -0.5),
    ],
)
def test_cosine_table(name: str, text: str, tokens: int, wanted: float) -> None:
    got = value(Length(shape="cosine", correct=RIGHT_IS_7), reply(tokens, text))
    assert got == pytest.approx(wanted), name


@given(st.integers(0, 1000), st.booleans())
def test_cosine_equals_the_formula_of_open_r1_up_to_its_limit(tokens: int, right: bool) -> None:
    low, high = (0.5, 1.0) if right else (-0.5, -1.0)  # swapped for wrong replies
    wanted = low + 0.5 * (high - low) * (1.0 + math.cos(tokens / 1000 * math.pi))
    got = value(Length(shape="cosine", correct=RIGHT_IS_7), reply(tokens, "7" if right else "5"))
    assert got == pytest.approx(wanted)


def slow_relative(lengths: Sequence[int], right: Sequence[bool]) -> list[float]:
    """The length reward of Kimi k1.5 over one question, from the paper."""
    if max(lengths) == min(lengths):
        return [0.0 for _ in lengths]
    lambdas = [0.5 - (n - min(lengths)) / (max(lengths) - min(lengths)) for n in lengths]
    return [
        each if correct else min(0.0, each) for each, correct in zip(lambdas, right, strict=True)
    ]


@given(
    st.lists(st.lists(st.tuples(LENGTHS, st.booleans()), min_size=1, max_size=6), max_size=4),
    st.randoms(use_true_random=False),
)
def test_group_relative_equals_the_slow_version_in_any_order(
    groups: list[list[tuple[int, bool]]], chance: random.Random
) -> None:
    rows: list[tuple[Rollout, float]] = []
    for index, members in enumerate(groups):
        wanted = slow_relative([n for n, _ in members], [right for _, right in members])
        for (tokens, right), number in zip(members, wanted, strict=True):
            rows.append((reply(tokens, "7" if right else "5", f"q{index}"), number))
    chance.shuffle(rows)
    scores = Length(shape="group-relative", correct=RIGHT_IS_7)([rollout for rollout, _ in rows])
    assert [score.value for score in scores] == [wanted for _, wanted in rows]


def test_group_relative_goes_by_the_prompt_where_there_is_no_group() -> None:
    rollouts = [
        Rollout(completion="7", completion_tokens=tokens, prompt=prompt)
        for prompt, tokens in (("a", 10), ("b", 99), ("a", 20))
    ]
    scores = Length(shape="group-relative", correct=Constant(1.0))(rollouts)
    assert [score.value for score in scores] == [0.5, 0.0, -0.5]


def test_group_relative_without_group_or_prompt_is_not_judged() -> None:
    score = Length(shape="group-relative", correct=Constant(1.0))([reply(5, group="")])[0]
    assert (score.value, score.reason[:13]) == (None, "group missing")


@pytest.mark.parametrize("shape", ["cosine", "group-relative"])
def test_unjudged_correctness_is_not_judged_here(shape: str) -> None:
    score = Length(shape=shape, correct=RIGHT_IS_7)([reply(5, "")])[0]  # type: ignore[arg-type]  # a str
    assert (score.value, score.reason) == (None, "correctness not judged: empty")


@pytest.mark.parametrize("tokens", [None, -1, 10**400])
@pytest.mark.parametrize(
    "reward",
    [
        Length(),
        Length(shape="soft-overlong"),
        Length(shape="cosine", correct=RIGHT_IS_7),
        Length(shape="group-relative", correct=RIGHT_IS_7),
    ],
)
def test_a_missing_or_senseless_count_is_not_judged(reward: Length, tokens: int | None) -> None:
    missing, other = reward([reply(tokens), reply(10)])
    assert missing.value is None
    assert missing.reason.startswith("completion_tokens missing")
    assert other.value is not None


@pytest.mark.parametrize(
    ("unit", "text", "wanted"),
    [
        ("characters", "four", 2 / 4),
        ("words", "one two  three\nfour", 2 / 4),
        ("words", "图中有猫", 2 / 4),
        ("words", "", 1.0),
    ],
)
def test_other_units_need_no_token_count(unit: str, text: str, wanted: float) -> None:
    reward = Length(limit=2, unit=unit)  # type: ignore[arg-type]  # a plain str from the table
    assert value(reward, Rollout(completion=text)) == wanted


@given(st.text())
def test_any_text_gives_the_same_finite_value_twice(text: str) -> None:
    rollout = Rollout(completion=text, group="q")
    for unit in ("words", "characters"):
        reward = Length(limit=3, unit=unit)
        first = value(reward, rollout)
        assert first is not None
        assert 0.0 < first <= 1.0
        assert first == value(reward, rollout)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shape": "square"}, "length.shape: expected one of inverse, soft-overlong, cosine"),
        ({"unit": "bytes"}, "length.unit: expected one of tokens, words, characters, got 'bytes'"),
        ({"limit": 0}, "length.limit: expected an integer from 1, got 0"),
        ({"limit": 1.5}, "length.limit: expected an integer from 1, got 1.5"),
        ({"shape": "cosine"}, "length.correct: expected the reward that says"),
        ({"shape": "group-relative"}, "length.correct: expected the reward that says"),
        ({"shape": "cosine", "correct": "accuracy"}, "length.correct: expected a reward, got str"),
        ({"correct": RIGHT_IS_7}, "length.correct: expected nothing, for shape 'inverse'"),
        ({"cache": 5}, "length.cache: expected nothing, for shape 'inverse'"),
        ({"shape": "soft-overlong", "limit": 10}, "length.cache: expected 1 to limit (10), got"),
        ({"shape": "soft-overlong", "cache": 0}, "length.cache: expected 1 to limit (20480)"),
        (
            {"shape": "cosine", "correct": RIGHT_IS_7, "wrong_range": (1.0, 0.0)},
            "length.wrong_range: expected finite bottom <= top, got (1.0, 0.0)",
        ),
        (
            {"shape": "cosine", "correct": RIGHT_IS_7, "correct_range": (0.0, math.inf)},
            "length.correct_range: expected finite bottom <= top",
        ),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Length(**options)  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_only_group_relative_wants_whole_groups() -> None:
    assert Length(shape="group-relative", correct=RIGHT_IS_7).whole_groups
    assert not Length().whole_groups


def test_survives_pickle() -> None:
    reward = Length(shape="cosine", limit=10, correct=Constant(1.0))
    assert pickle.loads(pickle.dumps(reward)) == reward
