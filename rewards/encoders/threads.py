"""torch's threads of one operation: set for as long as an encoder computes, then put back."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class _Setting:
    """Who has torch's number of threads changed, and what it was before the first did.

    Each encoder has a lock of its own, so two may compute at once: put back by each alone, the
    number of one would stay.
    """

    def __init__(self, alone: bool = False) -> None:
        """Begin with nobody; `alone` where one thread is all that there may be."""
        self.lock, self.users, self.before = Lock(), 0, 0
        self.alone = alone


_setting = _Setting()


def _renew() -> None:
    """In a forked child: torch's threads are gone, and so is whoever held the lock."""
    global _setting
    _setting = _Setting(alone="torch" in sys.modules)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)


@contextmanager
def torch_threads(threads: int | None) -> Iterator[None]:
    """Set torch's number of threads; when the last who did is done, it is what it was.

    In a process that was forked from one with torch there is one thread, as in the workers of
    torch's own DataLoader: more would wait for ever on those that the parent had.

    Args:
        threads: Threads of one operation on the CPU; None leaves torch's setting.
    """
    import torch

    setting = _setting
    wanted = 1 if setting.alone else threads
    if wanted is None:
        yield
        return
    with setting.lock:
        if not setting.users:
            setting.before = torch.get_num_threads()
        setting.users += 1
        torch.set_num_threads(wanted)
    try:
        yield
    finally:
        with setting.lock:
            setting.users -= 1
            torch.set_num_threads(setting.before)
