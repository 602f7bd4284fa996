"""Content of a checkpoint as one hash, so that a fingerprint names weights and not a folder."""

import hashlib
import time
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Final

from rewardkit.errors import ConfigError

SUFFIXES: Final = (".json", ".txt", ".model", ".safetensors", ".jinja")
"""Files of a checkpoint's folder that can change a value; pictures and notes can't."""

PICKLED: Final = (".bin", ".pt", ".pth")
"""Weights that open_clip reads beside safetensors."""

WHOLE: Final = 4 * 2**30
"""Bytes up to which a file is read whole: 4 GiB, some seconds."""

SAMPLE: Final = 2**26
"""Bytes of each of the pieces that are read of a larger file."""

PIECES: Final = 16
"""Pieces of a larger file, evenly spaced, the first and the last bytes among them: 1 GiB in all."""

SETTLED_NS: Final = 2 * 10**9
"""Age from which a file's time tells whether it was changed: two writes may bear one time."""


def folder_digest(folder: Path, suffixes: Collection[str] = SUFFIXES) -> str:
    """Hash what a checkpoint's folder holds, by the files' names and content.

    Configuration, tokenizer and weights up to 4 GiB a file are read whole; of a larger file its
    size and 16 pieces of 64 MiB, evenly spaced. Folders inside, README and pictures don't count.

    Args:
        folder: Where the checkpoint is.
        suffixes: Of the files that count.

    Returns:
        64 hexadecimal digits (SHA-256).

    Raises:
        ConfigError: When the folder or a file can't be read.
    """
    try:
        files = [path for path in folder.iterdir() if path.suffix in suffixes and path.is_file()]
    except OSError as error:
        raise _unreadable(folder, error) from None
    whole = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.name):
        line = f"{path.name}\0{file_digest(path)}\n"
        whole.update(line.encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def file_digest(path: Path) -> str:
    """Hash a file's content, whatever its name; read once a process while it isn't changed.

    Raises:
        ConfigError: When it can't be read.
    """
    try:
        found = path.stat()
        if abs(time.time_ns() - found.st_mtime_ns) < SETTLED_NS:  # it may change unnoticed
            return _content_digest.__wrapped__(path, found.st_size, 0)
        return _content_digest(path.absolute(), found.st_size, found.st_mtime_ns)
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"encoder: expected a checkpoint that can be read, got {path}: {error.strerror}"
    )


@lru_cache(maxsize=256)
def _content_digest(path: Path, size: int, changed: int) -> str:
    """Hash a file; `changed` makes a rewritten one be read again."""
    with path.open("rb") as stream:
        if size <= WHOLE:
            return hashlib.file_digest(stream, "sha256").hexdigest()
        found = hashlib.sha256(str(size).encode())
        for piece in range(PIECES):
            stream.seek((size - SAMPLE) * piece // (PIECES - 1))
            found.update(stream.read(SAMPLE))
        return found.hexdigest()
