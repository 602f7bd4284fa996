"""Cutting a request's rollouts into pieces, the unit of work, of retrying and of fairness."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Literal, TypeAlias

import msgspec

from rewardkit.engine.rows import to_line
from rewardkit.scoring import Outcome, Status
from rewardkit.types import Rollout, Score

PIECE_ROWS = 4
"""So few that after a lost attempt each row still has more time than the math verifier's 5 s.

A quarter of half of half the default deadline of 120 s is 7.5 s: an answer that is too hard stays
worth 0, and can't get out of being judged by the company of others.
"""

MODEL_PIECE_ROWS = 64
"""Enough for a model to be fed in batches."""

Cause: TypeAlias = Literal["", "deadline", "died", "fault"]
"""Why there is no score although the reward was not to blame: empty where the reward decided."""


class Line(msgspec.Struct, frozen=True):
    """One scored line.

    Attributes:
        data: The line as `rewardkit score` writes it, without line break.
        status: Its status, for the metrics.
        cause: Why the server itself has left it unjudged.
    """

    data: bytes
    status: Status
    cause: Cause = ""


class Piece:
    """Some rollouts of one request that are scored together.

    Attributes:
        rollouts: The rollouts.
        rows: Where each stands in its request.
        units: Indices into `rollouts` of those that must be scored together, a group or one row.
        deadline: When an answer is due, on the monotonic clock, in seconds.
        result: The lines, one for each rollout, in order.
    """

    def __init__(
        self,
        rollouts: list[Rollout],
        rows: list[int],
        units: list[list[int]],
        deadline: float,
    ) -> None:
        """Put a piece together that nobody has scored yet."""
        self.rollouts = rollouts
        self.rows = rows
        self.units = units
        self.deadline = deadline
        self.result: Future[list[Line]] = Future()


def cut(rollouts: Sequence[Rollout], whole_groups: bool, size: int, deadline: float) -> list[Piece]:
    """Cut a request into pieces.

    Args:
        rollouts: The request's rollouts.
        whole_groups: Whether the rollouts of a question must stay together, wherever they stand.
        size: Rows after which a piece ends; a group is never cut.
        deadline: When an answer is due, on the monotonic clock.

    Returns:
        Pieces that hold each row once; those of single rows in the request's order.

    >>> rows = [Rollout(completion="", group=name) for name in "abab"]
    >>> [piece.rows for piece in cut(rows, False, 3, 0.0)]
    [[0, 1, 2], [3]]
    >>> [piece.rows for piece in cut(rows, True, 1, 0.0)]
    [[0, 2], [1, 3]]
    """
    pieces: list[Piece] = []
    units: list[list[int]] = []
    for unit in find_units(rollouts, whole_groups):
        units.append(unit)
        if sum(map(len, units)) >= size:
            pieces.append(join(rollouts, units, deadline))
            units = []
    if units:
        pieces.append(join(rollouts, units, deadline))
    return pieces


def find_units(rollouts: Sequence[Rollout], whole_groups: bool) -> list[list[int]]:
    """Rows that must be scored together, in order of appearance."""
    if not whole_groups:
        return [[row] for row in range(len(rollouts))]
    groups: dict[str, list[int]] = {}
    for row, rollout in enumerate(rollouts):
        groups.setdefault(rollout.group, []).append(row)
    return list(groups.values())


def join(rollouts: Sequence[Rollout], units: list[list[int]], deadline: float) -> Piece:
    """Make one piece of some units."""
    rows = [row for unit in units for row in unit]
    begins = 0
    places: list[list[int]] = []
    for unit in units:
        places.append(list(range(begins, begins + len(unit))))
        begins += len(unit)
    return Piece([rollouts[row] for row in rows], rows, places, deadline)


def unscored(rollout: Rollout, kind: str, reason: str, cause: Cause) -> Line:
    """The line of a rollout that the server could not have scored.

    Args:
        rollout: The rollout.
        kind: Name of the reward's only part.
        reason: One line for a person.
        cause: Of what kind that was; a fault is an `error`, the others are unjudged.
    """
    status: Status = "error" if cause == "fault" else "unjudged"
    line = to_line(rollout, Outcome(Score(None, reason), status), kind)
    return Line(msgspec.json.encode(line), status, cause)
