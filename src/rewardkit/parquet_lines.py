"""Parquet as lines of JSON: one row, one line, so that all that reads rollouts reads it too."""

import io
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from rewardkit.errors import ConfigError, RolloutError
from rewardkit.parquet_values import reader_of
from rewardkit.scored_columns import KEPT, MARK, unfold

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MAGIC = b"PAR1"
BATCH_BYTES = 4 * 2**20
"""About so much of a row group, unpacked, is held as Python values at a time."""

BATCH_ROWS = 1024
READ_BYTES = 2**20
"""A column of a row group is read in pieces of this size, not as a whole."""


def check_installed() -> None:
    """Find out whether Parquet can be read and written.

    Raises:
        ConfigError: Where pyarrow is missing.
    """
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        raise ConfigError("parquet: expected pyarrow: pip install 'rewardkit[parquet]'")


def is_parquet(name: str, stream: BinaryIO) -> bool:
    """Whether a file is Parquet, by its name or else by its first bytes."""
    if name.endswith(".parquet"):
        return True
    if not stream.seekable():
        return False
    begin = stream.tell()
    found = stream.read(len(MAGIC))
    stream.seek(begin)
    return found == MAGIC


class ParquetStream(io.RawIOBase):
    """The rows of a Parquet file as JSON lines, read by record batches.

    The line's number is the row's, the first is 1. Nulls stay. Text of invalid UTF-8 makes a line
    that is no JSON, which whoever reads it rejects by its number. What Arrow knows and JSON does
    not becomes text (times, decimals); binary values see [`reader_of`][rewardkit.parquet_values].

    Raises:
        ConfigError: Where pyarrow is missing.
        RolloutError: When it is no whole Parquet file, or two columns bear one name.
    """

    def __init__(self, raw: BinaryIO, name: str) -> None:
        """Read the file's footer.

        Args:
            raw: The file; it has to be seekable.
            name: What it is called in messages.
        """
        check_installed()
        self._name = name
        if not raw.seekable():
            raise ConfigError(
                f"{name}: expected a file, as Parquet is read from its end, got a pipe"
            )
        self._lines = self._read(raw)
        self._ready = io.BytesIO()

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any buffer there
        """Fill the buffer with lines; 0 at the end."""
        while not (count := self._ready.readinto(buffer)):
            lines = next(self._lines, None)
            if lines is None:
                return 0
            self._ready = io.BytesIO(lines)
        return count

    def _read(self, raw: BinaryIO) -> Iterator[bytes]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(raw, buffer_size=READ_BYTES, pre_buffer=False) as file:
                check_columns(file.schema_arrow, self._name)
                scored = MARK in (file.schema_arrow.metadata or {})
                for batch in file.iter_batches(batch_rows(file), use_threads=False):
                    yield to_lines(batch, scored)
        except (pa.ArrowException, OSError) as error:
            reason = str(error).partition("\n")[0][:200]
            raise RolloutError(
                f"{self._name}: expected a whole Parquet file, got: {reason}"
            ) from error


def check_columns(schema: "pa.Schema", name: str) -> None:
    """Refuse columns of one name: a row has room for one of them."""
    twice = [column for column, count in Counter(schema.names).items() if count > 1]
    if twice:
        raise RolloutError(f"{name}: column '{twice[0]}': expected it once, got it several times")


def batch_rows(file: "pq.ParquetFile") -> int:
    """Rows to read at a time; few where they are long, as those with images are."""
    rows, size = file.metadata.num_rows, 0
    for k in range(file.metadata.num_row_groups):
        size += file.metadata.row_group(k).total_byte_size
    return int(max(1, min(BATCH_ROWS, BATCH_BYTES * max(rows, 1) // max(size, 1))))


def to_lines(batch: "pa.RecordBatch", scored: bool = False) -> bytes:
    """The rows of a batch as lines of JSON.

    Args:
        batch: Columns of different names.
        scored: Whether it holds what `score` wrote: the kept fields are then put back in place.
    """
    try:
        columns = {
            name: reader_of(column.type, name)(column)
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        }
    except UnicodeDecodeError as error:
        if batch.num_rows == 1:
            return broken_line(error)
        rows = (to_lines(batch.slice(k, 1), scored) for k in range(batch.num_rows))
        return b"".join(rows)
    kept = columns.pop(KEPT, None) if scored else None
    encoder = msgspec.json.Encoder(enc_hook=str)
    lines = bytearray()
    for k in range(batch.num_rows):
        row: dict[str, Any] = {name: values[k] for name, values in columns.items()}
        lines += encoder.encode(unfold(row, kept[k]) if kept else row)
        lines += b"\n"
    return bytes(lines)


def broken_line(error: UnicodeDecodeError) -> bytes:
    r"""A line that says no more than where a text stops being UTF-8.

    >>> broken_line(UnicodeDecodeError("utf-8", b"caf\xe9!", 3, 4, "invalid"))
    b'"caf\xe9"\n'
    """
    text = bytes(error.object[max(0, error.start - 80) : error.end])
    text = bytes(32 if byte < 32 or byte in b'"\\' else byte for byte in text)
    while text and 0x80 <= text[0] < 0xC0:  # the rest of a character that the cut has halved
        text = text[1:]
    return b'"' + text + b'"\n'
