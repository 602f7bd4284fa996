"""Files in other places than this machine's disk: `s3://`, `gs://`, `memory://` …, by fsspec."""

import re
from typing import TYPE_CHECKING, BinaryIO, cast

from rewardkit.errors import ConfigError

if TYPE_CHECKING:
    import fsspec

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
MAGIC = "*?["


def is_url(path: str) -> bool:
    """Whether a path names a file system of its own.

    >>> is_url("s3://bucket/part-0.jsonl"), is_url("data/part-0.jsonl")
    (True, False)
    """
    return _URL.match(path) is not None


def file_system(url: str) -> "tuple[fsspec.AbstractFileSystem, str]":
    """The file system of a URL, and the path in it.

    Credentials come from where the file system's package looks for them.

    Raises:
        ConfigError: When fsspec or the package for this kind of URL is missing.
    """
    try:
        from fsspec.core import url_to_fs

        system, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise ConfigError(
            f"{url}: expected a file system that fsspec knows, got: {first_line(error)}"
        ) from error
    return system, str(path)


def list_urls(url: str) -> list[str]:
    """The files that a URL stands for: itself, those right in the folder, those of the pattern.

    Raises:
        ConfigError: When there is nothing, or it can't be listed.
    """
    system, path = file_system(url)
    try:
        if system.isdir(path):
            found = [
                str(one["name"]) for one in system.ls(path, detail=True) if one["type"] == "file"
            ]
        elif any(character in path for character in MAGIC) and not system.exists(path):
            found = [str(one) for one in system.glob(path)]
        else:
            return [url]
    except OSError as error:
        raise ConfigError(f"{url}: expected to list it, got: {first_line(error)}") from error
    if not found:
        raise ConfigError(f"{url}: expected files, got none")
    return [str(system.unstrip_protocol(one)) for one in found]


def check_url(url: str) -> None:
    """Find out whether there is a file.

    Raises:
        ConfigError: When there is none.
    """
    system, path = file_system(url)
    try:
        found = system.isfile(path)
    except OSError as error:
        raise ConfigError(f"{url}: expected a readable file, got: {first_line(error)}") from error
    if not found:
        raise ConfigError(f"{url}: expected a file, got nothing at this place")


def open_url(url: str) -> BinaryIO:
    """Open a file for reading bytes, read ahead in blocks.

    Raises:
        ConfigError: When it can't be opened.
    """
    system, path = file_system(url)
    try:
        return cast(BinaryIO, system.open(path, "rb"))
    except OSError as error:
        raise ConfigError(f"{url}: expected a readable file, got: {first_line(error)}") from error


def size_of(url: str) -> int:
    """Bytes of a file."""
    system, path = file_system(url)
    return int(system.size(path) or 0)


def first_line(error: Exception) -> str:
    """The beginning of what an error says."""
    return (str(error).strip().partition("\n")[0] or type(error).__name__)[:200]
