"""Clip, Scale and Saturate on a table, on any number, and on scores without a value."""

import math
import sys
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards import Clip, Constant, Part, Saturate, Scale, Weighted
from rewardkit.rewards.base import Reward, pointwise
from rewardkit.types import Rollout, Score

ROW = Rollout(completion="x")
NAME = cast("Reward", "r1")
FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pointwise
def unjudged(rollout: Rollout) -> Score:
    return Score(None, "no image")


def value(reward: Reward) -> float | None:
    return reward([ROW])[0].value


@pytest.mark.parametrize(
    ("reward", "expected"),
    [
        pytest.param(Clip(Constant(5.0), low=0.0, high=1.0), 1.0, id="clip above"),
        pytest.param(Clip(Constant(-5.0), low=0.0, high=1.0), 0.0, id="clip below"),
        pytest.param(Clip(Constant(0.3), low=0.0, high=1.0), 0.3, id="clip inside"),
        pytest.param(Clip(Constant(-5.0), high=1.0), -5.0, id="clip without low"),
        pytest.param(Clip(Constant(5.0), low=1.0), 5.0, id="clip without high"),
        pytest.param(Clip(unjudged, low=1.0), None, id="clip None"),
        pytest.param(Scale(Constant(3.0), factor=2.0, offset=-1.0), 5.0, id="scale"),
        pytest.param(Scale(unjudged, factor=0.0), None, id="scale None"),
        pytest.param(Scale(Constant(1e308), factor=10.0), None, id="scale overflow"),
        pytest.param(Saturate(Constant(0.4), at=0.4), 1.0, id="pebr at the threshold"),
        pytest.param(Saturate(Constant(0.9), at=0.4), 1.0, id="pebr above"),
        pytest.param(Saturate(Constant(0.1), at=0.4), 0.25, id="pebr below"),
        pytest.param(Saturate(Constant(-0.3), at=0.4), 0.0, id="negative pays nothing"),
        pytest.param(Saturate(Constant(0.0), at=0.4), 0.0, id="zero"),
        pytest.param(Saturate(Constant(-1e308), at=5e-324), 0.0, id="saturate underflow"),
        pytest.param(Saturate(unjudged, at=0.4), None, id="saturate None"),
    ],
)
def test_values(reward: Reward, expected: float | None) -> None:
    assert value(reward) == expected


def test_no_negative_zero() -> None:
    got = value(Scale(Constant(0.0), factor=-1.0, offset=-0.0))
    assert str(got) == "0.0"


def test_parts_and_reason_are_kept() -> None:
    inner = Weighted({"a": Part(2.0, Constant(1.0))})
    score = Clip(inner, high=1.0)([ROW])[0]
    assert score.parts == inner([ROW])[0].parts
    assert score.reason == "2 clipped to 1: 2*1 [a] = 2"


@given(FINITE, FINITE, FINITE)
def test_clip_is_the_middle_of_three(number: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert value(Clip(Constant(number), low=low, high=high)) == sorted((number, low, high))[1]


@given(FINITE, FINITE, FINITE)
def test_scale_is_finite_or_none(number: float, factor: float, offset: float) -> None:
    got = value(Scale(Constant(number), factor=factor, offset=offset))
    expected = factor * number + offset
    assert got == (expected if math.isfinite(expected) else None)


@given(FINITE, st.floats(min_value=0, exclude_min=True, allow_infinity=False))
def test_saturate_stays_in_its_range_and_rises(number: float, at: float) -> None:
    got = value(Saturate(Constant(number), at=at))
    more = value(
        Saturate(Constant(min(math.nextafter(number, math.inf), sys.float_info.max)), at=at)
    )
    assert got is not None and more is not None and 0.0 <= got <= more <= 1.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda: Clip(unjudged), "low, high or both, got neither", id="no bound"),
        pytest.param(lambda: Clip(unjudged, 2.0, 1.0), r"clip\.low: .* 1.0, got 2.0", id="crossed"),
        pytest.param(lambda: Clip(unjudged, high=math.inf), r"clip\.high: .* got inf", id="inf"),
        pytest.param(lambda: Scale(unjudged, math.nan), r"scale\.factor: .* got nan", id="nan"),
        pytest.param(
            lambda: Saturate(unjudged, 0.0), r"saturate\.at: .* above 0, got 0", id="zero"
        ),
        pytest.param(lambda: Saturate(NAME, 1.0), r"saturate\.reward: .* got str 'r1'", id="name"),
    ],
)
def test_refuses(make: type[Reward], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()
