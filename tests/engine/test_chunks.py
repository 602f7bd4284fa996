"""Chunks hold every line once, and end where the input says, not where a run was killed."""

import io
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.engine import chunks
from rewardkit.engine.chunks import Chunk, Position, cut_by_group, cut_by_size, cut_chunks
from rewardkit.errors import RolloutError

BEGIN = Position()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 20)
    monkeypatch.setattr(chunks, "MAX_LINE_BYTES", 60)


def group_of(line: bytes, number: int) -> str | None:
    return line.decode()[0] if line and line != b"?" else None


def joined(found: list[Chunk]) -> list[tuple[int, bytes]]:
    return [pair for chunk in found for pair in chunk.lines()]


def numbered(data: bytes) -> list[tuple[int, bytes]]:
    return [(n, x.strip()) for n, x in enumerate(data.split(b"\n"), 1) if x.strip()]


TEXT = st.lists(st.sampled_from([b"a", b"b1", b"c" * 30, b"", b"?", b"d\r", b" e "]), max_size=40)


@given(TEXT, st.booleans())
def test_every_line_stands_in_one_chunk(lines: list[bytes], ended: bool) -> None:
    data = b"\n".join(lines) + (b"\n" if ended else b"")

    for found in (
        list(cut_by_size(io.BytesIO(data), BEGIN)),
        list(cut_by_group(io.BytesIO(data), BEGIN, group_of, "x")),
    ):
        assert b"".join(chunk.data for chunk in found) == data
        assert joined(found) == numbered(data)
        for before, after in itertools.pairwise(found):
            assert before.end == after.start


@given(TEXT)
def test_chunks_after_a_resume_are_those_of_a_whole_run(lines: list[bytes]) -> None:
    data = b"\n".join(lines)

    def by_group(stream: BinaryIO, at: Position) -> Iterator[Chunk]:
        return cut_by_group(stream, at, group_of, "x")

    for cut in (cut_by_size, by_group):
        whole = list(cut(io.BytesIO(data), BEGIN))
        for k, chunk in enumerate(whole):
            stream = io.BytesIO(data)
            stream.seek(chunk.end.offset)
            assert list(cut(stream, chunk.end)) == whole[k + 1 :]


@given(TEXT)
def test_groups_are_never_cut(lines: list[bytes]) -> None:
    lines = sorted(line for line in lines if line.strip() and line != b"?")
    found = list(cut_by_group(io.BytesIO(b"\n".join(lines)), BEGIN, group_of, "x"))

    groups = [{group_of(line, 0) for _, line in chunk.lines()} for chunk in found]
    for before, after in itertools.pairwise(groups):
        assert not before & after


@given(TEXT)
def test_pieces_hold_the_lines_of_their_chunk(lines: list[bytes]) -> None:
    for chunk in cut_by_size(io.BytesIO(b"\n".join(lines)), BEGIN):
        assert joined(list(chunk.pieces(None))) == list(chunk.lines())
        assert joined(list(chunk.pieces(group_of))) == list(chunk.lines())
        for piece in chunk.pieces(None):
            assert len(list(piece.lines())) <= 1


def test_pieces_of_groups_are_groups() -> None:
    chunk = Chunk(BEGIN, Position(0, 9, 4), b"a1\na2\nb1\n?\nb2\n")

    groups = [[line for _, line in piece.lines()] for piece in chunk.pieces(group_of)]

    assert groups == [[b"a1", b"a2"], [b"b1", b"?", b"b2"]]


@pytest.mark.parametrize("grouped", [False, True])
def test_line_over_the_limit_is_left_out_and_counted(grouped: bool) -> None:
    data = b"a\n" + b"x" * 100 + b"\nb\n"
    stream = io.BytesIO(data)
    cut = cut_by_group(stream, BEGIN, group_of, "x") if grouped else cut_by_size(stream, BEGIN)

    found = list(cut)

    assert joined(found) == [(1, b"a"), (3, b"b")]
    assert [chunk.oversized for chunk in found if chunk.oversized] == [101]
    assert found[-1].end == Position(0, len(data), 3)


def test_chunks_never_span_two_files(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_bytes(b"1\n2\n")

    found = list(cut_chunks([str(tmp_path / name) for name in "ab"], BEGIN))

    assert [(chunk.start.source, chunk.data) for chunk in found] == [(0, b"1\n2\n"), (1, b"1\n2\n")]


def test_resume_beyond_the_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    import gzip

    path.write_bytes(gzip.compress(b"1\n"))

    with pytest.raises(RolloutError, match="got a shorter one"):
        list(cut_chunks([str(path)], Position(0, 50, 3)))


def test_group_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "MAX_GROUP_BYTES", 100)

    with pytest.raises(RolloutError, match=r"x:\d+: group 'a': expected at most 100 bytes"):
        list(cut_by_group(io.BytesIO(b"a\n" * 100), BEGIN, group_of, "x"))


def test_byte_order_mark_is_dropped() -> None:
    chunk = Chunk(BEGIN, Position(0, 5, 1), b"\xef\xbb\xbf" + json.dumps({}).encode())

    assert list(chunk.lines()) == [(1, b"{}")]


def test_lines_that_are_no_rollouts_are_no_group_without_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks, "MAX_GROUP_BYTES", 30)

    found = list(cut_by_group(io.BytesIO(b"?\n" * 200), BEGIN, group_of, "x"))

    assert len(joined(found)) == 200
    assert max(len(chunk.data) for chunk in found) <= 30


def test_groups_are_looked_at_only_where_a_chunk_may_end() -> None:
    calls = []

    def counted(line: bytes, number: int) -> str | None:
        calls.append(number)
        return group_of(line, number)

    found = list(cut_by_group(io.BytesIO(b"a\na\nb\nb\nc\nc\n" * 50), BEGIN, counted, "x"))

    assert len(found) > 10
    assert len(calls) < 150


def test_byte_order_mark_alone_is_a_blank_line() -> None:
    assert joined([Chunk(BEGIN, BEGIN, b"\xef\xbb\xbf\r\n\n")]) == []
