"""What every request passes on its way in and out: the token, the counts, the end of connections.

Plain ASGI: a middleware that copied answers would hold a stream up.
"""

import asyncio
import contextlib
import time

import msgspec
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rewardkit.server.refusals import RefusedError
from rewardkit.server.service import Service

HELD = "rewardkit.held"
"""Where a request's scope keeps the body whose room it takes."""


DRAIN_S = 2.0
"""How long the rest of a body that nobody reads is received and thrown away.

A client that is still sending would otherwise see a broken connection and not the answer.
"""


class Door:
    """Lets requests in, and counts them on their way out."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        """Stand in front of an application."""
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; whatever is no HTTP request passes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = Visit(self._service, scope, receive, send)
        began = time.perf_counter()
        headers = Headers(scope=scope)
        try:
            if self._service.guard.admits(scope["path"], authorization(headers)):
                await self._app(scope, visit.receive, visit.send)
            else:
                await unauthorized()(scope, visit.receive, visit.send)
        finally:
            if HELD in scope:
                self._service.bodies.release(scope[HELD])
            self._service.metrics.note_request(
                scope["path"], visit.status, time.perf_counter() - began
            )


class Visit:
    """One request and its answer, watched.

    Attributes:
        status: Of the answer; 499 while there is none.
    """

    def __init__(self, service: Service, scope: Scope, receive: Receive, send: Send) -> None:
        """Stand between the server and the application."""
        self.status = 499
        self._service, self._receive, self._send = service, receive, send
        headers = Headers(scope=scope)
        self._asks_first = "expect" in headers
        self._unread = "transfer-encoding" in headers or headers.get("content-length", "0") != "0"

    async def receive(self) -> Message:
        """Hand a piece of the request on."""
        self._asks_first = False  # it is told to send by being listened to
        message = await self._receive()
        if not message.get("more_body", False):
            self._unread = False
        return message

    async def send(self, message: Message) -> None:
        """Hand a piece of the answer on.

        A connection is closed where a part of the request has not come, which the server would
        otherwise wait for, and where the server is on its way out.
        """
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if not self._asks_first:  # who asks before it sends has sent nothing yet
                await self._drain()
            if self._unread or self._service.stopping:
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
        await self._send(message)

    async def _drain(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                while self._unread:
                    await self.receive()


def authorization(headers: Headers) -> bytes | None:
    """What a request says who it is."""
    given = headers.get("authorization")
    return None if given is None else given.encode("latin-1")


def unauthorized() -> Response:
    """The answer to a request without the token."""
    response = to_response(
        RefusedError(401, "Authorization: expected 'Bearer TOKEN' with the server's token")
    )
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def to_response(error: RefusedError) -> Response:
    """The answer to a request that is refused."""
    headers = {"Retry-After": str(error.retry_after_s)} if error.retry_after_s else None
    return Response(msgspec.json.encode(error.refusal), error.status, headers, "application/json")


async def body_of(request: Request, service: Service) -> bytes:
    """Read a request's body and hold its room until the request is answered."""
    body = await service.bodies.read(request)
    request.scope[HELD] = body
    return body
