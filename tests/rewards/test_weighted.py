"""The weighted sum against exact fractions, and what parts without a value do to it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError, VerifierError
from rewardkit.rewards import Constant, Part, Weighted
from rewardkit.rewards.base import Reward, pointwise
from rewardkit.rewards.numbers import Unjudged
from rewardkit.rewards.weighted import weighted_sum
from rewardkit.types import Rollout, Score
from rewardkit.verifiers import Number

ROW = Rollout(completion="x")
NUMBERS = st.floats(-1e6, 1e6)


@pointwise
def unjudged(rollout: Rollout) -> Score:
    return Score(None, "no reference")


@pointwise
def letters(rollout: Rollout) -> Score:
    return Score(float(len(rollout.text)), "letters")


@pytest.mark.parametrize(
    ("rule", "weights", "values", "expected"),
    [
        pytest.param("none", [0.9, 0.1], [1.0, 0.0], 0.9, id="pebr right without form"),
        pytest.param("none", [0.9, 0.1], [1.0, 1.0], 1.0, id="pebr all"),
        pytest.param("none", [1.0, 1.0], [1.0, 1.0], 2.0, id="no renormalisation"),
        pytest.param("none", [1.0, -0.5], [1.0, 1.0], 0.5, id="penalty"),
        pytest.param("none", [1.0, 1.0], [1.0, None], None, id="one None is enough"),
        pytest.param("skip", [1.0, 1.0], [1.0, None], 2.0, id="skip keeps the total"),
        pytest.param("skip", [3.0, 1.0], [None, 0.5], 2.0, id="skip scales up"),
        pytest.param("skip", [1.0, 1.0], [None, None], None, id="skip of nothing"),
        pytest.param("zero", [1.0, 1.0], [1.0, None], 1.0, id="zero"),
        pytest.param("zero", [1.0, 1.0], [None, None], 0.0, id="zero of nothing"),
        pytest.param("none", [1.0, 0.0], [1.0, None], 1.0, id="a part that isn't paid is no harm"),
        pytest.param("none", [0.0, 1.0], [None, None], None, id="the paid one is"),
        pytest.param("none", [1e308, 1e308], [1.0, 1.0], None, id="overflow of the sum"),
        pytest.param("none", [1e308, -1e308], [1e10, 1e10], None, id="inf minus inf"),
    ],
)
def test_sums(
    rule: Unjudged, weights: list[float], values: list[float | None], expected: float | None
) -> None:
    names = ["a", "b"]
    scores = {name: Score(value, "why") for name, value in zip(names, values, strict=True)}
    total = weighted_sum(dict(zip(names, weights, strict=True)), scores, rule)
    assert total.value == expected
    assert total.parts == scores


def test_reason_names_the_part_that_is_not_judged() -> None:
    reward = Weighted({"fine": Part(1.0, Constant(1.0)), "accuracy": Part(1.0, unjudged)})
    assert reward([ROW])[0].reason == "accuracy not judged: no reference"


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=6))
def test_agrees_with_exact_fractions(pairs: list[tuple[float, float]]) -> None:
    weights = {str(number): weight for number, (weight, _) in enumerate(pairs)}
    scores = {str(number): Score(value) for number, (_, value) in enumerate(pairs)}
    exact = sum(Fraction(weight) * Fraction(value) for weight, value in pairs)
    value = weighted_sum(weights, scores).value
    assert value == pytest.approx(float(exact), rel=1e-9, abs=1e-3)


@given(st.lists(st.text(max_size=50), max_size=5))
def test_any_text_in_any_order(texts: list[str]) -> None:
    reward = Weighted({"a": Part(0.3, letters), "b": Part(0.1, Constant(0.7))})
    rows = [Rollout(completion=text) for text in texts]
    scores = reward(rows)
    assert scores == reward(rows)
    assert scores == list(reversed(reward(list(reversed(rows)))))
    assert [score.parts["a"].value for score in scores] == [len(text) for text in texts]


def test_refuses_a_part_that_loses_rollouts() -> None:
    def lossy(rollouts: object) -> list[Score]:
        return []

    with pytest.raises(VerifierError, match="lossy: expected 1 scores, got 0"):
        Weighted({"a": Part(1.0, lossy)})([ROW])


ONE: Reward = Constant(1.0)


@pytest.mark.parametrize(
    ("parts", "rule", "message"),
    [
        pytest.param(
            {}, "none", "weighted.parts: expected at least one part, got none", id="no part"
        ),
        pytest.param({"a": ONE}, "none", "weighted.parts.a: expected Part", id="no weight"),
        pytest.param({"": Part(1.0, ONE)}, "none", "without a full stop, got ''", id="no name"),
        pytest.param({"a.b": Part(1.0, ONE)}, "none", "without a full stop, got 'a.b'", id="dot"),
        pytest.param({"a": Part(0.0, ONE)}, "none", "weight that is not 0", id="nothing is paid"),
        pytest.param({"a": Part(1.0, ONE)}, "drop", "none, skip, zero, got 'drop'", id="rule"),
        pytest.param(
            {"a": Part(2.0, ONE), "b": Part(-1.0, ONE)}, "skip", "at least 0, got -1.0", id="sign"
        ),
    ],
)
def test_refuses(parts: dict[str, Part], rule: Unjudged, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Weighted(parts, rule)


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), 10**400, True])
def test_refuses_weights_that_are_no_finite_number(weight: float) -> None:
    with pytest.raises(ConfigError, match=r"part\.weight: expected a finite number"):
        Part(weight, ONE)


def test_refuses_a_verifier_where_a_reward_is_wanted() -> None:
    with pytest.raises(ConfigError, match=r"part\.reward: expected a reward, got Number"):
        Part(1.0, Number())  # type: ignore[arg-type]  # the mistake that is tested


def test_refuses_a_class_where_a_reward_is_wanted() -> None:
    with pytest.raises(ConfigError, match="got the class Constant: call it"):
        Part(1.0, Constant)  # type: ignore[arg-type]  # the mistake that is tested
