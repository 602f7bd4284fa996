"""What a gate pays, and what it asks of the rewards behind it."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards import Constant, Gate, Group
from rewardkit.rewards.base import pointwise
from rewardkit.types import Rollout, Score


@pointwise
def stated(rollout: Rollout) -> Score:
    """The value that the completion states; None for an empty one."""
    return Score(float(rollout.text) if rollout.text else None, "stated")


def rows(*texts: str, group: str = "q") -> list[Rollout]:
    return [Rollout(completion=text, group=group) for text in texts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("1", 7.0, id="at the threshold"),
        pytest.param("2", 7.0, id="above"),
        pytest.param("0.99", -1.0, id="below"),
        pytest.param("", None, id="not judged"),
    ],
)
def test_pays(text: str, expected: float | None) -> None:
    gate = Gate(condition=stated, reward=Constant(7.0), otherwise=-1.0)
    assert gate(rows(text))[0].value == expected


def test_keeps_the_parts_that_were_asked() -> None:
    passed, failed = Gate(stated, Constant(7.0))(rows("1", "0"))
    assert {name: part.value for name, part in passed.parts.items()} == {
        "condition": 1,
        "reward": 7,
    }
    assert {name: part.value for name, part in failed.parts.items()} == {"condition": 0}
    assert failed.reason == "condition 0 < 1: stated"


def test_does_not_compute_the_reward_for_those_that_fail() -> None:
    seen: list[str] = []

    def watch(rollouts: Sequence[Rollout]) -> list[Score]:
        seen.extend(rollout.text for rollout in rollouts)
        return [Score(1.0)] * len(rollouts)

    Gate(stated, watch)(rows("0", "1", "0", "2"))
    assert seen == ["1", "2"]


def test_hands_whole_groups_to_a_reward_that_needs_them() -> None:
    gate = Gate(stated, Group(stated, statistic="mean"))
    batch = [*rows("0", "1", group="a"), *rows("0", "0", group="b"), *rows("5", group="a")]
    assert [score.value for score in gate(batch)] == [0.0, 2.0, 0.0, 0.0, 2.0]


@given(st.lists(st.sampled_from(["", "0", "1", "2"])))
def test_agrees_with_one_row_at_a_time(texts: list[str]) -> None:
    gate = Gate(stated, stated, at_least=0.5, otherwise=-3.0)
    assert gate(rows(*texts)) == [gate([row])[0] for row in rows(*texts)]


@pytest.mark.parametrize("name", ["at_least", "otherwise"])
def test_refuses_what_is_no_number(name: str) -> None:
    gate = Gate(stated, Constant(1.0))
    with pytest.raises(ConfigError, match=rf"gate\.{name}: expected a finite number, got nan"):
        msgspec.structs.replace(gate, **{name: float("nan")})
