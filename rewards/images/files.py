"""Reading an image's file: never waiting, never more than a stated size."""

import hashlib
import os
import stat
from collections.abc import Iterator
from typing import Final

from rewardkit.rewards.images.source import Unreadable

MAX_BYTES: Final = 64 * 2**20
"""The largest image file, packed as it is, in bytes."""

_BLOCK = 2**20
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a named pipe put there after the look must not be waited for
)
_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class _RefusedError(Exception):
    """A file that is not read; its message says what was expected and what was got."""


def hash_file(path: str, name: str) -> str | Unreadable:
    """SHA-256 of a file's content, read in pieces.

    Args:
        path: The file; links are followed.
        name: What to call it in a reason.

    Returns:
        64 hexadecimal digits, or why it can't be read.

    >>> hash_file("no-such.png", "no-such.png").reason
    'image no-such.png: expected a file, got nothing at this path'
    """
    digest = hashlib.sha256()
    try:
        for block in _blocks(path):
            digest.update(block)
    except _RefusedError as error:
        return Unreadable(f"image {name}: {error}")
    return digest.hexdigest()


def read_file(path: str, name: str) -> bytes | Unreadable:
    """The content of a file, at most `MAX_BYTES`; arguments and refusals as of `hash_file`."""
    try:
        return b"".join(_blocks(path))
    except _RefusedError as error:
        return Unreadable(f"image {name}: {error}")


def too_large(got: str, limit: int = MAX_BYTES) -> str:
    """What is said of an image with too many bytes.

    >>> too_large("more")
    'expected at most 64 MiB, got more'
    """
    return f"expected at most {limit // 2**20} MiB, got {got}"


def _blocks(path: str) -> Iterator[bytes]:
    """The content in pieces.

    Raises:
        _RefusedError: When it is no file, is too large, or can't be read.
    """
    try:
        _check(os.stat(path))  # before it is opened, which some devices take for an order
        descriptor = os.open(path, _FLAGS)
        try:
            _check(os.fstat(descriptor))
            total = 0
            while block := os.read(descriptor, _BLOCK):
                total += len(block)
                if total > MAX_BYTES:  # it grows, or its system doesn't know its size
                    raise _RefusedError(too_large("more"))
                yield block
        finally:
            os.close(descriptor)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise _RefusedError("expected a file, got nothing at this path") from error
    except PermissionError as error:
        raise _RefusedError("expected a readable file, got no permission to read it") from error
    except OSError as error:
        got = error.strerror or type(error).__name__
        raise _RefusedError(f"expected a readable file, got: {got}") from error
    except ValueError as error:  # a NUL character, or one that no file name can have
        raise _RefusedError("expected a path, got characters that no path can have") from error


def _check(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        raise _RefusedError(f"expected a file, got {kind}")
    if status.st_size > MAX_BYTES:
        raise _RefusedError(too_large(f"{status.st_size:,} bytes"))
