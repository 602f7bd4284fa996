"""Wait for a pipe, with a limit: plain system calls that take no lock and no signal."""

import sys
import time

if sys.platform != "win32":
    import select


def readable(fd: int, timeout_s: float) -> bool:
    """Wait until a pipe has bytes or has ended.

    Args:
        fd: The pipe's reading end.
        timeout_s: Longest wait, in seconds.
    """
    if sys.platform == "win32":
        return _readable_windows(fd, timeout_s)
    return _polled(fd, select.POLLIN, timeout_s)


def writable(fd: int, timeout_s: float) -> bool:
    """Wait until a pipe takes [`piece`][rewardkit.worker_wait.piece] bytes or has no reader.

    Args:
        fd: The pipe's writing end.
        timeout_s: Longest wait, in seconds.

    Returns:
        True at once on Windows, whose pipes can't be asked.
    """
    if sys.platform == "win32":
        return True
    return _polled(fd, select.POLLOUT, timeout_s)


def piece() -> int:
    """Bytes that a writable pipe takes without blocking."""
    if sys.platform == "win32":
        return 1 << 16
    return select.PIPE_BUF


def _polled(fd: int, event: int, timeout_s: float) -> bool:
    poll = select.poll()
    poll.register(fd, event)
    return bool(poll.poll(max(0.0, timeout_s) * 1000))


def _readable_windows(fd: int, timeout_s: float) -> bool:
    if sys.platform != "win32":
        return False
    import _winapi
    import msvcrt

    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        try:
            if _winapi.PeekNamedPipe(msvcrt.get_osfhandle(fd), 0)[0]:
                return True
        except OSError:
            return True  # ended
        time.sleep(0.001)
    return False
