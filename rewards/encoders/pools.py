"""Threads that read, decode and resize images: Pillow lets go of Python's lock for all three."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, TypeVar

T = TypeVar("T")
R = TypeVar("R")

DECODERS: Final = 8
"""Threads at most, however many cores there are; each holds one decoded image."""


class Pool:
    """Threads to map with; with fewer than two it is the caller's own.

    Args:
        executor: The threads, None for none.
    """

    def __init__(self, executor: ThreadPoolExecutor | None = None) -> None:
        """Hold them."""
        self._executor = executor

    def map(self, function: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """The function of each item, in their order."""
        run = map if self._executor is None else self._executor.map
        return list(run(function, items))


@contextmanager
def decoding_pool(images: int, threads: int | None) -> Iterator[Pool]:
    """Threads for so many images, gone when the call ends.

    Args:
        images: How many there are.
        threads: How many threads at most; None for one a core, at most 8.
    """
    workers = min(images, threads or min(DECODERS, os.cpu_count() or 1))
    if workers < 2:
        yield Pool()
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="rewardkit-image") as executor:
        yield Pool(executor)
