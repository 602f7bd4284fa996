"""Arrow's columns to values that JSON can say."""

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

Values: TypeAlias = list[Any]
Turn: TypeAlias = Callable[[Any], Any]

IMAGES = "images"
"""In this column all binary values are images, also those that happen to be text."""


def read_column(column: "pa.Array", name: str) -> Values:
    """Make values of a column that JSON can say.

    * A struct of `bytes` and `path`, as `datasets` writes images, and any binary value in the
      column `images` becomes a data URI; where there are no bytes the struct stays, with its path.
    * Another binary value becomes text where it is UTF-8, else `{"bytes": base64}`, which nobody
      takes for a text.
    * A map becomes an object. Times, decimals and UUIDs become text where the line is written.

    Args:
        column: Of a plain type.
        name: The column's name.

    Raises:
        ValueError: For text that is not UTF-8, and so for an `OverflowError`: for times that Python
            doesn't reach.
    """
    turn = turn_of(column.type, name == IMAGES)
    values: Values = column.to_pylist()
    return list(map(turn, values)) if turn else values


def with_plain_types(batch: "pa.RecordBatch") -> "pa.RecordBatch":
    """The columns in types whose values Python has, see [`plain_type`][]."""
    import pyarrow as pa

    columns = []
    for column in batch.columns:
        plain = plain_type(column.type)
        columns.append(column if plain == column.type else column.cast(plain, safe=False))
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def plain_type(kind: "pa.DataType") -> "pa.DataType":
    """The type with times in microseconds, which is what Python has, and without dictionaries."""
    import pyarrow as pa
    import pyarrow.types as is_a

    if is_a.is_timestamp(kind) and kind.unit == "ns":
        return pa.timestamp("us", kind.tz)
    if is_a.is_duration(kind) and kind.unit == "ns":
        return pa.duration("us")
    if is_a.is_time64(kind) and kind.unit == "ns":
        return pa.time64("us")
    if is_a.is_dictionary(kind):
        return plain_type(kind.value_type)
    if is_a.is_map(kind):
        return pa.map_(plain_field(kind.key_field), plain_field(kind.item_field))
    if is_a.is_struct(kind):
        return pa.struct([plain_field(field) for field in kind])
    if is_a.is_fixed_size_list(kind):
        return pa.list_(plain_field(kind.value_field), kind.list_size)
    if is_a.is_large_list(kind):
        return pa.large_list(plain_field(kind.value_field))
    if is_a.is_list(kind):
        return pa.list_(plain_field(kind.value_field))
    return kind


def plain_field(field: "pa.Field") -> "pa.Field":
    """A field of a nested type with its plain type."""
    return field.with_type(plain_type(field.type))


def turn_of(kind: "pa.DataType", image: bool) -> Turn | None:
    """What has to be done to a value of this type, None for nothing."""
    import pyarrow.types as is_a

    if is_a.is_dictionary(kind):  # in a list view, which Arrow can't cast
        return turn_of(kind.value_type, image)
    if is_binary(kind):
        return to_uri if image else to_text
    if is_a.is_map(kind):
        return turn_map(turn_of(kind.key_type, False), turn_of(kind.item_type, image))
    if is_a.is_struct(kind):
        fields = {field.name: field.type for field in kind}
        if fields.keys() == {"bytes", "path"} and is_binary(fields["bytes"]):
            return turn_image
        turns = {name: turn for name in fields if (turn := turn_of(fields[name], image))}
        return turn_struct(turns) if turns else None
    if is_a.is_nested(kind) and hasattr(kind, "value_type"):  # lists of any kind
        turn = turn_of(kind.value_type, image)
        return turn_list(turn) if turn else None
    return None


def is_binary(kind: "pa.DataType") -> bool:
    """Whether it is bytes that nobody said to be text."""
    import pyarrow.types as is_a

    return bool(
        is_a.is_binary(kind)
        or is_a.is_large_binary(kind)
        or is_a.is_fixed_size_binary(kind)
        or is_a.is_binary_view(kind)
    )


def to_uri(value: bytes | None) -> str | None:
    """Bytes of an image as a data URI; their content says which format it is.

    >>> to_uri(b"GIF8")
    'data:;base64,R0lGOA=='
    """
    return None if value is None else "data:;base64," + base64.b64encode(value).decode()


def to_text(value: bytes | None) -> str | dict[str, str] | None:
    r"""Bytes that are UTF-8 as text, others in a form that is none.

    >>> to_text(b"A: 72"), to_text(b"\xff")
    ('A: 72', {'bytes': '/w=='})
    """
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"bytes": base64.b64encode(value).decode()}


def turn_image(value: dict[str, Any] | None) -> dict[str, Any] | str | None:
    """An image as `datasets` writes it."""
    return value if value is None or value["bytes"] is None else to_uri(value["bytes"])


def turn_list(turn: Turn) -> Turn:
    """Do something to each value of a list."""
    return lambda values: None if values is None else [turn(value) for value in values]


def turn_struct(turns: dict[str, Turn]) -> Turn:
    """Do something to some fields of a struct."""

    def one(value: dict[str, Any] | None) -> dict[str, Any] | None:
        if value is None:
            return None
        return {name: turns[name](x) if name in turns else x for name, x in value.items()}

    return one


def turn_map(key: Turn | None, item: Turn | None) -> Turn:
    """Make an object of a map; its keys become text."""

    def one(pairs: list[tuple[Any, Any]] | None) -> dict[str, Any] | None:
        if pairs is None:
            return None
        return {str(key(k) if key else k): item(v) if item else v for k, v in pairs}

    return one
