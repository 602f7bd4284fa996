"""Group statistics against the standard library, and who is in which group."""

import statistics
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards import (
    Clip,
    Constant,
    Custom,
    Gate,
    Group,
    Part,
    Route,
    Weighted,
    needs_groups,
)
from rewardkit.rewards.base import Reward, pointwise
from rewardkit.rewards.group import Statistic, group_values, standardised
from rewardkit.types import Rollout, Score

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9)


@pointwise
def stated(rollout: Rollout) -> Score:
    """The value that the completion states; None for an empty one."""
    return Score(float(rollout.text) if rollout.text else None, "stated")


def rows(*texts: str, group: str = "q") -> list[Rollout]:
    return [Rollout(completion=text, group=group) for text in texts]


@pytest.mark.parametrize(
    ("statistic", "texts", "expected"),
    [
        pytest.param("best-of", ["0", "1"], [1.0, 1.0], id="best of two"),
        pytest.param("pass-rate", ["0", "1", "2", "0.5"], [0.5] * 4, id="half pass"),
        pytest.param("pass-rate", ["0", "1", ""], [0.5, 0.5, None], id="None is left out"),
        pytest.param("mean", ["0", "1", "5"], [2.0] * 3, id="mean"),
        pytest.param("mean", ["", ""], [None, None], id="nobody is judged"),
        pytest.param("centered", ["0", "1"], [-0.5, 0.5], id="centered"),
        pytest.param("centered", ["0.1"] * 3, [0.0] * 3, id="equal values are exactly 0"),
        pytest.param("standardised", ["0.1"] * 3, [0.0] * 3, id="standardised too"),
        pytest.param("standardised", ["7"], [0.0], id="alone"),
        pytest.param("standardised", ["7", ""], [0.0, None], id="alone with one unjudged"),
        pytest.param("mean", ["1e308", "1e308"], [None, None], id="overflow of the mean"),
        pytest.param("standardised", ["1e200", "-1e200"], [None, None], id="overflow of squares"),
    ],
)
def test_statistics(statistic: Statistic, texts: list[str], expected: list[float | None]) -> None:
    scores = Group(stated, statistic=statistic)(rows(*texts))
    assert [score.value for score in scores] == expected
    assert [score.parts["reward"] for score in scores] == stated(rows(*texts))


@given(VALUES)
def test_standardised_agrees_with_the_standard_library(values: list[float]) -> None:
    if max(values) == min(values):
        assert standardised(values) == [0.0] * len(values)
        return
    mean, spread = statistics.mean(values), statistics.stdev(values)
    expected = [(value - mean) / (spread + 1e-6) for value in values]
    assert standardised(values) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(VALUES, st.randoms(), st.sampled_from(["mean", "centered", "standardised", "pass-rate"]))
def test_order_does_not_matter(values: list[float], random: object, statistic: Statistic) -> None:
    order = list(range(len(values)))
    random.shuffle(order)  # type: ignore[attr-defined]  # Hypothesis gives a Random
    shuffled = group_values([values[row] for row in order], statistic)
    assert shuffled == [group_values(values, statistic)[row] for row in order]


def test_groups_may_be_interleaved() -> None:
    one, two = rows("0", "1", group="one"), rows("4", "8", group="two")
    scores = Group(stated, statistic="mean")([one[0], two[0], one[1], two[1]])
    assert [score.value for score in scores] == [0.5, 6.0, 0.5, 6.0]


def test_the_prompt_stands_in_for_a_missing_group() -> None:
    batch = [Rollout(completion=text, prompt=prompt) for text, prompt in [("0", "a"), ("4", "b")]]
    scores = Group(stated, statistic="mean")(batch)
    assert [score.value for score in scores] == [0.0, 4.0]


def test_rollouts_of_no_known_question_are_not_judged() -> None:
    score = Group(stated)([Rollout(completion="1")])[0]
    assert score.value is None and score.reason.startswith("group missing")


def marked(rollouts: object) -> list[Score]:
    return []


marked.whole_groups = True  # type: ignore[attr-defined]  # a function may say so, types have no word for it
GROUP = Group(Constant(1.0))


@pytest.mark.parametrize(
    ("reward", "expected"),
    [
        pytest.param(GROUP, True, id="itself"),
        pytest.param(Constant(1.0), False, id="constant"),
        pytest.param(Clip(GROUP, low=0.0), True, id="in a field"),
        pytest.param(Weighted({"a": Part(1.0, GROUP)}), True, id="in a part"),
        pytest.param(Route({"math": GROUP}), True, id="in a dict"),
        pytest.param(Route({"math": Constant(1.0)}, default=GROUP), True, id="in an option"),
        pytest.param(Gate(Constant(1.0), Clip(GROUP, low=0.0)), True, id="two levels down"),
        pytest.param(Gate(Constant(1.0), Clip(Constant(1.0), low=0.0)), False, id="nowhere"),
        pytest.param(marked, True, id="function that says so"),
        pytest.param(stated, False, id="function that does not"),
    ],
)
def test_needs_groups(reward: Reward, expected: bool) -> None:
    assert needs_groups(reward) is expected


def test_a_custom_function_may_need_groups(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from rewardkit.rewards import Constant, Group\n"
        "def alone(rollouts):\n    return [0.0 for _ in rollouts]\n"
        "def together(rollouts):\n    return [0.0 for _ in rollouts]\n"
        "together.whole_groups = True\n"
        "value = Group(Constant(1.0))\n"
    )
    found = {
        name: needs_groups(Custom(f"{file}:{name}")) for name in ("alone", "together", "value")
    }
    assert found == {"alone": False, "together": True, "value": True}


def test_refuses_a_negative_epsilon_and_unknown_statistics() -> None:
    with pytest.raises(ConfigError, match=r"group\.epsilon: expected at least 0, got -1"):
        Group(stated, epsilon=-1.0)
    with pytest.raises(
        ConfigError, match=r"group\.statistic: expected one of best-of, .* 'median'"
    ):
        Group(stated, statistic="median")  # type: ignore[arg-type]  # the mistake that is tested
