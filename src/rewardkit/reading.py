"""Opening inputs: files, standard input, `.gz` and `.zst`, and their lines in bounded memory."""

import contextlib
import errno
import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from rewardkit.errors import ConfigError, RolloutError
from rewardkit.parquet_lines import ParquetStream, is_parquet
from rewardkit.places import check_url, is_url, without_secrets
from rewardkit.remote_file import open_url

STDIN = "-"
MAX_LINE_BYTES = 32 * 2**20
"""A longer line is not read into memory: it is a violation of its own."""

PACKED_BYTES = 2**9
"""Zstandard data is unpacked in pieces of this size: 4 bytes of it may grow to 128 KiB."""

DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError)


def check_input(path: str | Path) -> None:
    """Find out before any work whether an input can be opened.

    Raises:
        ConfigError: When it is missing, a directory, or not readable.

    >>> check_input("no-such-file.jsonl")
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: no-such-file.jsonl: expected a file, got nothing at this path
    """
    if str(path) == STDIN:
        return
    if is_url(str(path)):
        check_url(str(path))
        return
    if not os.path.exists(path):
        raise ConfigError(f"{path}: expected a file, got nothing at this path")
    if os.path.isdir(path):
        raise ConfigError(f"{path}: expected a file, got a directory")
    if not os.access(path, os.R_OK):
        raise ConfigError(f"{path}: expected a readable file, got no permission to read it")


@contextlib.contextmanager
def open_input(path: str | Path) -> Iterator[BinaryIO]:
    """Open a file of lines for reading bytes; `-` is standard input.

    Args:
        path: A file; `.gz` and `.zst` are unpacked on the way, also when made of several members,
            and the rows of Parquet become JSON lines.

    Yields:
        A stream whose `read(n)` returns n bytes unless the input ends.

    Raises:
        ConfigError: When it can't be opened.
        RolloutError: When the compressed data is damaged or cut off.
    """
    check_input(path)
    name = str(path)
    shown = without_secrets(name)
    try:
        with contextlib.ExitStack() as stack:
            if name == STDIN:
                yield sys.stdin.buffer
                return
            raw = stack.enter_context(open_bytes(name))
            if name.endswith(".gz"):
                yield cast(BinaryIO, stack.enter_context(gzip.GzipFile(fileobj=raw)))
            elif name.endswith(".zst"):
                yield cast(BinaryIO, stack.enter_context(io.BufferedReader(ZstdStream(raw))))
            elif is_parquet(name, raw):
                yield cast(BinaryIO, io.BufferedReader(ParquetStream(raw, shown)))
            else:
                yield raw
    except DAMAGED as error:
        raise RolloutError(f"{shown}: expected whole compressed data, got: {error}") from error
    except OSError as error:
        if error.errno in (errno.EACCES, errno.ENOENT, errno.EIO, errno.EBADF):
            got = error.strerror
            raise ConfigError(f"{shown}: expected a readable file, got: {got}") from error
        raise


def open_bytes(name: str) -> BinaryIO:
    """Open a file or a URL, as it stands, for reading bytes."""
    return open_url(name) if is_url(name) else open(name, "rb")


class ZstdStream(io.RawIOBase):
    """Unpack Zstandard frames, one after the other.

    zstandard's own reader takes a cut-off file for a whole one; here it is an `EOFError`.
    """

    def __init__(self, raw: BinaryIO) -> None:
        """Unpack what `raw` holds."""
        self._raw = raw
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._begun = False
        self._ready = io.BytesIO()

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer there
        """Fill the buffer with unpacked bytes; 0 at the end."""
        while not (count := self._ready.readinto(buffer)):
            packed = self._frame.unused_data if self._frame.eof else b""
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
                self._begun = False
            packed = packed or self._raw.read(PACKED_BYTES)
            if not packed:
                if self._begun:
                    raise EOFError("the end of the file inside a frame")
                return 0
            self._begun = True
            self._ready = io.BytesIO(self._frame.decompress(packed))
        return count


def skip_line(stream: BinaryIO) -> tuple[int, bool]:
    """Read on to the end of the current line without keeping it.

    Returns:
        The number of bytes passed over, and whether the line was ended by a line break.
    """
    skipped = 0
    while piece := stream.readline(2**20):
        skipped += len(piece)
        if piece.endswith(b"\n"):
            return skipped, True
    return skipped, False


def iter_lines(path: str | Path) -> Iterator[tuple[int, bytes]]:
    """Give the lines of an input with their numbers, the first is 1; blank lines are passed over.

    Raises:
        RolloutError: When a line is longer than `MAX_LINE_BYTES`.
    """
    with open_input(path) as stream:
        number = 0
        while line := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                shown = without_secrets(str(path))
                raise RolloutError(
                    f"{shown}:{number}: expected a line of at most {MAX_LINE_BYTES} bytes"
                )
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if stripped := line.strip():
                yield number, stripped
