"""One question to an endpoint: attempts, pauses and limits; a failure is a value."""

import asyncio
import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx
import msgspec
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random

from rewardkit.rewards.judging.answers import Unclear, plain_line
from rewardkit.rewards.judging.chat import read_error, read_response
from rewardkit.rewards.judging.client import Endpoint

MAX_BODY: Final = 4_000_000
"""Bytes of a response that are read."""

_MAX_PAUSE_S: Final = 30.0
_AGAIN: Final = frozenset({408, 425, 429})
_FOR_ALL: Final = frozenset({401, 403, 404, 405, 407})
"""Statuses that every other request would get as well."""


class Failed(msgspec.Struct, frozen=True):
    """The endpoint gave no answer of its own.

    Attributes:
        reason: What happened last.
        for_all: Whether every other question would fare the same.
    """

    reason: str
    for_all: bool = False


class _AgainError(Exception):
    """An attempt that may go better the next time."""

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


async def ask(client: httpx.AsyncClient, endpoint: Endpoint, body: bytes) -> str | Unclear | Failed:
    """Ask until there is an answer, the attempts are used up or the deadline has passed.

    Retried: no connection, one that breaks off, an attempt's time-out, 408, 425, 429 and 5xx; after
    exponential pauses with jitter, or as long as `Retry-After` says where that is longer.

    Args:
        client: From `open_client`.
        endpoint: Where and how.
        body: The request.

    Returns:
        What the judge wrote; Unclear where the response holds nothing to read; Failed where there
        was no response to speak of.
    """
    ends = asyncio.get_running_loop().time() + endpoint.deadline_s
    retrying = AsyncRetrying(
        stop=stop_after_attempt(1 + endpoint.retries),
        wait=_Pause(endpoint.backoff_s),
        retry=retry_if_exception_type(_AgainError),
        reraise=True,
    )
    last: list[str] = []

    async def attempt() -> str | Unclear | Failed:
        try:
            return await _attempt(client, endpoint, body)
        except _AgainError as error:
            last.append(str(error))
            left = ends - asyncio.get_running_loop().time()
            if error.wait_s and error.wait_s >= left:
                wait = f"the server says to wait {error.wait_s:g} s, the deadline is nearer"
                return Failed(f"{error}; {wait}")
            raise

    try:
        async with asyncio.timeout(endpoint.deadline_s):
            outcome: str | Unclear | Failed = await retrying(attempt)
            return outcome
    except _AgainError as error:
        attempts = f"{len(last)} attempts" if len(last) > 1 else "the only attempt"
        return Failed(f"{attempts} failed, the last: {error}")
    except TimeoutError:
        said = f", the last failure: {last[-1]}" if last else ""
        return Failed(f"no answer by the deadline of {endpoint.deadline_s:g} s{said}")


class _Pause:
    """How long to wait before the next attempt: backoff, or longer where the server says so."""

    def __init__(self, first_s: float) -> None:
        doubling = wait_exponential(multiplier=first_s, max=_MAX_PAUSE_S)
        self._backoff = doubling + wait_random(0, first_s)

    def __call__(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait_s if isinstance(error, _AgainError) else 0.0
        return max(asked, self._backoff(state))


async def _attempt(
    client: httpx.AsyncClient, endpoint: Endpoint, body: bytes
) -> str | Unclear | Failed:
    try:
        async with (
            asyncio.timeout(endpoint.timeout_s),
            client.stream("POST", endpoint.url, content=body) as response,
        ):
            data = await _read_body(response)
    except TimeoutError:
        raise _AgainError(f"no answer within {endpoint.timeout_s:g} s") from None
    except (httpx.InvalidURL, UnicodeError) as error:  # of a host name that looked well
        return Failed(f"the address can't be used: {plain_line(str(error), 120)}", for_all=True)
    except httpx.TransportError as error:
        said = endpoint.without_key(str(error).encode("utf-8", "replace"))
        why = plain_line(said.decode(), 120)
        raise _AgainError(f"{type(error).__name__}: {why}") from None
    if data is None:
        return Unclear(f"the response has more than {MAX_BODY} bytes")
    return _read_status(response, endpoint.without_key(data))


async def _read_body(response: httpx.Response) -> bytes | None:
    """The body as it is sent; None where it is too long, which may be endless."""
    data = bytearray()
    async for piece in response.aiter_raw():
        data += piece
        if len(data) > MAX_BODY:
            return None
    return bytes(data)


def _read_status(response: httpx.Response, data: bytes) -> str | Unclear | Failed:
    status = response.status_code
    if status == 200:
        return read_response(data)
    said = read_error(data)
    reason = f"status {status}{': ' if said else ''}{said}"
    if status in _AGAIN or status >= 500:
        raise _AgainError(reason, _wait_asked(response.headers.get("retry-after", "")))
    if 300 <= status < 400:
        return Failed(f"{reason}: a redirect, which is not followed", for_all=True)
    return Failed(reason, for_all=True) if status in _FOR_ALL else Unclear(reason)


def _wait_asked(text: str) -> float:
    """Seconds that a `Retry-After` asks for, by number or by date; 0 where it can't be read."""
    try:
        seconds = float(text)
    except ValueError:
        try:
            then = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return 0.0
        if then.tzinfo is None:
            then = then.replace(tzinfo=UTC)
        seconds = (then - datetime.now(UTC)).total_seconds()
    return max(seconds, 0.0) if math.isfinite(seconds) else 0.0
