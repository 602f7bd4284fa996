"""A local HTTP server that plays an OpenAI-compatible endpoint, well or badly."""

import contextlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

Request = dict[str, Any]
Behave = Callable[["Handler", Request, int], None]
"""Answers one request: the handler, the request's body, and its number from 0."""


class Handler(BaseHTTPRequestHandler):
    """One connection; `server.owner` says what to do."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Read the request, then behave."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        owner: JudgeServer = self.server.owner  # type: ignore[attr-defined]  # set by JudgeServer
        request = json.loads(body)
        with owner.lock:
            number = len(owner.requests)
            owner.requests.append(request)
            owner.headers.append(dict(self.headers))
            owner.paths.append(self.path)
            owner.open += 1
            owner.most_open = max(owner.most_open, owner.open)
        try:
            owner.behave(self, request, number)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with owner.lock:
                owner.open -= 1

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def answer(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        """Send a whole response."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class JudgeServer:
    """The server in a thread, with what it was asked."""

    def __init__(self) -> None:
        """Find a free port."""
        self.behave: Behave = say('{"reasoning": "same", "verdict": "correct"}')
        self.requests: list[Request] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.open = self.most_open = 0
        self.lock = threading.Lock()
        self.over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.owner = self  # type: ignore[attr-defined]  # read by Handler
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # stays silent
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )

    @property
    def url(self) -> str:
        """What a judge's `base_url` is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def prompts(self) -> list[str]:
        """The messages that were sent, in order of arrival."""
        return [request["messages"][0]["content"] for request in self.requests]

    def __enter__(self) -> Self:
        """Serve."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of every request, and end."""
        self.over.set()
        self.stop()

    def stop(self) -> None:
        """End the server; later connections are refused."""
        with contextlib.suppress(OSError):
            self._server.shutdown()
            self._server.server_close()
        self._thread.join()


def completion(
    content: str | None, finish: str | None = "stop", **message: object
) -> dict[str, object]:
    """A chat completion as vLLM sends it."""
    said = {"role": "assistant", "content": content, **message}
    choice = {"index": 0, "message": said, "finish_reason": finish}
    return {"id": "x", "object": "chat.completion", "model": "m", "choices": [choice], "usage": {}}


def say(content: str | None, finish: str | None = "stop", **message: object) -> Behave:
    """Answer everything alike."""
    body = json.dumps(completion(content, finish, **message)).encode()
    return lambda handler, request, number: handler.answer(body)


def send(body: bytes, status: int = 200, **headers: str) -> Behave:
    """Answer everything with these bytes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler, request, number: handler.answer(body, status, named)


def in_turn(*behaviours: Behave) -> Behave:
    """The first request gets the first behaviour; the last goes on for all others."""
    return lambda handler, request, number: behaviours[min(number, len(behaviours) - 1)](
        handler, request, number
    )
