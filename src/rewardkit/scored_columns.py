"""Scored lines as Arrow's columns and back; the columns are the same whatever the reward.

`scores` is a list of parts, each with name, value and reason, as parts differ between rewards, and
with `Route` between rows; a map would say the same, but `datasets` has no maps. The input's own
fields, whose types a line may choose for itself, stand as one JSON object in `kept`.
"""

import io
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import pyarrow as pa

KEPT = "kept"
MARK = b"rewardkit.scored"
"""Key of the schema's metadata whose value is the layout."""

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

    part = pa.struct([("name", pa.string()), ("value", pa.float64()), ("reason", pa.string())])
    columns = [
        ("id", pa.string()),
        ("group", pa.string()),
        ("reward", pa.float64()),
        ("status", pa.string()),
        ("scores", pa.list_(part)),
        (KEPT, pa.string()),
    ]
    return pa.schema(columns, metadata={MARK: LAYOUT})


def is_scored(schema: "pa.Schema") -> bool:
    """Whether columns are those of scored lines, also where another program has written them."""
    import pyarrow.types as is_a

    if not {*scored_schema().names} <= {*schema.names}:
        return False
    scores = schema.field("scores").type
    if not (is_a.is_list(scores) or is_a.is_large_list(scores)):
        return False
    part = scores.value_type
    return is_a.is_struct(part) and {field.name for field in part} == {"name", "value", "reason"}


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
        scores = [{"name": k, "value": p.value, "reason": p.reason} for k, p in line.scores.items()]
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
    parts = row["scores"] or []
    scores = {part["name"]: {"value": part["value"], "reason": part["reason"]} for part in parts}
    return {**row, "scores": scores, **fields}
