"""What a checkpoint's hash sees."""

import hashlib
import os
from pathlib import Path

import pytest

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders import digests
from rewardkit.rewards.encoders.digests import file_digest, folder_digest


def test_names_and_content_count(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("1")
    before = folder_digest(tmp_path)
    (tmp_path / "picture.png").write_text("x")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "b.json").write_text("x")
    assert folder_digest(tmp_path) == before
    (tmp_path / "b.json").write_text("")
    assert folder_digest(tmp_path) != before
    (tmp_path / "b.json").unlink()
    (tmp_path / "a.json").rename(tmp_path / "c.json")
    assert folder_digest(tmp_path) != before


def test_of_a_file_the_name_does_not(tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_text("1")
    before = file_digest(tmp_path / "a.pt")
    (tmp_path / "a.pt").rename(tmp_path / "b.pt")
    assert file_digest(tmp_path / "b.pt") == before


def test_two_writes_within_one_tick_of_the_clock(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("1")
    time = file.stat().st_mtime_ns
    before = file_digest(file)
    file.write_text("2")
    os.utime(file, ns=(time, time))
    assert file_digest(file) != before


def test_an_old_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.json"
    file.write_text("1")
    os.utime(file, (1_000_000_000, 1_000_000_000))
    before = file_digest(file)
    monkeypatch.setattr(hashlib, "file_digest", None)
    assert file_digest(file) == before


def test_missing_is_one_line(tmp_path: Path) -> None:
    for find in (folder_digest, file_digest):
        with pytest.raises(ConfigError, match="expected a checkpoint that can be read"):
            find(tmp_path / "no")


def test_of_a_large_file_size_and_pieces_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With limits of a few bytes: the same code as for 4 GiB."""
    monkeypatch.setattr(digests, "WHOLE", 100)
    monkeypatch.setattr(digests, "SAMPLE", 4)
    monkeypatch.setattr(digests, "PIECES", 5)
    content = bytes(range(200))
    found = []
    for number, change in enumerate([b"", b"x", b"y"]):
        file = tmp_path / f"{number}.bin"
        file.write_bytes((change + content)[:200] if change else content)
        found.append(file_digest(file))
    (tmp_path / "longer.bin").write_bytes(content + b"\0")
    end = tmp_path / "end.bin"
    end.write_bytes(content[:-1] + b"z")
    found += [file_digest(tmp_path / "longer.bin"), file_digest(end)]
    assert len(set(found)) == 5
    between = tmp_path / "between.bin"
    between.write_bytes(content[:10] + b"?" + content[11:])
    assert file_digest(between) == found[0]
