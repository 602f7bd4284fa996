"""The constant reward."""

import copy
import pickle

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards.constant import Constant
from rewardkit.types import Rollout


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False))
def test_any_text_gets_the_value(text: str, value: float) -> None:
    assert [score.value for score in Constant(value)([Rollout(completion=text)] * 2)] == [value] * 2


def test_no_rollouts_give_no_scores() -> None:
    assert Constant(1.0)([]) == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_value_must_be_finite(value: float) -> None:
    with pytest.raises(ConfigError, match=r"^constant\.value: expected a finite number, got"):
        Constant(value)


def test_survives_pickle_copy_and_config() -> None:
    reward = Constant(-0.25)
    assert pickle.loads(pickle.dumps(reward)) == reward == copy.deepcopy(reward)
    assert msgspec.to_builtins(reward) == {"kind": "constant", "value": -0.25}
    assert msgspec.convert({"kind": "constant", "value": -0.25}, Constant) == reward
    with pytest.raises(msgspec.ValidationError, match="valeu"):
        msgspec.convert({"kind": "constant", "value": 1.0, "valeu": 1.0}, Constant)
