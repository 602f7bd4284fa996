"""Images from the network, only where the caller allows it: one request, one deadline, one size.

The request runs in an event loop of its own, because only that can be stopped wherever it is; a
server that sends a byte now and then would keep any other kind of request waiting for ever.
"""

import asyncio
import functools
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final

from rewardkit.rewards.images.files import too_large
from rewardkit.rewards.images.naming import shown_text, shown_uri
from rewardkit.rewards.images.source import Unreadable

if TYPE_CHECKING:
    import ssl

    import httpx

DEADLINE_S: Final = 20.0
"""Seconds for all of a fetch, from the name's look-up to the last byte."""

HEADERS: Final = {"User-Agent": "rewardkit", "Accept-Encoding": "identity"}

MAX_BYTES: Final = 16 * 2**20
"""The largest answer: unlike a file's, its bytes stay in memory until the image is decoded."""

MAX_REDIRECTS: Final = 3

GRACE_S: Final = 2.0
"""Seconds for a stopped fetch to end; the look-up of a name can't be stopped, only left behind."""


def fetch(url: str) -> bytes | Unreadable:
    """Get an image from an http or https URL; asked once, never again.

    Args:
        url: Redirects are followed a few times, and only to http and https.

    Returns:
        At most `MAX_BYTES` bytes, or why there are none.
    """
    name = shown_uri(url)
    try:
        import httpx  # noqa: F401  # is it there?
    except ImportError:
        return Unreadable(
            f"image {name}: expected httpx to fetch it: pip install 'rewardkit[clip]'"
        )
    outcome: Future[bytes | Unreadable] = Future()
    threading.Thread(target=_run, args=(url, name, outcome), daemon=True).start()
    try:
        return outcome.result(DEADLINE_S + GRACE_S)
    except TimeoutError:
        return _late(name)


def _run(url: str, name: str, outcome: Future[bytes | Unreadable]) -> None:
    try:
        outcome.set_result(asyncio.run(_fetch(url, name)))
    except BaseException as error:  # handed on to the thread that waits
        outcome.set_exception(error)


def _late(name: str) -> Unreadable:
    return Unreadable(f"image {name}: expected it within {DEADLINE_S:g} s, got no end")


async def _fetch(url: str, name: str) -> bytes | Unreadable:
    import httpx

    client = httpx.AsyncClient(headers=HEADERS, timeout=None, verify=_certificates())
    try:
        async with asyncio.timeout(DEADLINE_S), client:
            request = client.build_request("GET", url)
            for _ in range(1 + MAX_REDIRECTS):
                response = await client.send(request, stream=True)
                try:
                    if response.next_request is None:
                        return await _body(response, name)
                    request = response.next_request
                finally:  # what a redirect says besides its address is not read
                    await response.aclose()
    except TimeoutError:
        return _late(name)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, ExceptionGroup) as error:
        # A group is what anyio makes of a connection that failed in a way of its own.
        said = shown_text(" ".join(str(error).split())) or "no reason"
        return Unreadable(f"image {name}: expected an answer, got {type(error).__name__}: {said}")
    return Unreadable(f"image {name}: expected at most {MAX_REDIRECTS} redirects, got more")


async def _body(response: "httpx.Response", name: str) -> bytes | Unreadable:
    if response.status_code != 200:
        return Unreadable(f"image {name}: expected HTTP status 200, got {response.status_code}")
    packing = response.headers.get("Content-Encoding", "identity")
    if packing.lower() != "identity":  # a small answer could unpack to anything
        got = shown_text(packing)
        return Unreadable(f"image {name}: expected an answer that is not packed, got {got}")
    body = bytearray()
    async for block in response.aiter_raw():
        body += block
        if len(body) > MAX_BYTES:
            return Unreadable(f"image {name}: {too_large('more', MAX_BYTES)}")
    return bytes(body) or Unreadable(f"image {name}: expected an image, got no data")


@functools.cache
def _certificates() -> "ssl.SSLContext":
    """Whom to trust, as httpx has it; reading them takes longer than a small fetch."""
    import httpx

    return httpx.create_ssl_context()
