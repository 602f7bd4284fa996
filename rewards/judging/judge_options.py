"""Options of a judge: what is refused at once, and what must be there before any work."""

from __future__ import annotations

import importlib.util
import os
import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from rewardkit.errors import ConfigError
from rewardkit.rewards.judging.answers import MODES
from rewardkit.rewards.judging.prompts import check_prompt, placeholders
from rewardkit.rewards.numbers import check_choice, check_number
from rewardkit.rewards.sections import check_section

if TYPE_CHECKING:
    from rewardkit.rewards.judge import Judge

_NAME: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,99}\Z")
"""Names of environment variables as everyone writes them; a pasted key hardly ever looks so."""

_MAX_URL: Final = 2_000

_PACKAGES: Final = ("httpx", "tenacity")

OPERATIONAL: Final = frozenset(
    {
        "base_url",
        "api_key_env",
        "concurrency",
        "timeout_s",
        "deadline_s",
        "retries",
        "backoff_s",
        "give_up_after",
        "cache",
    }
)
"""Where and how a judge is asked: whether there is an answer, but not which."""


class _Range(NamedTuple):
    least: float
    most: float


_RANGES: Final[dict[str, _Range]] = {
    "low": _Range(-1e9, 1e9),
    "high": _Range(-1e9, 1e9),
    "temperature": _Range(0, 2),
    "max_tokens": _Range(1, 1_000_000),
    "max_characters": _Range(1, 10_000_000),
    "concurrency": _Range(1, 256),
    "timeout_s": _Range(0.001, 86_400),
    "deadline_s": _Range(0.001, 86_400),
    "retries": _Range(0, 20),
    "backoff_s": _Range(0.001, 30),
    "give_up_after": _Range(1, 1_000_000),
}


def check_options(judge: Judge) -> None:
    """Refuse what can't be meant.

    Raises:
        ConfigError: Naming the option, what was expected and what was got; never a key.
    """
    check_choice(judge.mode, MODES, "judge.mode")
    _check_url(judge.base_url)
    if not judge.model.strip() or not judge.model.isprintable():
        raise ConfigError(f"judge.model: expected a model's name, got {judge.model!r}")
    if judge.api_key_env is not None and not _NAME.match(judge.api_key_env):
        raise ConfigError(
            "judge.api_key_env: expected the name of an environment variable, of capitals, digits "
            "and _, got something else (not shown, for it may be a key)"
        )
    for name, allowed in _RANGES.items():
        _check_range(getattr(judge, name), allowed, f"judge.{name}")
    check_section("judge", judge.template, judge.section)
    _check_prompt_options(judge)


def _check_prompt_options(judge: Judge) -> None:
    if judge.prompt is not None:
        check_prompt(judge.prompt, judge.mode, "judge.prompt")
        if judge.criteria.strip() and "criteria" not in placeholders(judge.prompt):
            raise ConfigError("judge.criteria: expected {criteria} in judge.prompt, got none")
    elif judge.mode == "rubric" and not judge.criteria.strip():
        raise ConfigError("judge.criteria: expected what to mark by, for mode 'rubric', got none")
    if judge.low >= judge.high:
        raise ConfigError(f"judge.high: expected more than low ({judge.low:g}), got {judge.high:g}")
    if judge.mode != "rubric" and (judge.low, judge.high) != (0.0, 10.0):
        raise ConfigError(f"judge.low: expected no range of marks for mode {judge.mode!r}")


def _check_range(value: object, allowed: _Range, where: str) -> None:
    if value is None:
        return
    check_number(value, where)
    if isinstance(value, int | float) and not allowed.least <= value <= allowed.most:
        raise ConfigError(f"{where}: expected {allowed.least:g} to {allowed.most:g}, got {value!r}")


def _check_url(url: str) -> None:
    wanted = "judge.base_url: expected http(s)://host[:port]/path"
    if any(sign in url for sign in "@?#"):
        raise ConfigError(
            f"{wanted} alone, got more (not shown, for it may hold a key): use api_key_env"
        )
    try:
        parts = urlsplit(url)
        (parts.hostname or "").encode("idna")  # as the system does to look it up
        fine = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # a UnicodeError is one
        fine = False
    if not fine or not url.isascii() or not url.isprintable() or " " in url or len(url) > _MAX_URL:
        raise ConfigError(f"{wanted}, got {url!r:.200}")


def check_ready(judge: Judge) -> None:
    """Refuse a judge that could not ask: an extra, the key, a proxy or the cache can't be had.

    Raises:
        ConfigError: Naming what is missing.
    """
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"judge: expected the package {missing[0]}, which is not installed: "
            "pip install 'rewardkit[judge]'"
        )
    read_key(judge.api_key_env)
    # SQLite and httpx are imported here: most who import rewards have no judge.
    from rewardkit.rewards.judging.answer_cache import AnswerCache
    from rewardkit.rewards.judging.client import make_client

    make_client({}, connections=1)

    AnswerCache(judge.cache).close()


def read_key(name: str | None) -> str:
    """The key that the environment holds; empty where none is wanted.

    Raises:
        ConfigError: When the variable is missing, empty, or no key; the key is never shown.
    """
    if name is None:
        return ""
    key = os.environ.get(name, "").strip()
    if not key:
        raise ConfigError(
            f"judge.api_key_env: expected a key in the environment's {name}, got none"
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError(
            f"judge.api_key_env: expected a key of ASCII letters and signs in the environment's "
            f"{name}, got other characters"
        )
    return key
