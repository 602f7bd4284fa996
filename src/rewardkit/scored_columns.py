"""Scored lines as Arrow's columns and back; the columns are the same whatever the reward.

`scores` is a map from the part's name to its value and reason, as parts differ between rewards, and
with `Route` between rows. The input's own fields, whose types a line may choose for itself, stand
as one JSON object in `kept`.
"""

import io
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import pyarrow as pa

KEPT = "kept"
MARK = b"rewardkit.scored"
"""Key of the schema's metadata that tells a file of scored lines; its value is the layout."""

LAYOUT = b"1"


class Part(msgspec.Struct, frozen=True):
    """One part of a reward, as a scored line has it."""

    value: float | None
    reason: str


class Line(msgspec.Struct, frozen=True):
    """What stands in columns of its own."""

    id: str
    group: str
    reward: float | None
    status: str
    scores: dict[str, Part]


def scored_schema() -> "pa.Schema":
    """The columns of scored lines."""
    import pyarrow as pa

    part = pa.struct([("value", pa.float64()), ("reason", pa.string())])
    columns = [
        ("id", pa.string()),
        ("group", pa.string()),
        ("reward", pa.float64()),
        ("status", pa.string()),
        ("scores", pa.map_(pa.string(), part)),
        (KEPT, pa.string()),
    ]
    return pa.schema(columns, metadata={MARK: LAYOUT})


def encode_lines(lines: bytes) -> bytes:
    """Scored lines as a stream of Arrow's IPC format; streams stand one after the other in a file.

    Args:
        lines: JSON lines as `score` writes them.
    """
    import pyarrow as pa

    read = msgspec.json.Decoder(Line)
    read_all = msgspec.json.Decoder(dict[str, msgspec.Raw])
    rows: list[tuple[Any, ...]] = []
    for text in lines.splitlines():
        line = read.decode(text)
        fields = read_all.decode(text)
        own = {k: v for k, v in fields.items() if k not in Line.__struct_fields__}
        scores = [(k, {"value": p.value, "reason": p.reason}) for k, p in line.scores.items()]
        kept = msgspec.json.encode(own).decode() if own else None
        rows.append((line.id, line.group, line.reward, line.status, scores, kept))
    schema = scored_schema()
    columns = [
        pa.array(c, field.type) for c, field in zip(zip(*rows, strict=True), schema, strict=True)
    ]
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as out:
        out.write_batch(pa.record_batch(columns, schema=schema))
    return sink.getvalue()


def unfold(row: dict[str, Any], kept: str | None) -> dict[str, Any]:
    """A row as the scored line that it was made of."""
    fields = msgspec.json.decode(kept, type=dict[str, msgspec.Raw]) if kept else {}
    return {**row, **fields}
