"""Answers of a judge on disk: asked once, kept for every later run, in one SQLite file."""

import contextlib
import hashlib
import sqlite3
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rewardkit.errors import ConfigError

_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS judge_answers (key TEXT PRIMARY KEY, answer TEXT NOT NULL)"
)
_WAIT_S: Final = 30.0
"""How long a process waits for another one that writes."""


def request_key(request: bytes) -> str:
    """The name of a request in a cache: a hash of all that decides the answer.

    That is the model, the message, the sampling options and the form; neither the server's address
    nor a key is in it.

    Returns:
        64 hexadecimal digits.
    """
    return hashlib.sha256(b"rewardkit judge 1\n" + request).hexdigest()


class AnswerCache:
    """An open cache; several threads and processes may each open the same file.

    What can't be read or written while a run is under way is warned of once, and the run goes on
    without: an answer that is missing is asked for again.

    Args:
        path: The file, made when it is missing; None keeps nothing.

    Raises:
        ConfigError: When the file can't be opened, or is something else.

    >>> with AnswerCache(None) as cache:
    ...     cache.put("k", "answer")
    ...     cache.get_many(["k"])
    {}
    """

    def __init__(self, path: str | None) -> None:
        """Open the file, or refuse it."""
        self._path = path
        self._database: sqlite3.Connection | None = None
        if path is None:
            return
        try:
            # Each statement is a transaction of its own: what was answered survives a kill.
            # Made absolute, for SQLite has names such as `:memory:` that are no files.
            file = Path(path).expanduser().absolute()
            self._database = sqlite3.connect(file, timeout=_WAIT_S, isolation_level=None)
            # Else every answer would wait for the disk, and all other questions with it.
            with contextlib.suppress(sqlite3.OperationalError):  # another process does it just now
                self._database.execute("PRAGMA journal_mode = WAL")
                self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute(_TABLE)
            self._database.execute("SELECT key, answer FROM judge_answers LIMIT 1").fetchall()
        except (sqlite3.Error, OSError, ValueError, RuntimeError) as error:  # no such home folder
            self.close()
            raise ConfigError(
                f"judge.cache: expected a file of an earlier run or a new one in a folder that can "
                f"be written, got {path!r:.200}: {error}"
            ) from None

    def __enter__(self) -> Self:
        """The cache itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; nothing is lost, for every answer was written when it came."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def get_many(self, keys: Sequence[str]) -> dict[str, str]:
        """The answers that are there, by key."""
        found: dict[str, str] = {}
        for key in keys:
            if self._database is None:
                break
            try:
                row = self._database.execute(
                    "SELECT answer FROM judge_answers WHERE key = ?", (key,)
                ).fetchone()
            except sqlite3.Error as error:
                self._give_up("read", error)
                break
            if row is not None and isinstance(row[0], str):
                found[key] = row[0]
        return found

    def put(self, key: str, answer: str) -> None:
        """Keep an answer, in place of an older one."""
        if self._database is None:
            return
        try:
            self._database.execute(
                "INSERT OR REPLACE INTO judge_answers VALUES (?, ?)", (key, answer)
            )
        except sqlite3.Error as error:
            self._give_up("write", error)

    def _give_up(self, action: str, error: sqlite3.Error) -> None:
        self.close()
        warnings.warn(
            f"judge.cache: could not {action} {self._path!r:.200} ({error}), going on without it",
            RuntimeWarning,
            stacklevel=3,
        )
