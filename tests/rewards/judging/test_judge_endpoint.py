"""The judge against a real server that misbehaves in every way: None with the reason, in time."""

import asyncio
import json
import socket
import threading
import time
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from judge_server import Behave, Handler, JudgeServer, Request, completion, in_turn, say, send
from tenacity import AsyncRetrying, RetryCallState

from rewardkit.rewards.judge import Judge
from rewardkit.rewards.judging.client import Endpoint
from rewardkit.rewards.judging.endpoint import Failed, _Pause, ask
from rewardkit.rewards.judging.own_thread import run_in_own_thread
from rewardkit.types import Rollout, Score

RIGHT = say('{"verdict": "correct"}')
BODY = json.dumps(completion('{"verdict": "correct"}')).encode()


def judge_of(url: str, **options: Any) -> Judge:  # noqa: ANN401 - of every type
    return Judge(**{"base_url": url, "model": "m", "backoff_s": 0.001, "retries": 2, **options})


def rows(count: int = 1) -> list[Rollout]:
    return [Rollout(completion=f"{number}", reference="x") for number in range(count)]


def score_of(server: JudgeServer, **options: Any) -> Score:  # noqa: ANN401 - of every type
    return judge_of(server.url, **options)(rows())[0]


def drop(handler: Handler, request: Request, number: int) -> None:
    """Hang up without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def half_a_body(handler: Handler, request: Request, number: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(BODY)))
    handler.end_headers()
    handler.wfile.write(BODY[: len(BODY) // 2])
    handler.wfile.flush()
    drop(handler, request, number)


def nonsense(handler: Handler, request: Request, number: int) -> None:
    handler.wfile.write(b"\x16\x03\x01 this is not HTTP\r\n\r\n")
    handler.close_connection = True


def never(handler: Handler, request: Request, number: int) -> None:
    """Hold the line until the test is over."""
    handler.server.owner.over.wait(30)  # type: ignore[attr-defined]  # a JudgeServer
    handler.close_connection = True


def drip(handler: Handler, request: Request, number: int) -> None:
    """One byte of the headers at a time, for ever: no single read takes long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server.owner.over.wait(0.01):  # type: ignore[attr-defined]  # a JudgeServer
        handler.wfile.write(b"x")


def endless(handler: Handler, request: Request, number: int) -> None:
    """Chunks without end."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    while not handler.server.owner.over.is_set():  # type: ignore[attr-defined]  # a JudgeServer
        handler.wfile.write(chunk)


def endless_drip(handler: Handler, request: Request, number: int) -> None:
    """Chunks of one byte, without end."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    while not handler.server.owner.over.wait(0.01):  # type: ignore[attr-defined]  # a JudgeServer
        handler.wfile.write(b"1\r\n \r\n")


