"""Rows of Arrow's columns as lines of JSON; a row that can't be one spoils no other."""

from typing import TYPE_CHECKING, Any

import msgspec

from rewardkit.parquet_values import read_column
from rewardkit.scored_columns import KEPT, unfold

if TYPE_CHECKING:
    import pyarrow as pa


def to_lines(batch: "pa.RecordBatch", scored: bool = False) -> bytes:
    """The rows of a batch as lines of JSON.

    Args:
        batch: Columns of different names, of plain types.
        scored: Whether it holds what `score` wrote: the kept fields are then put back in place.
    """
    columns: dict[str, list[Any]] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        try:
            columns[name] = read_column(column, name)
        except (ValueError, OverflowError) as error:
            if batch.num_rows == 1:
                return unreadable_line(error, name)
            rows = (to_lines(batch.slice(k, 1), scored) for k in range(batch.num_rows))
            return b"".join(rows)
    kept = columns.pop(KEPT, None) if scored else None
    encoder = msgspec.json.Encoder(enc_hook=str)
    lines = bytearray()
    for k in range(batch.num_rows):
        row: dict[str, Any] = {name: values[k] for name, values in columns.items()}
        try:
            lines += encoder.encode(unfold(row, kept[k]) if kept else row) + b"\n"
        except (msgspec.DecodeError, TypeError) as error:  # another program's, with nulls
            lines += unreadable_line(error, KEPT)
    return bytes(lines)


def unreadable_line(error: Exception, name: str) -> bytes:
    r"""A line that is no rollout and says why: a value of this column is none that Python has.

    >>> unreadable_line(OverflowError("date value out of range"), "day")
    b'"column \'day\': date value out of range"\n'
    """
    if isinstance(error, UnicodeDecodeError):
        return broken_line(error)
    return msgspec.json.encode(f"column '{name}': {error}"[:200]) + b"\n"


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
