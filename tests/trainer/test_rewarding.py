"""What TRL is handed: values, None for what is not judged, and a stop where the reward fails."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pytest

from rewardkit.errors import ConfigError
from rewardkit.rewards import Weighted
from rewardkit.rewards.base import Reward
from rewardkit.trainer.rewarding import Gather, RewardFailed, StageReward
from rewardkit.types import Rollout, Score

QUESTIONS = [
    Rollout(completion="", id="a", reference="7", images=["a.png"]),
    Rollout(completion="", id="b", reference=None),
]


def exact(rollouts: Sequence[Rollout]) -> list[Score]:
    """Right where the reply is the reference, not judged where there is none."""
    return [
        Score(None if row.reference is None else float(row.text == row.reference))
        for row in rollouts
    ]


def alone(values: list[Any]) -> list[Any]:
    return values


def call(
    reward: Reward,
    tmp_path: Path,
    replies: Sequence[object],
    rows: Sequence[int],
    *,
    on_error: Literal["stop", "exclude"] = "stop",
    gather: Gather = alone,
    ids: Sequence[Sequence[int]] | None = None,
) -> tuple[list[float | None], dict[str, float]]:
    logged: dict[str, float] = {}
    stage = StageReward(reward, QUESTIONS, on_error=on_error, failed=tmp_path / "f", gather=gather)
    stage.end_ids = frozenset({9})
    values = stage(
        ["p"] * len(rows),
        replies,
        row=rows,
        completion_ids=ids or [[1, 9]] * len(rows),
        log_metric=logged.__setitem__,
        trainer_state=None,
    )
    return values, logged


def test_values_of_judged_rows_and_none_for_others(tmp_path: Path) -> None:
    values, logged = call(exact, tmp_path, ["7", "8", "7"], [0, 0, 1])
    assert values == [1.0, 0.0, None]
    assert logged["unjudged"] == pytest.approx(1 / 3)
    assert logged["groups/total/mixed"] == 0.5
    assert logged["reward_seconds"] > 0


def test_rollouts_hold_all_that_the_question_does(tmp_path: Path) -> None:
    seen: list[Rollout] = []

    def reward(rollouts: Sequence[Rollout]) -> list[Score]:
        seen.extend(rollouts)
        return [Score(1.0) for _ in rollouts]

    chat = [{"role": "assistant", "content": [{"type": "text", "text": "yes"}]}]
    call(reward, tmp_path, [chat, "no"], [0, 0], ids=[[1, 2, 9], [1, 2, 3, 4]])
    assert [row.text for row in seen] == ["yes", "no"]
    assert [row.truncated for row in seen] == [False, True]
    assert [row.completion_tokens for row in seen] == [3, 4]
    assert seen[0].images == ["a.png"] and seen[0].reference == "7"


def test_questions_with_the_same_words_are_two_groups(tmp_path: Path) -> None:
    _, logged = call(exact, tmp_path, ["7", "7", "8", "8"], [0, 0, 1, 1])
    assert logged["groups/total/mixed"] == 0.0


def broken(rollouts: Sequence[Rollout]) -> list[Score]:
    if any(row.text == "bad" for row in rollouts):
        raise RuntimeError("no")
    return [Score(1.0) for _ in rollouts]


def infinite(rollouts: Sequence[Rollout]) -> list[Score]:
    return [Score(float("nan") if row.text == "bad" else 1.0) for row in rollouts]


@pytest.mark.parametrize("reward", [broken, infinite])
def test_failing_reward_stops_with_the_row_written_down(reward: Reward, tmp_path: Path) -> None:
    with pytest.raises(RewardFailed, match="failed on 1 rollouts, first on question 'a'"):
        call(reward, tmp_path, ["good", "bad"], [1, 0])
    (line,) = (tmp_path / "f").read_text().splitlines()
    assert json.loads(line)["completion"] == "bad"


@pytest.mark.parametrize("reward", [broken, infinite])
def test_failing_row_may_be_excluded(reward: Reward, tmp_path: Path) -> None:
    values, _ = call(reward, tmp_path, ["good", "bad"], [1, 0], on_error="exclude")
    assert values == [1.0, None]
    assert (tmp_path / "f").exists()


def test_configuration_errors_pass(tmp_path: Path) -> None:
    def wrong(rollouts: Sequence[Rollout]) -> list[Score]:
        raise ConfigError("no such checkpoint")

    with pytest.raises(ConfigError):
        call(wrong, tmp_path, ["x"], [0], on_error="exclude")


def test_figures_are_over_all_processes(tmp_path: Path) -> None:
    def other(values: list[Any]) -> list[Any]:
        if values and isinstance(values[0], tuple):
            group, cut, parts = values[0]
            return [*values, (group, cut, {name: 0.0 for name in parts})]
        return values

    _, logged = call(exact, tmp_path, ["7"], [0], gather=other)
    assert logged["groups/total/mixed"] == 1.0


def test_failure_on_another_process_stops_this_one(tmp_path: Path) -> None:
    def other(values: list[Any]) -> list[Any]:
        return [*values, {"id": "z", "error": "there"}] if values == [] else values

    with pytest.raises(RewardFailed, match="'z': there"):
        call(exact, tmp_path, ["7"], [0], gather=other)


def test_parts_are_figures(tmp_path: Path) -> None:
    from rewardkit.rewards import Constant, Part

    reward = Weighted(parts={"a": Part(1.0, exact), "b": Part(1.0, Constant(0.5))})
    _, logged = call(reward, tmp_path, ["7", "8"], [0, 0])
    assert (logged["parts/a/mean"], logged["parts/b/mean"]) == (0.5, 0.5)
    assert (logged["groups/a/mixed"], logged["groups/b/all_wrong"]) == (1.0, 1.0)


SAID = {"role": "assistant"}
# what TRL may hand over, its text
COMPLETIONS: list[tuple[object, str]] = [
    ("x", "x"),
    ([SAID | {"content": "x"}], "x"),
    ([SAID | {"content": [{"type": "text", "text": "x"}]}], "x"),
    ([SAID | {"content": "x"}, {"role": "tool", "content": "y"}], "x"),
    ([SAID | {"content": None}], ""),
    ([], ""),
]


@pytest.mark.parametrize(("completion", "text"), COMPLETIONS)
def test_replies_as_trl_hands_them_over(completion: object, text: str, tmp_path: Path) -> None:
    seen: list[str] = []

    def reward(rollouts: Sequence[Rollout]) -> list[Score]:
        seen.extend(row.text for row in rollouts)
        return [Score(1.0) for _ in rollouts]

    call(reward, tmp_path, [completion], [0])
    assert seen == [text]
