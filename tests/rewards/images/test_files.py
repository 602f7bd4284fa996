"""Files are read whole or not at all, and nothing is waited for."""

import hashlib
import os
import socket
import threading
from pathlib import Path

import pytest

from rewardkit.rewards.images import files
from rewardkit.rewards.images.files import hash_file, read_file
from rewardkit.rewards.images.source import Unreadable


def refusal(path: "str | Path") -> str:
    """The reason, which is the same whether a file is hashed or read."""
    hashed, read = hash_file(str(path), "x"), read_file(str(path), "x")
    assert isinstance(hashed, Unreadable)
    assert hashed == read
    return hashed.reason


def test_content_and_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "é\n.png"
    content = b"0123456789" * 300_000  # several blocks
    path.write_bytes(content)

    assert read_file(str(path), "x") == content
    assert hash_file(str(path), "x") == hashlib.sha256(content).hexdigest()


def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"x")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "torn").symlink_to("nothing")
    (tmp_path / "loop").symlink_to("loop")

    assert read_file(str(tmp_path / "link"), "x") == b"x"
    assert refusal(tmp_path / "torn") == "image x: expected a file, got nothing at this path"
    assert "expected a readable file, got: Too many levels" in refusal(tmp_path / "loop")


def test_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path has to be short
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        (tmp_path / "file").write_bytes(b"")
        found = {name: refusal(name) for name in (".", "pipe", "socket", "/dev/zero", "file/x")}

    assert found == {
        ".": "image x: expected a file, got a directory",
        "pipe": "image x: expected a file, got a named pipe",
        "socket": "image x: expected a file, got a socket",
        "/dev/zero": "image x: expected a file, got a device",
        "file/x": "image x: expected a file, got nothing at this path",
    }


@pytest.mark.parametrize("path", ["", "a\0b", "\ud800.png", "x" * 5000, "a/" * 3000])
def test_what_is_no_path(path: str) -> None:
    assert refusal(path).startswith("image x: expected ")


def test_nothing_stays_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(b"1234")
    before = len(os.listdir("/dev/fd"))
    for limit in (3, 4):
        monkeypatch.setattr(files, "MAX_BYTES", limit)
        for _ in range(20):
            read_file(str(tmp_path / "a.png"), "x")
            read_file("/proc/self/status", "x")

    assert len(os.listdir("/dev/fd")) < before + 10


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(b"x")

    def refuse(path: str, flags: int) -> int:
        raise PermissionError(13, "Permission denied")  # which a test that runs as root can't have

    monkeypatch.setattr(os, "open", refuse)

    assert refusal(tmp_path / "a.png") == (
        "image x: expected a readable file, got no permission to read it"
    )


def test_too_large_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "huge.png").open("wb") as stream:
        stream.truncate(2**40)
    assert refusal(tmp_path / "huge.png") == (
        "image x: expected at most 64 MiB, got 1,099,511,627,776 bytes"
    )

    monkeypatch.setattr(files, "MAX_BYTES", 3)
    (tmp_path / "fits.png").write_bytes(b"123")
    assert read_file(str(tmp_path / "fits.png"), "x") == b"123"
    assert "got more" in refusal("/proc/self/status")  # whose size the system gives as 0


def test_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe")
    status = os.stat(tmp_path / "file")
    monkeypatch.setattr(os, "stat", lambda path: status)
    found: list[object] = []

    thread = threading.Thread(
        target=lambda: found.append(read_file(str(tmp_path / "pipe"), "x")), daemon=True
    )
    thread.start()
    thread.join(30)

    assert found == [Unreadable("image x: expected a file, got a named pipe")]
