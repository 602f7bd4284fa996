"""The best of several rewards, and what those without a value do to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards import Best, Constant
from rewardkit.rewards.best import best_of
from rewardkit.rewards.numbers import Unjudged
from rewardkit.types import Rollout, Score


@pytest.mark.parametrize(
    ("rule", "values", "expected"),
    [
        pytest.param("none", [0.1, 0.8], 0.8, id="highest"),
        pytest.param("none", [-2.0, -1.0], -1.0, id="negative"),
        pytest.param("none", [0.8, None], None, id="the other might have been higher"),
        pytest.param("skip", [0.8, None], 0.8, id="skip"),
        pytest.param("skip", [None, None], None, id="skip of nothing"),
        pytest.param("zero", [-0.5, None], 0.0, id="zero beats a negative"),
        pytest.param("zero", [None, None], 0.0, id="zero of nothing"),
    ],
)
def test_values(rule: Unjudged, values: list[float | None], expected: float | None) -> None:
    scores = {str(number): Score(value, "why") for number, value in enumerate(values)}
    best = best_of(scores, rule)
    assert best.value == expected
    assert best.parts == scores


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=5))
def test_agrees_with_sorting(values: list[float]) -> None:
    best = Best({str(number): Constant(value) for number, value in enumerate(values)})
    assert best([Rollout(completion="x")])[0].value == sorted(values)[-1]


def test_the_first_of_equal_ones_gives_the_reason() -> None:
    best = Best({"b": Constant(1.0), "a": Constant(1.0)})
    assert best([Rollout(completion="x")])[0].reason == "best is b = 1: constant"


def test_refuses_nothing_to_choose_from() -> None:
    with pytest.raises(ConfigError, match=r"best\.rewards: expected at least one part, got none"):
        Best({})
