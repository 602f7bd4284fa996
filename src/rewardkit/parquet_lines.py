"""Parquet as lines of JSON: one row, one line, so that all that reads rollouts reads it too."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from rewardkit.errors import ConfigError, RolloutError
from rewardkit.parquet_rows import to_lines
from rewardkit.parquet_values import with_plain_types
from rewardkit.scored_columns import is_scored

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

MAGICS = (b"PAR1", b"PARE")
"""The second one's footer is encrypted: it is refused, but as the Parquet that it is."""

BATCH_BYTES = 4 * 2**20
"""About so much of a row group, unpacked, is held as Python values at a time."""

BATCH_ROWS = 256
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
    found = stream.read(4)
    stream.seek(begin)
    return found in MAGICS


class ParquetStream(io.RawIOBase):
    """The rows of a Parquet file as JSON lines, read by record batches.

    The line's number is the row's, the first is 1. Nulls stay. Text of invalid UTF-8, or a day in
    the year 50000, makes a line that is no object, which whoever reads it rejects by its number.
    What Arrow knows and JSON does not becomes text (times, decimals); binary values see
    [`read_column`][rewardkit.parquet_values].

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
                check_names(file.schema_arrow, self._name)
                scored = is_scored(file.schema_arrow)
                for k in range(file.num_row_groups):
                    rows = batch_rows(file.metadata.row_group(k))
                    for batch in file.iter_batches(rows, row_groups=[k], use_threads=False):
                        for piece in pieces(with_plain_types(batch)):
                            yield to_lines(piece, scored)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            reason = str(error).partition("\n")[0][:200]
            raise RolloutError(
                f"{self._name}: expected a whole Parquet file, got: {reason}"
            ) from error


def check_names(fields: "Iterable[pa.Field]", name: str, place: str = "") -> None:
    """Refuse columns of one name, also inside a column: a row has room for one of them."""
    fields = list(fields)
    counts = Counter(field.name for field in fields)
    twice = [place + column for column, count in counts.items() if count > 1]
    if twice:
        raise RolloutError(f"{name}: column '{twice[0]}': expected it once, got it several times")
    for field in fields:
        inner = (field.type.field(k) for k in range(field.type.num_fields))
        check_names(inner, name, f"{place}{field.name}.")


def batch_rows(group: "pq.RowGroupMetaData") -> int:
    """Rows to read at a time; few where they are long, as those with images are."""
    size = max(group.total_byte_size, 1)
    return int(max(1, min(BATCH_ROWS, BATCH_BYTES * group.num_rows // size)))


def pieces(batch: "pa.RecordBatch") -> "Iterator[pa.RecordBatch]":
    """Halves of a batch, and of those, until none is large: one long text may stand in all rows."""
    if batch.nbytes <= BATCH_BYTES or batch.num_rows == 1:
        yield batch
        return
    half = batch.num_rows // 2
    yield from pieces(batch.slice(0, half))
    yield from pieces(batch.slice(half))
