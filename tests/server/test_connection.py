"""Clients that get nowhere: a head, a body or an answer that never ends is ended."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from served import wait_for
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from rewardkit.server import connection
from rewardkit.server.connection import Connection
from rewardkit.server.listening import listen

HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"


async def long_answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers a few bytes, or under /long more than any buffer takes."""
    size = 2**26 if scope["path"] == "/long" else 10
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x" * size})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[uvicorn.Server]:
    monkeypatch.setattr(connection, "HEAD_S", 0.3)
    monkeypatch.setattr(connection, "STALL_S", 0.3)
    config = uvicorn.Config(
        long_answer, http=Connection, ws="none", lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        wait_for(lambda: server.started)
        yield server
        server.should_exit = True
        thread.join()


@pytest.fixture
def address(server: uvicorn.Server) -> tuple[str, int]:
    host, port = server.servers[0].sockets[0].getsockname()
    return host, port


def test_an_answer_is_sent_at_once(server: uvicorn.Server, address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=60):
        wait_for(lambda: bool(server.server_state.connections))
        (kept,) = server.server_state.connections
        assert isinstance(kept, Connection)
        connected = kept.transport.get_extra_info("socket")

        assert connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def nothing(client: socket.socket) -> None:
    """Connect, and no more."""


def half_a_head(client: socket.socket) -> None:
    client.sendall(HEAD)


def half_a_second_head(client: socket.socket) -> None:
    client.sendall(HEAD + b"\r\n")
    client.recv(2**16)
    client.sendall(HEAD)


@pytest.mark.parametrize("begin", [nothing, half_a_head, half_a_second_head])
def test_a_head_that_does_not_end_is_ended(
    address: tuple[str, int], begin: Callable[[socket.socket], None]
) -> None:
    with socket.create_connection(address, timeout=60) as client:
        begin(client)

        def ended() -> bool:
            try:
                return client.recv(2**16) == b""
            except ConnectionResetError:
                return True

        wait_for(ended)


def test_an_answer_that_nobody_takes_is_ended(
    server: uvicorn.Server, address: tuple[str, int]
) -> None:
    connections = server.server_state.connections
    with socket.create_connection(address, timeout=60) as client:
        wait_for(lambda: len(connections) == 1)
        client.sendall(HEAD.replace(b"/", b"/long", 1) + b"\r\n")

        wait_for(lambda: not connections)  # and nothing was read


class Draining(asyncio.Transport):
    """A transport whose client has taken some of an answer at each look."""

    def __init__(self, sizes: list[int]) -> None:
        """Know the bytes that wait at each look; after the last one it should be ended."""
        super().__init__()
        self.sizes, self.aborted = sizes, asyncio.Event()

    def get_write_buffer_size(self) -> int:
        """Bytes that still wait."""
        return self.sizes.pop(0)

    def abort(self) -> None:
        """End the connection."""
        self.aborted.set()


ENOUGH = connection.STALL_BYTES


@pytest.mark.parametrize(
    "sizes",
    [
        [9 * ENOUGH, 9 * ENOUGH],
        [9 * ENOUGH, 8 * ENOUGH + 1],
        [9 * ENOUGH, 8 * ENOUGH, 3 * ENOUGH, 2 * ENOUGH, ENOUGH + 1],
    ],
    ids=["none", "too little", "enough, and then too little"],
)
def test_an_answer_is_ended_when_too_little_of_it_is_taken_and_not_before(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int]
) -> None:
    monkeypatch.setattr(connection, "STALL_S", 0.0)

    async def answer() -> list[int]:
        transport = Draining(sizes)
        kept = Connection(uvicorn.Config(long_answer, log_config=None), ServerState(), {})
        kept.connection_made(transport)
        kept.pause_writing()
        await asyncio.wait_for(transport.aborted.wait(), 60)
        kept.connection_lost(OSError())
        return transport.sizes

    assert asyncio.run(answer()) == []


def test_a_client_that_is_quick_keeps_its_connection(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=60) as client:
        for _ in range(3):
            client.sendall(HEAD + b"\r\n")
            answer = b""
            while b"x" * 10 not in answer or not answer.endswith(b"0\r\n\r\n"):
                piece = client.recv(2**16)
                assert piece, answer
                answer += piece
            threading.Event().wait(0.2)
