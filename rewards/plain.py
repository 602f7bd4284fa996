"""Plain options: numbers, words, lists and mappings, read by a field's annotation."""

import math
import types
import typing
from functools import lru_cache

import msgspec

from rewardkit.rewards.place import Place, described
from rewardkit.suggest import did_you_mean


def read_plain(value: object, hint: object, place: Place) -> typing.Any:  # noqa: ANN401 - any field
    """Read a value that holds no reward, as a field's annotation asks for it.

    Args:
        value: As a file gives it; nothing is read from a string but a string.
        hint: The annotation.
        place: Where it stands, for errors.

    Raises:
        ConfigError: When it is of another type, or NaN.

    >>> read_plain(1, float, Place("r.yaml", "weight"))
    1.0
    """
    if isinstance(value, float) and math.isnan(value):
        raise place.error("expected a number, got nan")
    try:
        return msgspec.convert(value, hint, strict=True)
    except (msgspec.ValidationError, OverflowError) as error:
        got = f"{described(value)}{_near(value, hint)}"
        raise place.error(f"expected {_wanted(hint, error)}, got {got}") from None


def check_plain(options: msgspec.Struct) -> None:
    """Refuse plain options of another type than their fields', in Python as in a file.

    Ranges, NaN and words to choose from are for the reward itself to check.

    Args:
        options: A reward that is being made.

    Raises:
        ConfigError: Naming the option, the type and what was got.

    >>> from rewardkit.rewards import Repetition
    >>> Repetition(n=2.5)
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: repetition.n: expected a whole number, got float 2.5
    """
    owner = options.__struct_config__.tag
    for name, hint in _plain_fields(type(options)):
        value = getattr(options, name)
        if not (isinstance(value, float) and math.isnan(value)):
            read_plain(value, hint, Place(path=f"{owner}.{name}"))


@lru_cache(maxsize=256)
def _plain_fields(cls: type[msgspec.Struct]) -> tuple[tuple[str, object], ...]:
    fields = msgspec.structs.fields(cls)
    return tuple((field.name, field.type) for field in fields if _is_plain(field.type))


def _is_plain(hint: object) -> bool:
    """Whether an annotation is of numbers, words and collections of them alone."""
    args = typing.get_args(hint)
    return all(map(_is_plain, args)) if args else hint in WANTED


WANTED: dict[object, str] = {
    float: "a number",
    int: "a whole number",
    str: "a string",
    bool: "true or false",
    types.NoneType: "nothing",
}


def _near(value: object, hint: object) -> str:
    """The word of a choice that a misspelt one is near to, as the end of an error."""
    if typing.get_origin(hint) is not typing.Literal or not isinstance(value, str):
        return ""
    return did_you_mean(value, map(str, typing.get_args(hint))).replace(", did", "; did", 1)


def _wanted(hint: object, error: Exception) -> str:
    """Say in words what an annotation asks for."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return f"one of {', '.join(str(arg) for arg in args)}"
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_wanted(arg, error) for arg in args)
    if origin is tuple and args and args[-1] is not Ellipsis and len(set(args)) == 1:
        kind = _wanted(args[0], error).removeprefix("a ")
        return f"a list of {len(args)} {kind}{'s' if len(args) > 1 else ''}"
    if origin in (list, tuple, set, frozenset):
        return f"a list of {_wanted(args[0], error)}".replace("of a ", "of ") if args else "a list"
    if origin is dict:
        return f"a mapping to {_wanted(args[1], error)}"
    return WANTED.get(hint) or str(error).removeprefix("Expected ").replace("`", "")
