"""The socket that a server listens on, and what waits there."""

import contextlib
import socket
import sys
from collections.abc import Iterator

from rewardkit.errors import ConfigError

BACKLOG = 2048
FILES = 4096


def accept_all(listener: socket.socket) -> Iterator[socket.socket]:
    """Connections that a listener has for the server, which doesn't block, at this moment."""
    with contextlib.suppress(OSError):  # there are no more, or there is no descriptor for them
        while True:
            connection, _ = listener.accept()
            connection.setblocking(False)
            yield connection


def raise_file_limit() -> None:
    """Allow as many open files as connections may need; a shell's usual limit is 1,024."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        ConfigError: When the name is unknown, or the port is taken or not allowed.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except (OSError, UnicodeError, OverflowError) as error:
        got = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"--host {host} --port {port}: expected an address to listen on, got: {got}"
        ) from error
