"""How hard a question is."""

from collections.abc import Iterable
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.analysis.sampling import Bounds, Difficulty, Tally, difficulty
from rewardkit.errors import ConfigError
from rewardkit.scored import PartScore, ScoredRow


@pytest.mark.parametrize(
    ("judged", "right", "bounds", "wanted"),
    [
        pytest.param(8, 8, Bounds(), "easy", id="8 of 8"),
        pytest.param(7, 7, Bounds(), "easy", id="7 of 7, which the released code calls medium"),
        pytest.param(8, 7, Bounds(), "medium", id="7 of 8"),
        pytest.param(8, 1, Bounds(), "medium", id="1 of 8"),
        pytest.param(8, 0, Bounds(), "hard", id="none"),
        pytest.param(1, 1, Bounds(), "few", id="one rollout"),
        pytest.param(0, 0, Bounds(min_rollouts=1), "few", id="no rollout, ever"),
        pytest.param(1, 1, Bounds(min_rollouts=1), "easy", id="one is enough"),
        pytest.param(8, 7, Bounds(easy_at=0.875), "easy", id="on the edge of easy"),
        pytest.param(10, 9, Bounds(easy_at=0.9), "easy", id="on an edge that is no binary number"),
        pytest.param(8, 1, Bounds(hard_at=0.125), "hard", id="on the edge of hard"),
        pytest.param(8, 2, Bounds(hard_at=0.125), "medium", id="over the edge of hard"),
    ],
)
def test_difficulty(judged: int, right: int, bounds: Bounds, wanted: Difficulty) -> None:
    assert difficulty(judged, right, bounds) == wanted


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_the_usual_bounds_are_all_or_none(drawn: tuple[int, int]) -> None:
    judged, right = drawn
    wanted = "few" if judged < 2 else {judged: "easy", 0: "hard"}.get(right, "medium")
    assert difficulty(judged, right, Bounds()) == wanted


@pytest.mark.parametrize(
    ("easy", "hard", "least"),
    [(0.5, 0.5, 2), (1.1, 0.0, 2), (1.0, -0.1, 2), (float("nan"), 0.0, 2), (1.0, 0.0, 0)],
)
def test_bounds_that_contradict_are_refused(easy: float, hard: float, least: int) -> None:
    with pytest.raises(ConfigError, match=r"--easy-at|--min-rollouts"):
        Bounds(easy_at=easy, hard_at=hard, min_rollouts=least)


def row(group: str, reward: float | None, **parts: float | None) -> ScoredRow:
    scores = {name: PartScore(value) for name, value in parts.items()}
    status: Literal["unjudged", "scored"] = "unjudged" if reward is None else "scored"
    return ScoredRow(id="1", group=group, reward=reward, status=status, scores=scores)


def tally_of(rows: Iterable[ScoredRow], bounds: Bounds, part: str | None = None) -> Tally:
    tally = Tally(bounds, part)
    for each in rows:
        tally.add(each)
    return tally


def test_unjudged_rollouts_are_left_out() -> None:
    rows = [row("q", None, accuracy=None), row("q", 1.0, accuracy=1.0), row("q", 1.0, accuracy=1.0)]
    tally = tally_of(rows, Bounds())
    assert (tally.part(), tally.rollouts, tally.judged()) == ("accuracy", 3, 2)
    question = tally.question(0)
    assert (question.difficulty, question.rate) == ("easy", 1.0)


def test_accuracy_may_come_to_light_late() -> None:
    rows = [row("p", 1.0), row("q", 1.0, accuracy=0.0), row("q", 1.0, accuracy=0.0)]
    tally = tally_of(rows, Bounds())
    assert [tally.question(i).difficulty for i in (0, 1)] == ["few", "hard"]


def test_the_total_stands_in_for_accuracy() -> None:
    rows = [row("q", 1.0, format=0.0), row("q", 1.0, format=0.0)]
    assert tally_of(rows, Bounds()).question(0).difficulty == "easy"
    assert tally_of(rows, Bounds(), "format").question(0).difficulty == "hard"
    assert tally_of(rows, Bounds(), "reward").question(0).difficulty == "easy"


def test_a_part_that_no_row_has_is_refused() -> None:
    with pytest.raises(ConfigError, match="expected reward or format, got 'clip'"):
        tally_of([row("q", 1.0, format=0.0)], Bounds(), "clip").part()


def test_a_question_without_rollouts() -> None:
    question = Tally(Bounds()).question(None)
    assert (question.difficulty, question.rate) == ("few", None)
    msgspec.json.encode(question)
