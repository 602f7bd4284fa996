"""The end of a real server: nothing that it has accepted goes without an answer."""

import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest
from served import serving, wait_for

from rewardkit.rewards import load_reward
from rewardkit.server.listening import listen
from rewardkit.server.running import Server
from rewardkit.server.service import Service
from rewardkit.server.settings import Settings


def test_sigterm_under_load_answers_every_request_that_was_accepted(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as served:
        answers: list[int] = []
        refused = threading.Event()

        def ask() -> None:
            body = {"rollouts": [{"completion": "x"}] * 20}
            with served.client() as client:
                while True:
                    try:  # any other failure than to connect is a request that was lost
                        answer = client.post("/score", json=body)
                    except httpx.ConnectError:
                        refused.set()
                        return
                    answers.append(answer.status_code)

        with ThreadPoolExecutor(8) as pool:
            held = pool.submit(served.score, f"wait:{tmp_path / 'go'}")
            asking = [pool.submit(ask) for _ in range(6)]
            wait_for(lambda: len(answers) > 20)
            served.process.send_signal(signal.SIGTERM)
            assert refused.wait(60)
            (tmp_path / "go").touch()
            for future in asking:
                future.result()
            (result,) = held.result()

        assert result["status"] == "scored"
        assert set(answers) == {200}
        assert served.process.wait(60) == 0
    assert (tmp_path / "stderr.txt").read_text() == "rewardkit: ready, workers: 2\n"


def test_a_connection_that_waits_to_be_accepted_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Server(Service(Settings(load_reward("gsm8k"))), print)
    stop = Server.shutdown
    clients: list[socket.socket] = []

    async def shutdown(self: Server, sockets: list[socket.socket] | None = None) -> None:
        """Connect while the server is busy with its end."""
        client = socket.create_connection(listener.getsockname(), timeout=60)
        client.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        clients.append(client)
        await stop(self, sockets)

    monkeypatch.setattr(Server, "shutdown", shutdown)
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        wait_for(lambda: server.started)
        server.should_exit = True
        thread.join()

    (client,) = clients
    with client:
        answer = client.recv(2**16)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nconnection: close\r\n" in answer


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1") as served:
        (worker,) = served.workers()
        with ThreadPoolExecutor(1) as pool:
            held = pool.submit(served.score, "wait:/nowhere")
            wait_for(lambda: served.metric("rewardkit_queue_rollouts") == 1)
            served.process.send_signal(signal.SIGTERM)
            with pytest.raises(httpx.ConnectError):
                wait_for(lambda: httpx.get(f"{served.url}/health").status_code == 503)
            served.process.send_signal(signal.SIGTERM)

            assert served.process.wait(60) == 128 + signal.SIGTERM
            with pytest.raises(httpx.HTTPError):
                held.result()
    wait_for(lambda: not psutil.pid_exists(worker.pid))


def test_interrupted_while_idle_it_ends_with_0_and_without_its_workers(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1", "--quiet") as served:
        (worker,) = served.workers()
        with served.client() as client:
            client.get("/health")  # a connection that stays open doesn't keep it
            served.process.send_signal(signal.SIGINT)

            assert served.process.wait(60) == 0
    assert not psutil.pid_exists(worker.pid)
    assert (tmp_path / "stderr.txt").read_text() == ""
