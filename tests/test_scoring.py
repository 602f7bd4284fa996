"""Scoring in process: one row never takes the others down, and nobody's NaN gets out."""

from collections.abc import Sequence
from typing import ClassVar

import pytest

import rewardkit
from rewardkit import ConfigError, Rollout, RolloutError, Score, VerifierError, score
from rewardkit.scoring import Outcome, score_batch

ROWS = [Rollout(completion=text, id=text, group=text[0]) for text in ("a1", "a2", "b1", "b2")]


class Fails:
    """Raises where it sees `b1`."""

    seen: ClassVar[list[int]] = []

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Fail on `b1`."""
        self.seen.append(len(rollouts))
        if any(rollout.id == "b1" for rollout in rollouts):
            raise ZeroDivisionError("in\nthe reward")
        return [Score(1.0) for _ in rollouts]


class FailsAsGroup(Fails):
    """The same of a reward that compares the rollouts of a question."""

    whole_groups: ClassVar[bool] = True


def short(rollouts: Sequence[Rollout], /) -> list[Score]:
    return [Score(1.0)]


def plain(rollouts: Sequence[Rollout], /) -> list[Score]:
    return [1.0 for _ in rollouts]  # type: ignore[misc]  # what a careless user returns


def refuses(rollouts: Sequence[Rollout], /) -> list[Score]:
    raise ConfigError("template: expected one")


def test_one_row_fails_alone() -> None:
    outcomes = score_batch(Fails(), ROWS)

    assert [outcome.status for outcome in outcomes] == ["scored", "scored", "error", "scored"]
    assert outcomes[2].score == Score(None, "error: ZeroDivisionError: in\nthe reward")


def test_an_error_with_half_a_surrogate_pair_can_be_written() -> None:
    def raises(rollouts: Sequence[Rollout], /) -> list[Score]:
        raise ValueError("\ud800")

    [outcome] = score_batch(raises, ROWS[:1])
    assert outcome == Outcome(Score(None, "error: ValueError: ?"), "error")


def test_a_group_fails_as_one_where_groups_are_compared() -> None:
    outcomes = score_batch(FailsAsGroup(), ROWS)

    assert [outcome.status for outcome in outcomes] == ["scored", "scored", "error", "error"]


def test_a_group_is_never_torn_in_python_either() -> None:
    values = [result.value for result in score(ROWS, FailsAsGroup())]

    assert values == [1.0, 1.0, None, None]


@pytest.mark.parametrize("reward", [short, plain])
def test_broken_contract_is_an_error_of_the_row(
    reward: "rewardkit.rewards.base.Reward",
) -> None:
    outcomes = score_batch(reward, ROWS)

    assert len(outcomes) == 4
    assert all(isinstance(outcome, Outcome) for outcome in outcomes)
    expected = "scored" if reward is short else "error"  # one score for one row is no mistake
    assert {outcome.status for outcome in outcomes} == {expected}


def test_configuration_error_is_not_swallowed() -> None:
    with pytest.raises(ConfigError):
        score_batch(refuses, ROWS)


def test_nothing_to_score() -> None:
    assert score_batch(Fails(), []) == []
    assert score([], "gsm8k") == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_score_is_finite(value: float) -> None:
    with pytest.raises(VerifierError, match="expected a finite value"):
        Score(value)


def test_mappings_are_read_like_lines() -> None:
    rows: list[dict[str, object]] = [
        {"completion": "A: 72", "reference": 72, "step": 1},
        {"completion": "A: 7"},
    ]

    values = [result.value for result in score(rows, "gsm8k")]

    assert values == [1.0, None]


def test_mapping_that_is_no_rollout_is_named() -> None:
    rows: list[dict[str, object]] = [{"completion": "a"}, {"completion": 5}]

    with pytest.raises(RolloutError, match="rollout 2: field 'completion': expected"):
        score(rows, "gsm8k")


def test_unknown_reward_is_refused() -> None:
    with pytest.raises(ConfigError, match="gsm8k"):
        score([], "gsm8")


def test_no_rollouts_are_no_call() -> None:
    assert score_batch(refuses, []) == []


def test_function_that_ends_the_interpreter_fails_on_its_row() -> None:
    def leaves(rollouts: Sequence[Rollout], /) -> list[Score]:
        if any(rollout.id == "b1" for rollout in rollouts):
            raise SystemExit("bye")
        return [Score(1.0) for _ in rollouts]

    outcomes = score_batch(leaves, ROWS)

    assert [outcome.status for outcome in outcomes] == ["scored", "scored", "error", "scored"]
    assert outcomes[2].score.reason == "error: SystemExit: bye"


PLAIN = {
    "whole number": (Score(1, "one"), Score(1.0, "one")),
    "truth": (Score(True), Score(1.0)),
    "not judged": (Score(None, "é"), Score(None, "é")),
    "half a surrogate pair": (Score(1.0, "\ud800"), Score(1.0, "?")),
    "in a part": (
        Score(1.0, "", {"p": Score(0.5, "", {"q": Score(1)})}),
        Score(1.0, "", {"p": Score(0.5, "", {"q": Score(1.0)})}),
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_scores_come_out_plain(name: str) -> None:
    given, wanted = PLAIN[name]

    [outcome] = score_batch(lambda rollouts: [given], ROWS[:1])

    assert outcome.score == wanted
    assert type(outcome.score.value) is type(wanted.value)
