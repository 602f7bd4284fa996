"""A mapping to a struct: its keys checked, its fields read one by one, its own refusals placed."""

import typing
from collections.abc import Callable, Mapping

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.place import Place, check_keys

S = typing.TypeVar("S", bound=msgspec.Struct)
ReadValue = Callable[[object, object, Place], object]
"""Reads a value by a field's annotation, at a place."""


def read_struct(
    cls: type[S], values: Mapping[str, object], place: Place, read_value: ReadValue
) -> S:
    """Make a struct of a mapping as a file holds it.

    Args:
        cls: The struct's class.
        values: By the names that fields have in a file.
        place: Where the mapping stands.
        read_value: Reads each value.

    Raises:
        ConfigError: For a key that is unknown or missing, and for what the struct refuses.

    >>> class Point(msgspec.Struct):
    ...     x: int
    >>> read_struct(Point, {"x": 1}, Place(), lambda value, hint, place: value)
    Point(x=1)
    """
    known = {field.encode_name: field for field in msgspec.structs.fields(cls)}
    check_keys(values, known, place)
    for name, field in known.items():
        if field.required and name not in values:
            raise place.error(f"missing key '{name}', required by {cls.__name__}")
    options = {
        known[key].name: read_value(value, known[key].type, place.at(key))
        for key, value in values.items()
    }
    return made_struct(cls, options, place)


def made_struct(cls: type[S], options: Mapping[str, object], place: Place) -> S:
    """Make a struct of values that are read already.

    Raises:
        ConfigError: For what the struct refuses, with the option in the path where it names one.
    """
    try:
        return cls(**options)
    except ConfigError as error:
        owner = str(cls.__struct_config__.tag or cls.__name__.lower())
        raise place.adopt(error, owner, cls.__struct_fields__) from None
