"""Reading a request's body: no more than is allowed, not for ever, and not too many at once."""

import asyncio

from starlette.requests import Request

from rewardkit.server.limits import Limits
from rewardkit.server.refusals import RefusedError

BODIES = 8
"""Bodies of the largest size that may be in memory at once, over all requests."""


class Bodies:
    """Reads bodies, and knows how many bytes of them are held."""

    def __init__(self, limits: Limits) -> None:
        """Begin with none held."""
        self._limit = limits.body_bytes
        self._room = BODIES * limits.body_bytes
        self._timeout_s = limits.deadline_s

    async def read(self, request: Request) -> bytes:
        """Read a body; `release` gives its room back.

        Raises:
            RefusedError: 413 for too many bytes, 408 for too slow, 429 for no room, 415 for a
                body that is packed.
        """
        packing = request.headers.get("content-encoding", "identity")
        if packing.lower() != "identity":
            raise RefusedError(415, f"Content-Encoding: expected none, got {packing[:40]!r}")
        announced = request.headers.get("content-length", "")
        if announced.isdecimal() and (len(announced) > 18 or int(announced) > self._limit):
            raise self._too_large(announced[:20])
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._read(request)
        except TimeoutError:
            raise RefusedError(
                408, f"body: expected its end within {self._timeout_s:g} s, got a part of it"
            ) from None

    def release(self, body: bytes) -> None:
        """Give the room of a body back."""
        self._room += len(body)

    async def _read(self, request: Request) -> bytes:
        body = bytearray()
        more = True
        try:
            while more:
                part, more = await receive(request)
                if len(body) + len(part) > self._limit:
                    raise self._too_large("more")
                if self._room < len(part):
                    raise RefusedError(
                        429, "body: expected room for it, got too many at once", (), 1
                    )
                self._room -= len(part)
                body += part
            held, body = bytes(body), bytearray()
            return held
        finally:
            self._room += len(body)

    def _too_large(self, got: str) -> RefusedError:
        return RefusedError(
            413, f"body: expected at most {self._limit} bytes (--max-body), got {got}"
        )


async def receive(request: Request) -> tuple[bytes, bool]:
    """The next part of a body, and whether there is more.

    Raises:
        RefusedError: 499 where the client is gone.
    """
    message = await request.receive()
    if message["type"] != "http.request":
        raise RefusedError(499, "client: expected the rest of a body, got its end")
    return message.get("body", b""), message.get("more_body", False)
