"""The workers of a server: a thread and a seat each, fed from one queue."""

import threading

from rewardkit.errors import ConfigError, VerifierError
from rewardkit.server.attempts import Attempts
from rewardkit.server.pieces import Piece
from rewardkit.server.seat import Seat
from rewardkit.server.waiting import Waiting

LOOK_S = 1.0
"""How often an idle thread looks whether its worker still lives."""

RETRY_S = (0.2, 1.0, 5.0, 15.0)
"""Waits before a worker that could not be started is tried again; the last one repeats."""

JOIN_S = 10.0


class Crew:
    """Worker processes that score what waits.

    Attributes:
        restarts: Workers that had to be replaced.
        fault: Why a worker could not be made ready, empty where all is well.
    """

    def __init__(
        self, count: int, reward: bytes, kind: str, waiting: Waiting, work_s: float
    ) -> None:
        """Describe the crew; `start` starts it.

        Args:
            count: Number of workers.
            reward: The reward's configuration as JSON.
            kind: Name of the reward's only part.
            waiting: Where the work comes from.
            work_s: Seconds of a worker's time that a piece may take.
        """
        self.restarts = 0
        self.fault = ""
        self._kind, self._waiting, self._work_s = kind, waiting, work_s
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._seats = [Seat(reward, kind, self._count_restart) for _ in range(count)]
        self._threads = [
            threading.Thread(target=self._work, args=(seat,), daemon=True, name="rewardkit-serve")
            for seat in self._seats
        ]
        self._was_ready = False

    @property
    def warm(self) -> int:
        """Workers that are warm now."""
        return sum(seat.warm for seat in self._seats)

    @property
    def started(self) -> bool:
        """Whether all workers have been warm at a time; stays so."""
        self._was_ready = self._was_ready or self.warm == len(self._seats)
        return self._was_ready

    @property
    def ready(self) -> bool:
        """Whether at least one worker is warm, and all of them have been once."""
        return self.started and self.warm > 0

    @property
    def failed(self) -> bool:
        """Whether a worker could not be made ready before all were ready once."""
        return bool(self.fault) and not self.started

    def start(self) -> None:
        """Start the workers; returns at once."""
        for thread in self._threads:
            thread.start()

    def kill(self) -> None:
        """End all workers now, whatever they do."""
        self._closed.set()
        self._waiting.close()
        for seat in self._seats:
            seat.close()

    def close(self) -> None:
        """End all workers and wait for their threads."""
        self.kill()
        for thread in self._threads:
            if thread.ident is not None:  # it was started
                thread.join(JOIN_S)

    def _count_restart(self) -> None:
        with self._lock:
            self.restarts += 1

    def _work(self, seat: Seat) -> None:
        failures = 0
        while not self._closed.is_set():
            try:
                seat.fill()
            except (ConfigError, VerifierError, OSError) as error:
                self.fault = str(error)
                self._closed.wait(RETRY_S[min(failures, len(RETRY_S) - 1)])
                failures += 1
                continue
            if failures:
                failures, self.fault = 0, ""
            piece = self._waiting.take(LOOK_S)
            if piece is not None:
                self._score(piece, seat)

    def _score(self, piece: Piece, seat: Seat) -> None:
        try:
            lines = Attempts(piece, seat, self._kind, self._work_s).lines()
        except BaseException as error:  # handed on to the request, as an executor's thread does
            piece.result.set_exception(error)
        else:
            piece.result.set_result(lines)
