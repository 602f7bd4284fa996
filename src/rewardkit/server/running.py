"""A server from its socket to its end: signals, readiness, and the last answers."""

import asyncio
import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn

from rewardkit.errors import ConfigError
from rewardkit.server.app import make_app
from rewardkit.server.connection import Connection
from rewardkit.server.listening import BACKLOG, accept_all, listen, raise_file_limit
from rewardkit.server.service import Service
from rewardkit.server.settings import Settings

LINGER_S = 0.5
"""How long open connections are still listened to after the end was asked for.

Whoever was about to send on one gets an answer that closes it, not a broken connection.
"""

LAST_ANSWERS_S = 35.0
"""Beyond the deadline, for the last answers to be taken."""

MAX_CONNECTIONS = 1000
KEEP_ALIVE_S = 15
HEAD_BYTES = 2**16


class Server(uvicorn.Server):
    """uvicorn's server, which ends as it was asked to and not by the signal that asked."""

    def __init__(self, service: Service, say: Callable[[str], None]) -> None:
        """Describe the server.

        Args:
            service: What it serves.
            say: Told what a person should know.
        """
        super().__init__(
            uvicorn.Config(
                make_app(service),
                http=Connection,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                limit_concurrency=MAX_CONNECTIONS,
                backlog=BACKLOG,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=int(service.settings.limits.deadline_s + LAST_ANSWERS_S),
                h11_max_incomplete_event_size=HEAD_BYTES,
                server_header=False,
            )
        )
        self._service, self._say = service, say
        self._told_ready = False

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals while it runs; unlike uvicorn, don't raise them again at the end."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        handled = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in handled}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End after the last answer; asked a second time, end now."""
        if self.should_exit:
            os._exit(128 + sig)  # the workers end with their parent
        self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        """See whether the workers are ready, or never will be."""
        if self._service.crew.failed:
            self.should_exit = True
        if not self._told_ready and self._service.crew.ready:
            self._told_ready = True
            with contextlib.suppress(OSError):  # whoever listened is gone; the clients are not
                self._say(f"ready, workers: {self._service.settings.workers}")
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, answer what was accepted, close.

        Only then are clients told that their connections end: before, they would connect anew,
        and the system breaks connections that wait to be accepted when it stops to listen.
        """
        waiting = [one for listener in sockets or () for one in accept_all(listener)]
        for server in self.servers:
            server.close()
        self._service.stopping = True
        for one in waiting:
            await asyncio.get_running_loop().connect_accepted_socket(self._connect, one)
        await asyncio.sleep(LINGER_S)
        await super().shutdown(sockets)

    def _connect(self) -> Connection:
        return Connection(self.config, self.server_state, self.lifespan.state)


def serve(
    settings: Settings, listening: Callable[[str, int], None], say: Callable[[str], None]
) -> None:
    """Serve until a signal ends it.

    Args:
        settings: What to serve.
        listening: Told host and port once it listens.
        say: Told what a person should know.

    Raises:
        ConfigError: When the port can't be had, or no worker can be made ready.
    """
    service = Service(settings)
    raise_file_limit()
    listener = listen(settings.host, settings.port)
    server = Server(service, say)
    try:
        listening(settings.host, listener.getsockname()[1])
        service.crew.start()
        server.run(sockets=[listener])
    finally:
        listener.close()
        failed, fault = service.crew.failed, service.crew.fault
        service.crew.close()
    if failed:
        raise ConfigError(fault)
