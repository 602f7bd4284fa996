"""Requests that are refused before their body is read: the client sees why, whatever it sends."""

import socket
from collections.abc import Iterator

import pytest
from served import Served, serving

TOKEN = "token"
BODY = b" " * 2**24
"""More than the buffers of a connection take."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("door"), "--workers", "1", token=TOKEN) as served:
        yield served


def ask(served: Served, head: str, body: bytes) -> bytes:
    """Send a request as a whole, and only then read what is answered until the end."""
    host, _, port = served.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as client:
        client.sendall(f"{head}\r\nHost: x\r\nConnection: close\r\n".encode())
        client.sendall(b"Content-Length: %d\r\n\r\n" % len(BODY))
        client.sendall(body)
        answer = b""
        while piece := client.recv(2**16):
            answer += piece
    return answer


ALLOWED = f"Authorization: Bearer {TOKEN}"
REFUSED = {
    "no token": ("POST /score HTTP/1.1", b" 401 "),
    "no such path": (f"POST /nope HTTP/1.1\r\n{ALLOWED}", b" 404 "),
    "another type": (f"POST /score HTTP/1.1\r\n{ALLOWED}\r\nContent-Type: text/plain", b" 415 "),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_client_that_sends_much_is_told_why_it_is_refused(served: Served, name: str) -> None:
    head, status = REFUSED[name]

    answer = ask(served, head, BODY)

    assert status in answer.partition(b"\r\n")[0]
    assert b'{"error":"' in answer


def test_a_client_that_asks_before_it_sends_is_answered_at_once(served: Served) -> None:
    answer = ask(served, "POST /score HTTP/1.1\r\nExpect: 100-continue", b"")

    assert answer.startswith(b"HTTP/1.1 401 ")  # and not told to continue
