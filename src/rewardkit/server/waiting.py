"""Pieces that wait for a worker: a bounded number of rollouts, and every request has its turn."""

import functools
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future

from rewardkit.server.pieces import Line, Piece


class Waiting:
    """A bounded queue, fair between requests.

    Requests take turns piece by piece, so that a small one doesn't wait for the end of a large
    one. A rollout counts from its admission until its piece has a result.
    """

    def __init__(self, limit: int) -> None:
        """Start empty.

        Args:
            limit: Most rollouts that are admitted and have no result yet.
        """
        self._limit = limit
        self._held = 0
        self._closed = False
        self._turns: deque[deque[Piece]] = deque()
        self._changed = threading.Condition()

    @property
    def held(self) -> int:
        """Rollouts that are admitted and have no result yet."""
        return self._held

    def admit(self, pieces: Sequence[Piece]) -> bool:
        """Take a request's pieces, all or none.

        Returns:
            False where there is no room for all of them now.
        """
        count = sum(len(piece.rollouts) for piece in pieces)
        with self._changed:
            if self._held + count > self._limit or self._closed:
                return False
            self._held += count
            if pieces:
                self._turns.append(deque(pieces))
            self._changed.notify(len(pieces))
        for piece in pieces:
            piece.result.add_done_callback(functools.partial(self._free, len(piece.rollouts)))
        return True

    def withdraw(self, pieces: Sequence[Piece]) -> None:
        """Take a request's pieces back as far as no worker has begun with them.

        They leave the queue at once: what nobody counts any more must not take up memory until a
        worker is free.
        """
        if any([piece.result.cancel() for piece in pieces]):  # a list, that none is left out
            gone = set(pieces)
            with self._changed:
                self._turns = deque(turn for turn in self._turns if turn[0] not in gone)

    def take(self, timeout_s: float) -> Piece | None:
        """Wait for a piece; it is marked as running and can't be withdrawn any more.

        Args:
            timeout_s: Longest wait, in seconds.

        Returns:
            None when there was none in this time, or the queue is closed.
        """
        with self._changed:
            piece = self._next()
            if piece is None and not self._closed:
                self._changed.wait(timeout_s)
                piece = self._next()
            return piece

    def close(self) -> None:
        """Admit nothing more, and wake whoever waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _next(self) -> Piece | None:
        while self._turns:
            pieces = self._turns.popleft()
            piece = pieces.popleft()
            if pieces:
                self._turns.append(pieces)
            if starts(piece.result):
                return piece
        return None

    def _free(self, count: int, _: Future[list[Line]]) -> None:
        with self._changed:
            self._held -= count


def starts(result: Future[list[Line]]) -> bool:
    """Whether a result is still wanted; marks it as being worked on."""
    return result.set_running_or_notify_cancel()