def chunked(handler: Handler, request: Request, number: int) -> None:
    """A right answer in chunks."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for start in range(0, len(BODY), 7):
        piece = BODY[start : start + 7]
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    handler.wfile.write(b"0\r\n\r\n")


def many_headers(handler: Handler, request: Request, number: int) -> None:
    handler.answer(BODY, 200, {f"X-{name}": "x" * 1_000 for name in range(200)})


def slow(handler: Handler, request: Request, number: int) -> None:
    handler.server.owner.over.wait(0.15)  # type: ignore[attr-defined]  # a JudgeServer
    handler.answer(BODY)


GETS_BETTER: dict[str, tuple[Behave, ...]] = {
    "500 then fine": (send(b"oops", 500), RIGHT),
    "502 with HTML": (send(b"<html>Bad gateway</html>", 502), RIGHT),
    "503 twice": (send(b"", 503), send(b"", 503), RIGHT),
    "429": (send(b"", 429), RIGHT),
    "408": (send(b"", 408), RIGHT),
    "429 with Retry-After": (send(b"", 429, Retry_After="0.05"), RIGHT),
    "Retry-After is nonsense": (send(b"", 503, Retry_After="soon"), RIGHT),
    "Retry-After is not finite": (send(b"", 503, Retry_After="inf"), RIGHT),
    "Retry-After is negative": (send(b"", 503, Retry_After="-5"), RIGHT),
    "Retry-After in an impossible year": (
        send(b"", 503, Retry_After="Wed, 21 Oct 99999999999999999999 07:28:00 GMT"),
        RIGHT,
    ),
    "Retry-After has passed": (
        send(b"", 503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
        RIGHT,
    ),
    "drops the connection": (drop, RIGHT),
    "half a body": (half_a_body, RIGHT),
    "no HTTP": (nonsense, RIGHT),
    "chunked": (chunked,),
    "slow": (slow,),
}


@pytest.mark.parametrize("name", GETS_BETTER)
def test_what_gets_better_is_asked_again(name: str, server: JudgeServer) -> None:
    behaviours = GETS_BETTER[name]
    server.behave = in_turn(*behaviours)
    assert score_of(server) == Score(1.0, "correct")
    assert len(server.requests) == len(behaviours)


NEVER_ASKED_AGAIN: dict[str, tuple[Behave, str]] = {
    "400": (send(b'{"error": {"message": "too long"}}', 400), "status 400: too long"),
    "400 of older servers": (send(b'{"message": "too long"}', 400), "status 400: too long"),
    "401": (send(b'{"error": "who are you"}', 401), "status 401: who are you"),
    "403": (send(b"<html>", 403), "status 403"),
    "404": (send(b"", 404), "status 404"),
    "422": (send(b"[]", 422), "status 422"),
    "redirect": (send(b"", 307, Location="http://127.0.0.1:9/"), "redirect, which is not followed"),
    "204": (send(b"", 204), "status 204"),
    "endless": (endless, "more than 4000000 bytes"),
}


@pytest.mark.parametrize("name", NEVER_ASKED_AGAIN)
def test_what_stays_as_it_is_is_not_asked_again(name: str, server: JudgeServer) -> None:
    server.behave, reason = NEVER_ASKED_AGAIN[name]
    got = score_of(server)
    assert got.value is None and reason in got.reason
    assert len(server.requests) == 1


NEVER_FINE: dict[str, tuple[Behave, str]] = {
    "500": (
        send(b'{"error": {"message": "CUDA"}}', 500),
        "3 attempts failed, the last: status 500",
    ),
    "429": (send(b"", 429), "3 attempts failed, the last: status 429"),
    "drops the connection": (drop, "3 attempts failed, the last: RemoteProtocolError"),
    "200 kB of headers": (many_headers, "3 attempts failed, the last: RemoteProtocolError"),
    "half a body": (half_a_body, "3 attempts failed, the last: RemoteProtocolError"),
    "never answers": (never, "3 attempts failed, the last: no answer within 0.05 s"),
    "drips headers": (drip, "3 attempts failed, the last: no answer within 0.05 s"),
    "drips a body": (endless_drip, "3 attempts failed, the last: no answer within 0.05 s"),
}


@pytest.mark.parametrize("name", NEVER_FINE)
def test_attempts_come_to_an_end(name: str, server: JudgeServer) -> None:
    server.behave, reason = NEVER_FINE[name]
    got = score_of(server, timeout_s=0.05 if "0.05" in reason else 5.0)
    assert got.value is None and reason in got.reason
    assert len(server.requests) == 3


@pytest.mark.parametrize("behave", [never, drip, send(b"", 503)], ids=["never", "drip", "503"])
def test_deadline_holds_for_all_attempts_together(behave: Behave, server: JudgeServer) -> None:
    server.behave = behave
    got = score_of(server, retries=20, backoff_s=0.02, timeout_s=0.05, deadline_s=0.6)
    assert got.value is None
    assert "no answer by the deadline of 0.6 s, the last failure: " in got.reason
    assert len(server.requests) < 21


def test_a_failure_after_the_deadline_is_the_deadline(server: JudgeServer) -> None:
    async def slow(request: httpx.Request) -> httpx.Response:
        time.sleep(0.05)  # holds up the loop, so the answer is there before the alarm is heard
        return httpx.Response(503, stream=httpx.ByteStream(b""))

    async def asked() -> object:
        endpoint = Endpoint(server.url, "", 1.0, deadline_s=0.01, retries=20, backoff_s=1.0)
        async with httpx.AsyncClient(transport=httpx.MockTransport(slow)) as client:
            return await ask(client, endpoint, b"{}")

    said = "no answer by the deadline of 0.01 s, the last failure: status 503"
    assert asyncio.run(asked()) == Failed(said)


def test_a_pause_beyond_the_deadline_is_not_begun(server: JudgeServer) -> None:
    tomorrow = format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)
    for wait in ("3600", tomorrow):
        server.requests.clear()
        server.behave = send(b"", 429, Retry_After=wait)
        got = score_of(server, deadline_s=60.0)
        assert got.value is None and "the deadline is nearer" in got.reason
        assert len(server.requests) == 1


def test_retry_after_is_waited_for(server: JudgeServer) -> None:
    times: list[float] = []

    def busy(handler: Handler, request: Request, number: int) -> None:
        times.append(time.monotonic())
        in_turn(send(b"", 429, Retry_After="0.3"), RIGHT)(handler, request, number)

    server.behave = busy
    assert score_of(server).value == 1.0
    assert times[1] - times[0] >= 0.3


def test_pauses_double_up_to_30_s_and_vary() -> None:
    def pauses(attempt: int) -> list[float]:
        state = RetryCallState(AsyncRetrying(), None, (), {})
        state.attempt_number = attempt
        return [_Pause(0.5)(state) for _ in range(50)]

    for attempt, least in ((1, 0.5), (2, 1.0), (4, 4.0), (20, 30.0)):
        assert least <= min(pauses(attempt)) < max(pauses(attempt)) <= least + 0.5


def test_a_server_that_is_gone_is_given_up(server: JudgeServer) -> None:
    url = server.url
    server.stop()
    scores = judge_of(url, give_up_after=3, concurrency=1, retries=1)(rows(50))
    assert [score.value for score in scores] == [None] * 50
    assert all("2 attempts failed, the last: ConnectError" in s.reason for s in scores[:3])
    assert all(
        s.reason.startswith("not asked: 3 questions in a row failed, the last: 2 attempts failed")
        for s in scores[3:]
    )


def test_an_answer_in_between_keeps_the_batch_going(server: JudgeServer) -> None:
    def every_other(handler: Handler, request: Request, number: int) -> None:
        (RIGHT if number % 3 == 2 else drop)(handler, request, number)

    server.behave = every_other
    scores = judge_of(server.url, give_up_after=3, concurrency=1, retries=0)(rows(9))
    assert [score.value for score in scores] == [None, None, 1.0] * 3


def test_a_refused_key_ends_the_batch(server: JudgeServer) -> None:
    server.behave = send(b'{"error": {"message": "no such key"}}', 401)
    scores = judge_of(server.url, concurrency=1)(rows(5))
    assert len(server.requests) == 1
    assert scores[0].reason == "status 401: no such key"
    assert {score.reason for score in scores[1:]} == {"not asked: status 401: no such key"}


def test_a_host_name_that_cannot_be_looked_up_ends_the_batch() -> None:
    scores = judge_of("http://xn--/v1", concurrency=1)(rows(2))
    assert scores[0].value is None and "the address can't be used" in scores[0].reason
    assert scores[1].reason == f"not asked: {scores[0].reason}"


def test_one_refused_question_does_not_end_the_batch(server: JudgeServer) -> None:
    server.behave = in_turn(send(b"", 400), RIGHT)
    scores = judge_of(server.url, concurrency=1)(rows(5))
    assert [score.value for score in scores] == [None, 1.0, 1.0, 1.0, 1.0]


def test_all_is_over_when_the_reward_returns(server: JudgeServer) -> None:
    before = threading.active_count()
    judge_of(server.url)(rows(4))
    assert not [thread for thread in threading.enumerate() if thread.name == "rewardkit-judge"]
    assert threading.active_count() <= before + 8, "the server's own connections may linger"


def test_the_deadline_holds_for_a_lookup_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can cancel the system's search for an address; nobody has to wait for it either."""
    over, ended = threading.Event(), threading.Event()

    def hang(*args: object, **options: object) -> list[object]:
        over.wait(30)
        ended.set()
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    [score] = judge_of("http://judge.example/v1", deadline_s=0.05)(rows())
    assert not ended.is_set()
    over.set()
    assert ended.wait(30)
    assert score == Score(None, "no answer by the deadline of 0.05 s")


class Interrupted(Future[None]):
    """A result whose waiting thread is interrupted once the work has begun."""

    begun = threading.Event()

    def result(self, timeout: float | None = None) -> None:
        """As if Ctrl-C were pressed."""
        self.begun.wait(10)
        raise KeyboardInterrupt


def test_interrupting_the_caller_cancels_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[str] = []

    async def long() -> None:
        try:
            Interrupted.begun.set()
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ends.append("cancelled")
            raise

    futures = iter([Interrupted, Future])  # what is waited for, and what says that it runs
    monkeypatch.setattr("rewardkit.rewards.judging.own_thread.Future", lambda: next(futures)())
    with pytest.raises(KeyboardInterrupt):
        run_in_own_thread(long)
    assert ends == ["cancelled"]


def test_endpoint_does_not_show_its_key() -> None:
    endpoint = Endpoint("http://h", "sk-hidden", 1.0, 1.0, 0, 0.1)
    assert "hidden" not in repr(endpoint)
    assert endpoint.without_key(b"key sk-hidden is bad") == b"key [key] is bad"
