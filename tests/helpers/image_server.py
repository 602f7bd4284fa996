"""A real HTTP server that misbehaves in every way."""

import contextlib
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

Answer: TypeAlias = Callable[[socketserver.StreamRequestHandler], None]


def whole(body: bytes, *headers: str, status: str = "200 OK") -> Answer:
    """An answer as it should be."""

    def answer(handler: socketserver.StreamRequestHandler) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        handler.wfile.write("\r\n".join(lines).encode() + body)

    return answer


def raw(*pieces: bytes, every_s: float = 0.0, endless: bytes = b"") -> Answer:
    """Bytes as they are, and then others without an end."""

    def answer(handler: socketserver.StreamRequestHandler) -> None:
        for piece in pieces:
            handler.wfile.write(piece)
            time.sleep(every_s)
        while endless:
            handler.wfile.write(endless)
            time.sleep(every_s)

    return answer


class Server(socketserver.ThreadingTCPServer):
    """Answers each path as the table says.

    Attributes:
        asked: The paths that were asked for, in order.
        heads: The lines of each request's head.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, answers: dict[str, Answer]) -> None:
        """Listen on a free port of this machine."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = answers
        self.asked: list[str] = []
        self.heads: list[list[bytes]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing is said of a client that has gone."""


class Handler(socketserver.StreamRequestHandler):
    """One request."""

    server: Server

    def handle(self) -> None:
        """Read the request's head and answer by its path."""
        path = self.rfile.readline().split()[1].decode()
        self.server.heads.append(list(iter(self.rfile.readline, b"\r\n")))
        self.server.asked.append(path)
        with contextlib.suppress(OSError):  # the client may go at any time
            self.server.answers[path](self)


@contextlib.contextmanager
def serving(answers: dict[str, Answer]) -> Iterator[Server]:
    """A server while the tests run."""
    with Server(answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
