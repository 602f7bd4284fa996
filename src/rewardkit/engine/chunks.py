"""Cutting inputs into chunks, the unit of work, of retrying and of resuming.

Where a chunk ends depends on the input alone, never on the number of workers or on an
interruption: that makes a resumed run's output identical to an uninterrupted one's.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, TypeAlias

import msgspec

from rewardkit.errors import RolloutError
from rewardkit.places import without_secrets
from rewardkit.reading import MAX_LINE_BYTES, open_input, skip_line

CHUNK_BYTES = 256 * 2**10
MAX_GROUP_BYTES = 64 * 2**20
BOM = b"\xef\xbb\xbf"

GroupOf: TypeAlias = Callable[[bytes, int], str | None]
"""Line and its number to the question it belongs to; None for a line that is not a rollout."""


class Position(msgspec.Struct, frozen=True):
    """A place between two lines: in which input, after how many unpacked bytes and lines of it."""

    source: int = 0
    offset: int = 0
    line: int = 0


class Chunk(msgspec.Struct, frozen=True):
    """Some whole lines of one input.

    Attributes:
        start: Where it begins.
        end: Where the next one begins.
        data: The lines, each with its line break.
        oversized: Bytes of a last line that was too long to be read and is not in `data`, else 0.
    """

    start: Position
    end: Position
    data: bytes
    oversized: int = 0

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Line numbers and lines, without blank ones and line breaks."""
        number = self.start.line
        for line in self.data.split(b"\n"):
            number += 1
            if number == 1:
                line = line.removeprefix(BOM)
            if stripped := line.strip():
                yield number, stripped

    def pieces(self, group_of: GroupOf | None) -> "Iterator[Chunk]":
        """The same lines as chunks of one line, or of one group's neighbouring lines each."""
        lines: list[bytes] = []
        group: str | None = None
        begin = self.start.line
        for number, line in enumerate(self.data.split(b"\n"), start=self.start.line + 1):
            new = group_of(line.strip().removeprefix(BOM), number) if group_of else None
            if lines and (group_of is None or (new is not None and new != group)):
                yield self.piece(begin, lines)
                begin, lines = number - 1, []
            group = new or group
            lines.append(line)
        if lines != [b""] or self.oversized:
            yield self.piece(begin, lines, self.oversized)

    def piece(self, begin: int, lines: list[bytes], oversized: int = 0) -> "Chunk":
        """Some of the lines, the first of which follows line `begin`."""
        source = self.start.source
        end = self.end.line if oversized else begin + len(lines)
        data = b"\n".join(lines)
        return Chunk(Position(source, 0, begin), Position(source, 0, end), data, oversized)


def cut_chunks(
    paths: Sequence[str], start: Position, group_of: GroupOf | None = None
) -> Iterator[Chunk]:
    """Cut inputs into chunks of about `CHUNK_BYTES`.

    Args:
        paths: Inputs, one after the other; a chunk never spans two.
        start: Where to begin, `Position()` for the beginning.
        group_of: When given, a chunk ends only where a new group begins.

    Raises:
        RolloutError: When an input is damaged, or one group alone is longer than `MAX_GROUP_BYTES`.
    """
    for source in range(start.source, len(paths)):
        position = start if source == start.source else Position(source)
        with open_input(paths[source]) as stream:
            skip_to(stream, position.offset, paths[source])
            if group_of is None:
                yield from cut_by_size(stream, position)
            else:
                yield from cut_by_group(stream, position, group_of, paths[source])


def skip_to(stream: BinaryIO, offset: int, path: str) -> None:
    """Pass over what an earlier run has read; a pipe or packed file has to be read for that."""
    if offset and stream.seekable() and not path.endswith((".gz", ".zst")):
        stream.seek(offset)
        return
    while offset > 0:
        piece = stream.read(min(offset, 2**20))
        if not piece:
            raise RolloutError(
                f"{without_secrets(path)}: expected the unfinished run's input, got a shorter one"
            )
        offset -= len(piece)


def cut_by_size(stream: BinaryIO, position: Position) -> Iterator[Chunk]:
    """Cut at the first line break after `CHUNK_BYTES`."""
    while data := stream.read(CHUNK_BYTES):
        dropped, oversized = 0, 0
        if not data.endswith(b"\n"):
            begun = len(data) - (data.rfind(b"\n") + 1)
            rest = stream.readline(MAX_LINE_BYTES + 1 - begun)
            data += rest
            if begun + len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
                skipped, _ = skip_line(stream)
                oversized = begun + len(rest) + skipped
                dropped = oversized
                data = data[: len(data) - begun - len(rest)]
        end = advance(position, data, dropped)
        yield Chunk(position, end, data, oversized)
        position = end


def advance(position: Position, data: bytes, dropped: int) -> Position:
    """Move on by whole lines, and by a dropped one."""
    lines = data.count(b"\n") + (1 if dropped or (data and not data.endswith(b"\n")) else 0)
    return Position(position.source, position.offset + len(data) + dropped, position.line + lines)


def cut_by_group(
    stream: BinaryIO, position: Position, group_of: GroupOf, path: str
) -> Iterator[Chunk]:
    """Cut where the group changes, once there are `CHUNK_BYTES`."""
    lines: list[bytes] = []
    size = 0
    group: str | None = None
    number = position.line
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        oversized = 0
        if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            oversized, line = len(line) + skip_line(stream)[0], b""
        if size >= CHUNK_BYTES:  # only here a chunk may end, only here groups matter
            group = group or last_group(lines, position.line, group_of)
            new = line_group(line, number, group_of)
            if group is None or (new is not None and new != group):
                end = advance(position, b"".join(lines), 0)
                yield Chunk(position, end, b"".join(lines))
                position, lines, size, group = end, [], 0, None
        lines.append(line)
        size += len(line)
        if size > MAX_GROUP_BYTES + CHUNK_BYTES:
            raise RolloutError(
                f"{without_secrets(path)}:{number}: group '{group}': expected at most "
                f"{MAX_GROUP_BYTES} bytes of rollouts for one question, got more"
            )
        if oversized:
            end = advance(position, b"".join(lines), oversized)
            yield Chunk(position, end, b"".join(lines), oversized)
            position, lines, size, group = end, [], 0, None
    if lines:
        data = b"".join(lines)
        yield Chunk(position, advance(position, data, 0), data)


def line_group(line: bytes, number: int, group_of: GroupOf) -> str | None:
    """The group of a line as it stands in the file; None where it is not a rollout."""
    stripped = line.strip().removeprefix(BOM)
    return group_of(stripped, number) if stripped else None


def last_group(lines: Sequence[bytes], after: int, group_of: GroupOf) -> str | None:
    """The group of the last rollout among lines, the first of which follows line `after`."""
    for i in reversed(range(len(lines))):
        group = line_group(lines[i], after + i + 1, group_of)
        if group is not None:
            return group
    return None
