"""Ask a verifier in a process of its own, which is killed when it hangs.

No verifier may be trusted to come back: a power of integers blocks the interpreter whatever
time limit the verifier sets itself. Times are taken inside the process, around the verifier alone.
"""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import NamedTuple

from pairs import Pair
from peers import Judge, Opinion

START_LIMIT_S = 120.0
WARM_UP = (
    Pair("easy", "1/2", "0.5", True),
    Pair("hard", r"\int_0^1 x^2\,dx + \sin^2 y", r"\frac43-\cos^2 y", True),
)
"""Judged first: the second needs whatever a verifier has for hard cases."""


class Timed(NamedTuple):
    """An opinion and how long it took, in seconds."""

    opinion: Opinion
    seconds: float


class Start(NamedTuple):
    """What it takes until a verifier is warm, in seconds.

    Attributes:
        load_s: Its imports.
        first_s: The first pairs, an easy and a hard one, with any workers that they start.
    """

    load_s: float
    first_s: float


class Isolated:
    """One verifier in a child process."""

    def __init__(self, load: Callable[[], Judge], limit_s: float, memory_mb: int = 4096) -> None:
        """Start the process and warm it up.

        Args:
            load: Imports the verifier and gives its judge; a function at the top of a module.
            limit_s: Seconds after which a pair counts as hung and the process is replaced.
            memory_mb: Limit of the process in MiB, where the system has one.

        Raises:
            SystemExit: When the verifier can't be made ready.
        """
        self._load, self._limit_s, self._memory_mb = load, limit_s, memory_mb
        self.start = self._launch()

    def _launch(self) -> Start:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        arguments = (theirs, self._load, self._memory_mb)
        self._process = context.Process(target=serve, args=arguments)
        self._process.start()
        theirs.close()
        try:
            if self._connection.poll(START_LIMIT_S):
                start: Start = self._connection.recv()
                return start
            problem = f"not ready in {START_LIMIT_S:g} s"
        except EOFError:
            problem = "failed on the pairs to warm up, or before"
        self.close()
        raise SystemExit(f"{self._load.__name__}: {problem}")

    def ask(self, pair: Pair) -> Timed:
        """Have one pair judged; never raises for what the verifier does.

        Returns:
            Its opinion; None with the note `hung` or `crashed` where there was none.
        """
        began = time.perf_counter()
        try:
            self._connection.send(pair)
            if self._connection.poll(self._limit_s):
                timed: Timed = self._connection.recv()
                return timed
            note = "hung"
        except (EOFError, ConnectionError):
            note = "crashed"
        seconds = time.perf_counter() - began
        self.close()
        self._launch()
        return Timed(Opinion(None, note), seconds)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._connection.close()


def serve(connection: Connection, load: Callable[[], Judge], memory_mb: int) -> None:
    """The child's side: judge what comes in until nothing does.

    An exception of the verifier ends the child, and the asking side says `crashed`: a verifier may
    raise anything, time limits that are no `Exception` among it, and what it leaves is unsound.
    """
    began = time.perf_counter()
    judge = load()
    loaded = time.perf_counter()
    _limit_memory(memory_mb)
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # peers log each pair that they fail on
    for pair in WARM_UP:
        judge(pair)
    connection.send(Start(loaded - began, time.perf_counter() - loaded))
    while True:
        try:
            pair = connection.recv()
        except EOFError:
            return
        began = time.perf_counter()
        opinion = judge(pair)
        connection.send(Timed(opinion, time.perf_counter() - began))


def _limit_memory(memory_mb: int) -> None:
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, hard))
