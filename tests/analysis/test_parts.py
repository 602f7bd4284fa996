"""Which part tells right from wrong."""

import pytest

from rewardkit.analysis.parts import check_correct_at, choose_part
from rewardkit.errors import ConfigError


@pytest.mark.parametrize(
    ("wanted", "names", "chosen"),
    [
        pytest.param(None, ["format", "accuracy"], "accuracy", id="accuracy"),
        pytest.param(None, ["a.accuracy", "accuracy"], "accuracy", id="the outer accuracy"),
        pytest.param(None, ["a.accuracy", "a"], "a.accuracy", id="the only nested one"),
        pytest.param(None, ["a.accuracy", "b.accuracy"], "reward", id="two nested ones"),
        pytest.param(None, ["my_accuracy"], "reward", id="another name"),
        pytest.param(None, [], "reward", id="no parts"),
        pytest.param("format", ["format", "accuracy"], "format", id="the user's choice"),
        pytest.param("reward", ["accuracy"], "reward", id="the total by choice"),
    ],
)
def test_choice(wanted: str | None, names: list[str], chosen: str) -> None:
    assert choose_part(wanted, names) == chosen


def test_an_unknown_part_is_refused_with_those_that_exist() -> None:
    with pytest.raises(
        ConfigError, match="--part: expected reward or format, got 'formt', did you"
    ):
        choose_part("formt", ["format"])


@pytest.mark.parametrize("threshold", [float("nan"), float("inf")])
def test_a_threshold_is_a_number(threshold: float) -> None:
    with pytest.raises(ConfigError, match="--correct-at"):
        check_correct_at(threshold)
