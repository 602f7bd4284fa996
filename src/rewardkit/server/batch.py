"""One request's rollouts on their way: cut, admitted, scored, and handed out in order."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

from rewardkit.server.pieces import Line, Piece, cut, unscored
from rewardkit.types import Rollout

GRACE_S = 1.0
"""Longer than the deadline by as much as a worker's end takes to be noticed."""


class Batch:
    """The rollouts of one request.

    Attributes:
        pieces: What has to be admitted, and withdrawn when nobody wants it any more.
    """

    def __init__(
        self,
        rollouts: Sequence[Rollout],
        whole_groups: bool,
        piece_rows: int,
        deadline_s: float,
        kind: str,
    ) -> None:
        """Cut the rollouts into pieces; the time begins now."""
        self._count = len(rollouts)
        self._kind, self._deadline_s = kind, deadline_s
        self._end = time.monotonic() + deadline_s
        self.pieces = cut(rollouts, whole_groups, piece_rows, self._end)

    async def stream(self) -> AsyncIterator[list[Line]]:
        """Lines in the request's order, as soon as all before them are there."""
        lines: list[Line | None] = [None] * self._count
        begin = 0
        for piece in self.pieces:
            for row, line in zip(piece.rows, await self._lines(piece), strict=True):
                lines[row] = line
            ready: list[Line] = []
            while begin < self._count and (line_or_none := lines[begin]) is not None:
                ready.append(line_or_none)
                begin += 1
            if ready:
                yield ready

    async def all(self) -> list[Line]:
        """All lines, one for each rollout, in order."""
        return [line async for lines in self.stream() for line in lines]

    async def _lines(self, piece: Piece) -> list[Line]:
        """A piece's lines; unjudged ones where the time is over and no worker was free."""
        left = self._end + GRACE_S - time.monotonic()
        try:
            return await asyncio.wait_for(asyncio.wrap_future(piece.result), max(0.0, left))
        except TimeoutError:
            if piece.result.done() and not piece.result.cancelled():  # while others were waited for
                return piece.result.result()
            reason = f"deadline: expected a free worker within {self._deadline_s:g} s, got none"
            return [unscored(row, self._kind, reason, "deadline") for row in piece.rollouts]
