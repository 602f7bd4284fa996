"""Files in other places than this machine's disk: `s3://`, `gs://`, `memory://` …, by fsspec."""

import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rewardkit.errors import ConfigError, RewardkitError

if TYPE_CHECKING:
    import fsspec

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_USER = re.compile(r"(?<=://)[^/\s'\"]*@")
_QUERY = re.compile(r"\?[^\s'\"/=]*=[^\s'\"]*")
MAGIC = "*?["


def is_url(path: str) -> bool:
    """Whether a path names a file system of its own.

    >>> is_url("s3://bucket/part-0.jsonl"), is_url("data/part-0.jsonl")
    (True, False)
    """
    return _URL.match(path) is not None


def without_secrets(text: str) -> str:
    """A URL, or a text that holds some, without user, password and the values of a query.

    >>> without_secrets("sftp://me:pw@host/a.jsonl"), without_secrets("https://a.b/c?sig=1&t=2")
    ('sftp://host/a.jsonl', 'https://a.b/c?…')
    """
    return _QUERY.sub("?…", _USER.sub("", text)) if "://" in text else text


@contextlib.contextmanager
def one_line(url: str, expected: str, then: str = "") -> Iterator[None]:
    """Turn whatever a file system raises into one line.

    Args:
        url: The place.
        expected: What was to be done there.
        then: What follows what was got.

    Raises:
        ConfigError: In the place of any other error; those of rewardkit pass.
    """
    try:
        yield
    except RewardkitError:
        raise
    except Exception as error:  # each file system has kinds of its own, with no base but this
        got = without_secrets(str(error)).strip().partition("\n")[0] or type(error).__name__
        raise ConfigError(
            f"{without_secrets(url)}: expected {expected}, got: {got[:200]}{then}"
        ) from error


def file_system(url: str) -> "tuple[fsspec.AbstractFileSystem, str]":
    """The file system of a URL, and the path in it.

    Credentials come from where the file system's package looks for them.

    Raises:
        ConfigError: When fsspec or the package for this kind of URL is missing.
    """
    from importlib.util import find_spec

    if find_spec("fsspec") is None:
        raise ConfigError(
            f"{without_secrets(url)}: expected fsspec: pip install 'rewardkit[remote]'"
        )
    with one_line(url, "a file system that fsspec knows"):
        from fsspec.core import url_to_fs

        system, path = url_to_fs(url)
    return system, str(path)


def list_urls(url: str) -> list[str]:
    """The files that a URL stands for: itself, those right in the folder, those of the pattern.

    Raises:
        ConfigError: When there is nothing, or it can't be listed.
    """
    system, path = file_system(url)
    with one_line(url, "to list it"):
        if system.isdir(path):
            found = [
                str(one["name"]) for one in system.ls(path, detail=True) if one["type"] == "file"
            ]
        elif any(character in path for character in MAGIC) and not system.exists(path):
            found = [str(one) for one in system.glob(path)]
        else:
            return [url]
    if not found:
        raise ConfigError(f"{without_secrets(url)}: expected files, got none")
    # what stands before the path may be more than the protocol: a host, a user
    before, same, _ = url.rpartition(path) if path.strip("/") else ("", "", "")
    return [before + one if same else str(system.unstrip_protocol(one)) for one in found]


def check_url(url: str) -> None:
    """Find out whether there is a file.

    Raises:
        ConfigError: When there is none.
    """
    system, path = file_system(url)
    with one_line(url, "a readable file"):
        found = system.isfile(path)
    if not found:
        raise ConfigError(f"{without_secrets(url)}: expected a file, got nothing at this place")


def size_of(url: str) -> int:
    """Bytes of a file.

    Raises:
        ConfigError: When it can't be reached.
    """
    system, path = file_system(url)
    with one_line(url, "a readable file"):
        return int(system.size(path) or 0)
