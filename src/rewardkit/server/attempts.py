"""Having one piece scored within its time, whatever its rollouts do to the worker."""

import time

from rewardkit.server.pieces import Cause, Line, Piece, unscored
from rewardkit.server.seat import Lost, Seat
from rewardkit.server.worker import Reply

TRIES = 3
"""Times that a row may cost a worker its life before the row is given up."""

LEAST_S = 0.005
"""Less time than this is no time."""


class Attempts:
    """One piece and the time that is left for it.

    A piece whose worker is lost is scored again unit by unit, a row or a group each, so that one
    bad row costs only itself.
    """

    def __init__(self, piece: Piece, seat: Seat, kind: str, work_s: float) -> None:
        """Describe the work.

        Args:
            piece: What to score.
            seat: Who scores.
            kind: Name of the reward's only part.
            work_s: Seconds of a worker's time that the piece may take, its deadline aside.
        """
        self._piece, self._seat, self._kind = piece, seat, kind
        self._work_s = work_s
        self._spent_s = 0.0

    def lines(self) -> list[Line]:
        """A line for each rollout of the piece, in order."""
        piece = self._piece
        share = 1.0 if len(piece.units) == 1 else 0.5  # the other half is for the units alone
        whole = list(range(len(piece.rollouts)))
        result = self._try(whole, share)
        if not isinstance(result, str):
            return result
        if result == "timeout" and len(piece.units) == 1:
            return self._given_up(whole, "deadline")
        tries = 1 if len(piece.units) == 1 else 0
        found: dict[int, Line] = {}
        for number, unit in enumerate(piece.units):
            share = 1 / (len(piece.units) - number)
            found.update(zip(unit, self._alone(unit, share, tries), strict=True))
        return [found[i] for i in whole]

    def _alone(self, unit: list[int], share: float, tries: int) -> list[Line]:
        """Score a unit on its own, with its share of the time left."""
        while tries < TRIES:
            result = self._try(unit, share)
            if result == "timeout":
                return self._given_up(unit, "deadline")
            if not isinstance(result, str):
                return result
            tries += 1
        return self._given_up(unit, "died")

    def _try(self, indices: list[int], share: float) -> list[Line] | Lost:
        if self._limit_s(share) < LEAST_S:
            return self._given_up(indices, "deadline")
        if fault := self._seat.prepare(self._piece.deadline):  # no work of the piece's
            return self._faulty(indices, fault)
        if (limit_s := self._limit_s(share)) < LEAST_S:
            return self._given_up(indices, "deadline")
        began = time.monotonic()
        result = self._seat.run([self._piece.rollouts[i] for i in indices], limit_s)
        self._spent_s += time.monotonic() - began
        if not isinstance(result, Reply):
            return result
        if result.fault:
            return self._faulty(indices, result.fault)
        pairs = zip(result.lines, result.statuses, strict=True)
        return [Line(data, status) for data, status in pairs]

    def _limit_s(self, share: float) -> float:
        """Seconds that a try may take: its share of the work, within the request's time."""
        left_s = self._piece.deadline - time.monotonic()
        return min(share * (self._work_s - self._spent_s), left_s)

    def _faulty(self, indices: list[int], fault: str) -> list[Line]:
        return self._unscored(indices, f"error: {fault}"[:500], "fault")

    def _given_up(self, indices: list[int], cause: Cause) -> list[Line]:
        if cause == "died":
            reason = f"scoring worker died on this row, {TRIES} times"
        else:
            reason = (
                f"deadline: expected a score within {self._work_s:g} s of work and the request's "
                "time, got none"
            )
        return self._unscored(indices, reason, cause)

    def _unscored(self, indices: list[int], reason: str, cause: Cause) -> list[Line]:
        rollouts = self._piece.rollouts
        return [unscored(rollouts[i], self._kind, reason, cause) for i in indices]
