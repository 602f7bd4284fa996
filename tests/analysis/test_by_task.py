"""Accuracy by task against figures by hand and against a plain standard error."""

import statistics
from math import sqrt

import pytest

from rewardkit.analysis.by_task import TaskRow, figures_by_task
from rewardkit.scored import PartScore


def row(group: str, value: float | None, task: str = "math", truncated: bool = False) -> TaskRow:
    return TaskRow(
        id=f"{group}:{value}",
        group=group,
        reward=0.5,
        status="scored",
        scores={"accuracy": PartScore(value)},
        task=task,
        truncated=truncated,
    )


def test_tasks_stand_by_name_and_all_last() -> None:
    rows = [row("a", 1.0, "number"), row("b", 0.0, "choice"), row("c", None, "choice")]
    found = figures_by_task(rows, "accuracy")
    assert [one.task for one in found] == ["choice", "number", "all"]
    assert [one.mean for one in found] == [0.0, 1.0, 0.5]
    assert [one.unjudged for one in found] == [1, 0, 1]


def test_error_of_one_reply_a_question_is_the_usual_one() -> None:
    values = [1.0, 0.0, 0.0, 1.0, 1.0]
    (found,) = figures_by_task([row(str(i), value) for i, value in enumerate(values)], "accuracy")
    assert found.error == pytest.approx(statistics.stdev(values) / sqrt(5))


def test_replies_of_a_question_are_related() -> None:
    groups = {"a": 1.0, "b": 0.0, "c": 1.0}
    once = figures_by_task([row(name, value) for name, value in groups.items()], "accuracy")
    thrice = figures_by_task(
        [row(name, value) for name, value in groups.items() for _ in range(3)], "accuracy"
    )
    assert thrice[0].error == pytest.approx(once[0].error)
    assert (thrice[0].judged, thrice[0].questions) == (9, 3)


def test_any_right_counts_questions() -> None:
    rows = [row("a", 0.0), row("a", 1.0), row("b", 0.0), row("b", 0.4), row("c", None)]
    (found,) = figures_by_task(rows, "accuracy")
    assert (found.any_right, found.questions, found.tokens) == (0.5, 2, None)


def test_nothing_judged_has_no_mean() -> None:
    (found,) = figures_by_task([row("a", None, truncated=True)], "accuracy")
    assert (found.mean, found.error, found.any_right, found.truncated) == (None, None, None, 1.0)


def test_nothing_gives_nothing() -> None:
    assert figures_by_task([]) == []
