"""Images from a real HTTP server that misbehaves in every way."""

import asyncio
import gzip
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from image_server import Answer, Server, raw, serving, whole
from pictures import packed, red_left

from rewardkit.rewards.images import remote
from rewardkit.rewards.images.read import read_image
from rewardkit.rewards.images.remote import MAX_REDIRECTS, fetch
from rewardkit.rewards.images.source import ReadImage, Unreadable

PNG = packed(red_left(), "PNG")
HEAD = b"HTTP/1.1 200 OK\r\n"


def redirect(place: str, body: bytes = b"") -> Answer:
    return whole(body, f"Location: {place}", status="302 Found")


ANSWERS: dict[str, Answer] = {
    "/good.png": whole(PNG, "Content-Type: image/png"),
    "/untyped.png": whole(PNG),
    "/page.png": whole(b"<html></html>", "Content-Type: text/html"),
    "/fits.png": whole(bytes(2**20)),
    "/too-large.png": whole(bytes(2**20 + 1)),
    "/gone.png": whole(b"", status="404 Not Found"),
    "/broken.png": whole(PNG, status="500 Internal Server Error"),
    "/empty.png": whole(b""),
    "/part.png": whole(PNG, status="206 Partial Content"),
    "/packed.png": whole(gzip.compress(bytes(10_000)), "Content-Encoding: gzip"),
    "/moved.png": redirect("/good.png"),
    "/far.png": redirect("/far1.png"),
    **{f"/far{n}.png": redirect(f"/far{n + 1}.png") for n in range(1, MAX_REDIRECTS)},
    f"/far{MAX_REDIRECTS}.png": redirect("/good.png"),
    "/loop.png": redirect("/loop.png"),
    "/file.png": redirect("file:///etc/hostname"),
    "/data.png": redirect("data:image/png;base64,AAAA"),
    "/nowhere.png": redirect("http://"),
    "/flood.png": raw(b"HTTP/1.1 302 Found\r\nLocation: /good.png\r\n\r\n", endless=bytes(2**16)),
    "/cut.png": raw(HEAD + b"Content-Length: 1000\r\n\r\nhalf"),
    "/silent.png": raw(every_s=0.1, endless=b""),
    "/nonsense.png": raw(b"\x00\xff nonsense\r\n\r\n"),
    "/endless.png": raw(HEAD + b"\r\n", endless=bytes(2**16)),
    "/endless-head.png": raw(HEAD, endless=b"X-More: x\r\n"),
    "/liar.png": raw(HEAD + b"Content-Length: 3\r\n\r\nlonger"),
    "/slow.png": raw(HEAD + b"\r\n", every_s=0.05, endless=b"x"),
    "/slow-head.png": raw(every_s=0.05, endless=b"x"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(ANSWERS) as running:
        yield running


@pytest.mark.parametrize("name", ["good", "untyped", "moved", "far1"])
def test_reads(name: str, server: Server) -> None:
    assert fetch(f"{server.url}/{name}.png") == PNG


REFUSED = {
    "gone": "expected HTTP status 200, got 404",
    "broken": "expected HTTP status 200, got 500",
    "empty": "expected an image, got no data",
    "part": "expected HTTP status 200, got 206",
    "packed": "expected an answer that is not packed, got gzip",
    "far": "expected at most 3 redirects, got more",
    "loop": "expected at most 3 redirects, got more",
    "file": "got UnsupportedProtocol",
    "data": "got InvalidURL",
    "nowhere": "expected an answer, got ",
    "cut": "expected an answer, got RemoteProtocolError",
    "silent": "expected an answer, got RemoteProtocolError",
    "nonsense": "expected an answer, got RemoteProtocolError",
    "endless-head": "expected an answer, got RemoteProtocolError",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name: str, server: Server) -> None:
    result = fetch(f"{server.url}/{name}.png")

    assert isinstance(result, Unreadable)
    assert REFUSED[name] in result.reason
    assert len(result.reason) < 300


def test_who_asks_and_for_what(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted: list[object] = []

    real = httpx.AsyncClient

    def client(headers: dict[str, str], timeout: None, verify: ssl.SSLContext) -> object:
        trusted.append((verify.verify_mode, verify.check_hostname))
        return real(headers=headers, timeout=timeout, verify=verify)

    monkeypatch.setattr(httpx, "AsyncClient", client)
    fetch(f"{server.url}/good.png")
    head = b"".join(server.heads[-1]).lower()

    assert trusted == [(ssl.CERT_REQUIRED, True)]
    assert b"accept-encoding: identity\r\n" in head
    assert b"user-agent: rewardkit\r\n" in head


def test_nothing_is_asked_twice(server: Server) -> None:
    before = len(server.asked)
    fetch(f"{server.url}/broken.png")

    assert server.asked[before:] == ["/broken.png"]


def test_size_is_bounded(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "MAX_BYTES", 2**20)
    assert fetch(f"{server.url}/fits.png") == bytes(2**20)
    assert isinstance(fetch(f"{server.url}/too-large.png"), Unreadable)
    result = fetch(f"{server.url}/endless.png")

    assert isinstance(result, Unreadable)
    assert "got more" in result.reason
    assert fetch(f"{server.url}/flood.png") == PNG  # what a redirect says is not read
    assert fetch(f"{server.url}/liar.png") == b"lon"


@pytest.mark.parametrize("name", ["slow", "slow-head"])
def test_time_is_bounded(name: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "DEADLINE_S", 0.3)
    before = set(threading.enumerate())

    result = fetch(f"{server.url}/{name}.png")

    assert isinstance(result, Unreadable)
    assert "expected it within 0.3 s, got no end" in result.reason
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive() or "(_run)" not in thread.name  # it was stopped


def test_fetch_that_can_not_be_stopped_is_left_behind(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "DEADLINE_S", 0.1)
    monkeypatch.setattr(remote, "GRACE_S", 0.1)

    async def deaf(url: str, name: str) -> bytes:
        while True:
            try:
                await asyncio.sleep(1)
                return b"late"
            except asyncio.CancelledError:
                pass

    monkeypatch.setattr(remote, "_fetch", deaf)

    assert isinstance(fetch(f"{server.url}/good.png"), Unreadable)


NO_HOST = {
    "closed port": "http://127.0.0.1:9/x.png",
    "no host": "http:///x.png",
    "no such host": "http://no-such-host.invalid/x.png",
    "bad port": "http://127.0.0.1:99999/x.png",
    "bad brackets": "http://[/x.png",
    "not ASCII": "http://狗狗狗..invalid/x.png",
    "control characters": "http://127.0.0.1/\x00\n.png",
    "half a pair": "http://127.0.0.1:9/\ud800.png",
    "long": "http://127.0.0.1:9/" + "x" * 100_000,
}


@pytest.mark.parametrize("url", NO_HOST.values(), ids=NO_HOST)
def test_hosts_that_are_none(url: str) -> None:
    result = fetch(url)

    assert isinstance(result, Unreadable)
    assert len(result.reason) < 300


def test_allowed_image_is_decoded_like_any_other(server: Server) -> None:
    good, page = (read_image(f"{server.url}/{name}.png", True) for name in ("good", "page"))
    here = read_image(PNG)

    assert isinstance(good, ReadImage)
    assert isinstance(here, ReadImage)
    assert good.key == here.key
    assert isinstance(page, ReadImage)
    assert page.decode() == Unreadable(
        f"image {server.url}/page.png: expected PNG, JPEG, WebP, GIF, BMP or TIFF, "
        "got b'<html></html'"
    )


def test_forbidden_image_is_not_asked_for(server: Server) -> None:
    before = list(server.asked)

    assert isinstance(read_image(f"{server.url}/good.png"), Unreadable)
    assert server.asked == before


def test_works_where_a_loop_runs_and_from_threads(server: Server) -> None:
    url = f"{server.url}/good.png"

    async def inside() -> object:
        return fetch(url)

    assert asyncio.run(inside()) == PNG
    with ThreadPoolExecutor(8) as executor:
        assert list(executor.map(fetch, [url] * 16)) == [PNG] * 16
