"""Accuracy by task, with its standard error: what an evaluation is read for."""

import math
from collections.abc import Iterable

import msgspec

from rewardkit.analysis.groups import ROUNDING
from rewardkit.analysis.parts import REWARD
from rewardkit.analysis.statistics import clustered_error
from rewardkit.scored import KeptRow, reply_tokens

ALL = "all"
"""The row of all tasks together, which stands last where there are several."""


class TaskRow(KeptRow, frozen=True, kw_only=True):
    """A scored line with what tells tasks and lengths apart."""

    task: str = "math"
    truncated: bool = False


class TaskFigures(msgspec.Struct, frozen=True):
    """Figures of the replies of one task.

    Attributes:
        task: Its name, `all` for all of them.
        questions: Questions with a judged reply.
        judged: Judged replies; mean and error are of these.
        unjudged: Replies whose value is null.
        mean: Mean value; None where nothing is judged.
        error: Its standard error, with the replies of a question taken as related; None of fewer
            than two questions.
        any_right: Share of the questions with a right reply among their judged ones.
        tokens: Mean length of the replies that tell theirs, in tokens; None where none does.
        truncated: Share of all replies that hit the token limit.
    """

    task: str
    questions: int
    judged: int
    unjudged: int
    mean: float | None
    error: float | None
    any_right: float | None
    tokens: float | None
    truncated: float


class _Tally:
    """What is added up over the replies of a task."""

    def __init__(self) -> None:
        self.values: dict[str, list[float]] = {}
        self.unjudged = 0
        self.tokens: list[int] = []
        self.truncated = 0

    def add(self, row: TaskRow, value: float | None) -> None:
        self.truncated += row.truncated
        tokens = reply_tokens(row)
        if tokens is not None:
            self.tokens.append(tokens)
        if value is None:
            self.unjudged += 1
        else:
            self.values.setdefault(row.group, []).append(value)

    def figures(self, task: str, correct_at: float) -> TaskFigures:
        groups = self.values.values()
        judged = sum(map(len, groups))
        right = sum(max(values) >= correct_at - ROUNDING for values in groups)
        return TaskFigures(
            task=task,
            questions=len(groups),
            judged=judged,
            unjudged=self.unjudged,
            mean=math.fsum(map(math.fsum, groups)) / judged if judged else None,
            error=clustered_error((math.fsum(values), len(values)) for values in groups),
            any_right=right / len(groups) if groups else None,
            tokens=sum(self.tokens) / len(self.tokens) if self.tokens else None,
            truncated=self.truncated / (judged + self.unjudged),
        )


def figures_by_task(
    rows: Iterable[TaskRow], part: str = REWARD, correct_at: float = 1.0
) -> list[TaskFigures]:
    """Compute the figures of each task.

    Args:
        rows: Scored rows with their tasks.
        part: The part that tells right from wrong, `reward` for the total. A row that lacks it is
            not judged.
        correct_at: Values from here on are right.

    Returns:
        The tasks by name, then `all` where there are several.

    >>> line = b'{"id":"1","group":"q","reward":1.0,"status":"scored","task":"number"}'
    >>> (found,) = figures_by_task([msgspec.json.decode(line, type=TaskRow)])
    >>> found.task, found.mean, found.error
    ('number', 1.0, None)
    """
    tallies: dict[str, _Tally] = {}
    whole = _Tally()
    for row in rows:
        score = row.scores.get(part)
        value = row.reward if part == REWARD else None if score is None else score.value
        tallies.setdefault(row.task, _Tally()).add(row, value)
        whole.add(row, value)
    found = [tallies[task].figures(task, correct_at) for task in sorted(tallies)]
    return [*found, whole.figures(ALL, correct_at)] if len(found) > 1 else found
