"""The fallback of accuracy sees undecided rollouts alone, and of them the answer alone."""

import pickle
from collections.abc import Sequence

import pytest

from rewardkit.errors import ConfigError
from rewardkit.rewards import (
    Accuracy,
    Clip,
    Constant,
    Group,
    Judge,
    Reward,
    decode,
    encode,
    needs_groups,
)
from rewardkit.rewards.walk import nested
from rewardkit.types import Reference, Rollout, Score, Verdict

UNSURE = r"<think>SECRET</think><answer>1+2+3+\cdots+n</answer>"
REFERENCE = r"1+2+\cdots+n"


class Recorder:
    """A reward that remembers what it was shown."""

    def __init__(self, score: Score) -> None:
        """Remember what to give."""
        self.seen: list[Rollout] = []
        self.score = score

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Give everything the same score."""
        self.seen += rollouts
        return [self.score] * len(rollouts)


def row(reply: str = UNSURE, reference: str | None = REFERENCE, **fields: str) -> Rollout:
    return Rollout(completion=reply, reference=reference, prompt="sum?", **fields)  # type: ignore[arg-type]  # strings all


DECIDED = {
    "correct": row("<answer>7</answer>", "7"),
    "wrong": row("<answer>8</answer>", "7"),
    "no answer": row("7", "7"),
    "no answer, and a reference that is hard to compare": row("1+2"),
    "two answers": row(r"<answer>1</answer><answer>1+2+3+\cdots+n</answer>"),
    "unreadable reference": row("<answer>7</answer>", None),
    "misspelt task": row(task="maht"),
}


def test_undecided_rows_are_handed_on_with_the_answer_alone() -> None:
    fallback = Recorder(Score(0.25, "looks right"))
    rows = [*DECIDED.values(), row(), *DECIDED.values()]

    scores = Accuracy(fallback=fallback)(rows)

    [shown] = fallback.seen
    assert shown.text == r"1+2+3+\cdots+n"
    assert (shown.prompt, shown.reference) == ("sum?", REFERENCE)
    without = Accuracy()(rows)
    place = len(DECIDED)
    assert without[place].value is None and without[place].reason.startswith("undecided: ")
    assert scores[place] == Score(0.25, f"{without[place].reason}; fallback: looks right")
    del scores[place], without[place]
    assert scores == without


def test_what_the_fallback_cannot_tell_stays_unjudged() -> None:
    [score] = Accuracy(fallback=Recorder(Score(None, "no idea")))([row()])
    assert score.value is None
    assert score.reason.startswith("undecided: ") and score.reason.endswith("; fallback: no idea")


def test_nothing_undecided_asks_nobody() -> None:
    fallback = Recorder(Score(1.0))
    Accuracy(fallback=fallback)(list(DECIDED.values()))
    assert fallback.seen == []


def test_a_reply_without_an_answer_is_not_handed_on_whatever_the_verifier_says() -> None:
    def unsure(answer: str, reference: Reference, choices: Sequence[str] = ()) -> Verdict:
        return Verdict("undecided", reason="too hard")

    fallback = Recorder(Score(1.0))
    reward = Accuracy(verifiers={"math": unsure}, fallback=fallback)
    scores = reward([row("no answer"), row()])
    assert [score.value for score in scores] == [None, 1.0]
    assert len(fallback.seen) == 1


def test_is_off_by_default() -> None:
    assert Accuracy().fallback is None
    assert Accuracy()([row()])[0].value is None


def test_is_a_value_like_any_other() -> None:
    judge = Judge(base_url="http://localhost:8000/v1", model="m")
    reward = Accuracy(fallback=judge)
    assert decode(encode(reward)) == reward == pickle.loads(pickle.dumps(reward))
    assert judge in list(nested(reward)), "its model is checked before any work"
    assert needs_groups(Accuracy(fallback=Group(Constant(1.0))))
    assert Accuracy(fallback=Constant(0.5))([row(), row("<answer>7</answer>", "7")])[0].value == 0.5


@pytest.mark.parametrize(
    "fallback",
    [
        Judge(base_url="http://h/v1", model="m", template="think-answer", section="answer"),
        Clip(Accuracy(task="number"), high=1.0),
    ],
)
def test_a_fallback_with_a_template_of_its_own_is_refused(fallback: Reward) -> None:
    """It would look for sections in the answer alone, and find that it has none: 0."""
    with pytest.raises(ConfigError, match=r"accuracy\.fallback: expected no template"):
        Accuracy(fallback=fallback)


def test_what_is_no_reward_is_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"accuracy\.fallback: expected a reward, got str 'judge'"
    ):
        Accuracy(fallback="judge")  # type: ignore[arg-type]  # wrong on purpose
