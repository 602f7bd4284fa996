"""JSON out of a reply: decoded into types, bounded, each key once."""

import re
from typing import Any, TypeVar

import msgspec

MAX_CHARACTERS = 65_536
"""A longer text is not read: 120 objects, printed with indentation, are about half of it."""

T = TypeVar("T")

MAX_DEPTH = 16
"""Lists and objects inside of one another; more is no answer."""

_BRACKET = re.compile(r"[\[\]{}]")
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_LANGUAGES = ("", "json")


def unfenced(text: str) -> str:
    r"""The text inside a code fence that surrounds all of it; without one the text itself.

    >>> unfenced("```json\n[1, 2]\n```"), unfenced("[1, 2]")
    ('[1, 2]', '[1, 2]')
    >>> unfenced("Here: ```json\n[1, 2]\n```")[:5]
    'Here:'
    """
    text = text.strip()
    if len(text) < 6 or not (text.startswith("```") and text.endswith("```")):
        return text
    first, line_break, body = text[3:-3].partition("\n")
    fenced = line_break and first.strip().lower() in _LANGUAGES
    return body.strip() if fenced else text


def decode_json(text: str, kind: type[T] | Any) -> T:  # noqa: ANN401 - a union is no type
    """Decode JSON of a stated type; NaN, Infinity, comments and trailing commas are no JSON.

    Args:
        text: JSON, in a code fence or without one.
        kind: The type, as msgspec takes it.

    Raises:
        ValueError: When it is not JSON of that type, nested beyond reason, or too long; the
            message is one clause.

    >>> decode_json("[1, 2]", list[float])
    [1.0, 2.0]
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"{len(text)} characters, the limit is {MAX_CHARACTERS}")
    try:
        # A lone surrogate is no UTF-8; as '?' it is no JSON either, but inside of a string.
        raw = unfenced(text).encode("utf-8", "replace")
        decoded: T = msgspec.json.decode(raw, type=kind)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)[:200]) from None
    except RecursionError:
        raise ValueError("nested too deep") from None
    return decoded


def pair_count(text: str) -> int:
    """How many `key: value` pairs a valid JSON text writes down, repeated keys each time.

    Decoders keep the last of a repeated key without a word; the count gives them away.

    >>> pair_count('{"a": 1, "a": 2, "b": ": :"}')
    3
    """
    return _STRING.sub("", text).count(":")


def check_depth(text: str) -> None:
    """Refuse a valid JSON text with too many lists and objects inside of one another.

    The decoder gives up as well, but at a depth that depends on who called it.

    Raises:
        ValueError: When it is nested deeper than 16.

    >>> check_depth("[" * 17 + "]" * 17)
    Traceback (most recent call last):
    ValueError: nested too deep
    """
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise ValueError("nested too deep")
