"""A finished run's columns to the Parquet file that the user asked for."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rewardkit.scored_columns import scored_schema

if TYPE_CHECKING:
    import pyarrow as pa

GROUP_ROWS = 2**17
GROUP_BYTES = 64 * 2**20
"""A row group ends after so many rows or so many bytes in memory, whichever comes first."""


def write_parquet(source: Path, target: Path) -> None:
    """Write the IPC streams of a run's chunks as one Parquet file, a row group at a time.

    Where a row group ends depends on the rows alone, so equal runs have equal files.

    Args:
        source: Streams of Arrow's IPC format, one after the other.
        target: Written whole and safe on the disk before this returns.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with open(target, "wb") as stream:
        with pq.ParquetWriter(stream, scored_schema(), compression="zstd") as writer:
            for group in row_groups(source):
                writer.write_table(pa.Table.from_batches(group), row_group_size=GROUP_ROWS)
        stream.flush()
        os.fsync(stream.fileno())


def row_groups(source: Path) -> "Iterator[list[pa.RecordBatch]]":
    """Gather batches until they are a row group."""
    group: list[pa.RecordBatch] = []
    rows, size = 0, 0
    for batch in read_batches(source):
        group.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= GROUP_ROWS or size >= GROUP_BYTES:
            yield group
            group, rows, size = [], 0, 0
    if group:
        yield group


def read_batches(source: Path) -> "Iterator[pa.RecordBatch]":
    """The batches of streams that stand one after the other."""
    import pyarrow as pa

    end = source.stat().st_size
    with pa.OSFile(os.fsencode(source)) as stream:
        while stream.tell() < end:
            with pa.ipc.open_stream(stream) as batches:
                yield from batches
