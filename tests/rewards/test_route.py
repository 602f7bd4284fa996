"""Every rollout reaches its reward, and comes back in its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards import Constant, Group, Route
from rewardkit.rewards.base import pointwise
from rewardkit.rewards.route import route_key
from rewardkit.types import Rollout, Score


@pointwise
def letters(rollout: Rollout) -> Score:
    return Score(float(len(rollout.text)), "letters")


TASKS = Route({"math": Constant(1.0), "text": letters})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("hard", "hard", id="text"),
        pytest.param("", "", id="empty text"),
        pytest.param(3, "3", id="whole number"),
        pytest.param(True, "true", id="true"),
        pytest.param(False, "false", id="false"),
        pytest.param(1.0, None, id="a number with a point"),
        pytest.param(10**5000, None, id="too many digits"),
        pytest.param(["hard"], None, id="list"),
        pytest.param(None, None, id="null"),
    ],
)
def test_keys(value: object, expected: str | None) -> None:
    assert route_key(Rollout(completion="", extra={"level": value}), "level") == expected


def test_unknown_value_is_not_judged_and_named() -> None:
    score = TASKS([Rollout(completion="x", task="poem")])[0]
    assert score == Score(None, "no route: expected task to be one of math, text, got 'poem'")


def test_missing_field_goes_to_the_default() -> None:
    route = Route({"easy": Constant(1.0)}, by="level", default=Constant(-1.0))
    easy, none = route([Rollout(completion="", extra={"level": "easy"}), Rollout(completion="")])
    assert (easy.value, none.value) == (1.0, -1.0)
    assert (list(easy.parts), list(none.parts)) == (["easy"], ["default"])


@given(st.lists(st.tuples(st.sampled_from(["math", "text", "poem"]), st.text(max_size=9))))
def test_order_is_kept(pairs: list[tuple[str, str]]) -> None:
    rows = [Rollout(completion=text, task=task) for task, text in pairs]
    slow = [TASKS([row])[0] for row in rows]
    assert TASKS(rows) == slow


def test_a_group_is_seen_whole_though_its_rollouts_part() -> None:
    route = Route({"true": Constant(0.0)}, by="truncated", default=Group(letters, statistic="mean"))
    rows = [
        Rollout(completion="a" * 9, group="q", truncated=True),
        Rollout(completion="a", group="q"),
    ]
    assert [score.value for score in route(rows)] == [0.0, 5.0]


@pytest.mark.parametrize(
    ("routes", "by", "message"),
    [
        pytest.param({}, "task", "route.routes: expected at least one", id="no routes"),
        pytest.param({"a": Constant(1.0)}, "", "route.by: expected a field's name", id="no field"),
        pytest.param({1: Constant(1.0)}, "task", "strings as names, got 1", id="number as name"),
        pytest.param(
            {"a": "r1"}, "task", r"route.routes.a: expected a reward, got str 'r1'", id="name"
        ),
    ],
)
def test_refuses(routes: dict[str, Constant], by: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Route(dict(routes), by=by)
