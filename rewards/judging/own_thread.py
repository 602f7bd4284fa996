"""Run a coroutine from anywhere: in a thread of its own, whether or not this one has a loop."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Final, TypeVar

T = TypeVar("T")

_ENDING_S: Final = 1.0
"""How long to wait for the loop to close: a look-up of an address that hangs keeps it open."""


def run_in_own_thread(start: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end in a new thread with an event loop of its own.

    A loop that runs in this thread (notebooks, async actors) does no harm, and the loop that other
    code keeps in the main thread is left as it is, which `asyncio.run` would close.

    Args:
        start: Makes the coroutine, in the new thread.

    Returns:
        What the coroutine returns.

    Raises:
        BaseException: What the coroutine raises; an interrupt of the waiting thread, after the
            coroutine was cancelled.

    >>> async def seven() -> int:
    ...     return 7
    >>> run_in_own_thread(seven)
    7
    """
    done: Future[T] = Future()
    running: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[T]]] = Future()

    async def main() -> None:
        task = asyncio.ensure_future(start())
        running.set_result((asyncio.get_running_loop(), task))
        done.set_result(await task)

    def work() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:
            if not done.done():
                done.set_exception(error)  # handed to the thread that waits, whatever it is

    thread = threading.Thread(target=work, name="rewardkit-judge", daemon=True)
    thread.start()
    try:
        return done.result()
    finally:
        if not done.done():  # this thread was interrupted
            loop, task = running.result()
            with contextlib.suppress(RuntimeError):  # it ended just now, and its loop is closed
                loop.call_soon_threadsafe(task.cancel)
        thread.join(_ENDING_S)
