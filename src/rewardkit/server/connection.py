"""One connection, and how long a client may keep it without getting anywhere.

uvicorn ends a connection that is idle between two requests. It waits without end for the rest of
a request's head, and for a client that doesn't read its answer; both are ended here. What a body
may take is `Bodies`' to say.
"""

import asyncio
import socket

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 10.0
"""For the whole head of a request, from the connection or from its first byte."""

STALL_S = 30.0
"""For a client to take `STALL_BYTES` of an answer that waits, or nearly all that is left of it."""

STALL_BYTES = 2**18
"""So much that nobody keeps a large answer in memory for hours by taking it byte by byte."""


class Connection(H11Protocol):
    """uvicorn's own connection with two more limits."""

    _head: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None

    def connection_made(  # type: ignore[override]  # uvicorn narrows asyncio's type, too
        self, transport: asyncio.Transport
    ) -> None:
        """Begin to wait for a head.

        What is written is sent at once. asyncio sees to that only for sockets that name their
        protocol, which those of `socket.create_server` don't; an answer's body would wait for the
        client to acknowledge its head, 40 ms on a connection that is used again.
        """
        super().connection_made(transport)
        connected = transport.get_extra_info("socket")
        if connected is not None:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._end_head()
        self._end_stall()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See whether the head is there."""
        super().data_received(data)
        self._watch_head()

    def pause_writing(self) -> None:
        """The client doesn't take what is written."""
        super().pause_writing()
        self._end_stall()
        self._watch_stall(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """The client has taken some."""
        self._end_stall()
        super().resume_writing()

    def _watch_head(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._end_head()
        elif self._head is None:
            self._head = self.loop.call_later(HEAD_S, self._head_is_late)

    def _end_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _watch_stall(self, waiting_bytes: int) -> None:
        self._stall = self.loop.call_later(STALL_S, self._look_at_stall, waiting_bytes)

    def _look_at_stall(self, waited_bytes: int) -> None:
        """End the connection unless the client has taken enough since the last look."""
        waiting_bytes = self.transport.get_write_buffer_size()
        if waited_bytes - waiting_bytes < STALL_BYTES:
            self.transport.abort()
        else:
            self._watch_stall(waiting_bytes)

    def _end_stall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _head_is_late(self) -> None:
        self._head = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self.transport.abort()
