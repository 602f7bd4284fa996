"""Inputs are opened, unpacked and read line by line in bounded memory."""

import gzip
import io
import os
import sys
from pathlib import Path

import pytest
import zstandard

from rewardkit import reading
from rewardkit.errors import ConfigError, RolloutError
from rewardkit.reading import ZstdStream, check_input, iter_lines, open_input, skip_line

LINES = b'{"a": 1}\n\n  {"b": 2}\r\n{"c": "\xc3\xa9"}'


def packed(kind: str, data: bytes) -> bytes:
    if kind == ".gz":
        return gzip.compress(data)
    return zstandard.compress(data) if kind == ".zst" else data


@pytest.mark.parametrize("kind", ["", ".gz", ".zst"])
def test_lines_of_any_packing(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"x.jsonl{kind}"
    path.write_bytes(packed(kind, LINES))

    assert list(iter_lines(path)) == [(1, b'{"a": 1}'), (3, b'{"b": 2}'), (4, b'{"c": "\xc3\xa9"}')]


@pytest.mark.parametrize("kind", [".gz", ".zst"])
def test_several_members_are_read_as_one(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"x.jsonl{kind}"
    path.write_bytes(packed(kind, b"1\n") + packed(kind, b"2\n"))

    assert [line for _, line in iter_lines(path)] == [b"1", b"2"]


@pytest.mark.parametrize("kind", [".gz", ".zst"])
def test_cut_off_data_is_an_error_of_the_data(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"x.jsonl{kind}"
    whole = packed(kind, os.urandom(100_000))
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(RolloutError, match=r"x.jsonl.*expected whole compressed data"):
        list(iter_lines(path))


def test_data_that_is_not_packed_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(b'{"a": 1}\n')

    with pytest.raises(RolloutError, match="expected whole compressed data"):
        list(iter_lines(path))


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(b"1\n2")

    monkeypatch.setattr(sys, "stdin", Stdin)

    assert list(iter_lines("-")) == [(1, b"1"), (2, b"2")]


def test_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\xef\xbb\xbf{}\n{}")

    assert [line for _, line in iter_lines(path)] == [b"{}", b"{}"]


def test_line_over_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_LINE_BYTES", 10)
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"1\n" + b"x" * 20)

    with pytest.raises(RolloutError, match=r"x.jsonl:2: expected a line of at most 10 bytes"):
        list(iter_lines(path))


def test_skip_line_counts_what_it_passes_over() -> None:
    assert skip_line(io.BytesIO(b"rest\nnext")) == (5, True)
    assert skip_line(io.BytesIO(b"rest")) == (4, False)


def test_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected a file, got a directory"):
        check_input(tmp_path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no.jsonl: expected a file, got nothing"):
        with open_input(tmp_path / "no.jsonl"):
            pass


def test_packed_zeros_are_unpacked_in_bounded_pieces(tmp_path: Path) -> None:
    data = zstandard.compress(bytes(2**26))
    (tmp_path / "zeros.zst").write_bytes(data)
    stream = ZstdStream((tmp_path / "zeros.zst").open("rb"))
    buffer = memoryview(bytearray(2**12))
    largest = total = 0

    while count := stream.readinto(buffer):
        largest = max(largest, len(stream._ready.getbuffer()))
        total += count

    assert total == 2**26
    assert largest <= 2**24
    stream._raw.close()
