"""One line of JSON to one rollout, or to a violation that names the field."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from rewardkit.formats import FIELDS, Places
from rewardkit.types import Message, Rollout

REFERENCE_TYPES = "string, number, list or object"
ABSENT = object()
JSON_NAMES = {
    "`": "",
    "str": "string",
    "bool": "boolean",
    "int": "integer",
    "array": "list",
    " | null": "",
    "Object missing required field ": "an object with the field ",
}
"""What msgspec's messages call a thing, and what the format's description calls it."""


class Violation(msgspec.Struct, frozen=True):
    """Why a line is not a rollout.

    Attributes:
        field: The field, as a path from the line's root; empty for the line as a whole.
        expected: What the format asks for.
        got: What was there.
    """

    field: str
    expected: str
    got: str

    def __str__(self) -> str:
        """One line: field, expected, got."""
        where = f"field '{self.field}': " if self.field else ""
        return f"{where}expected {self.expected}, got {self.got}"


def decode_rollout(line: bytes, places: Places, line_id: str) -> Rollout | Violation:
    """Read one line.

    Fields that are null count as absent. Unknown fields land in `extra`, untouched. A missing `id`
    becomes `line_id`, a missing `group` the prompt's hash, or the id where there is no prompt.

    Args:
        line: UTF-8 JSON without line break.
        places: Renamings, see [`read_renamings`][rewardkit.formats.read_renamings].
        line_id: The id of a rollout that brings none, usually its line number.

    >>> decode_rollout(b'{"completion": "A: 72", "step": 3}', {}, "1").extra
    {'step': 3}
    >>> str(decode_rollout(b'{"completion": 72}', {}, "1"))
    "field 'completion': expected string or chat messages, got integer 72"
    """
    fields = decode_object(line)
    return fields if isinstance(fields, Violation) else read_rollout(fields, places, line_id)


def read_rollout(fields: dict[str, Any], places: Places, line_id: str) -> Rollout | Violation:
    """Read the fields of one line; `fields` is used up. Arguments as of `decode_rollout`."""
    if places:
        fields = rename(fields, places)
    if fields.get("completion") is None:
        return missing_completion(fields, places)
    known = {name: fields.pop(name) for name in FIELDS if name in fields}
    if None in known.values():
        known = {name: value for name, value in known.items() if value is not None}
    known["extra"] = fields
    if not known.get("id"):
        known["id"] = line_id
    if not known.get("group"):
        known["group"] = default_group(known.get("prompt"), known["id"])
    try:
        rollout = msgspec.convert(known, Rollout)
    except msgspec.ValidationError as error:
        return read_violation(str(error), known)
    if isinstance(rollout.completion, list):
        roles = [message.role for message in rollout.completion]
        if "assistant" not in roles:
            return Violation("completion", "a message of role assistant", f"roles {roles[:8]}")
    return rollout


def decode_object(line: bytes) -> dict[str, Any] | Violation:
    """Decode a JSON object."""
    try:
        value = msgspec.json.decode(line)
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        return Violation("", "UTF-8", f"byte 0x{byte:02x}: {error.reason}")
    except (msgspec.DecodeError, RecursionError) as error:
        value = decode_lone_surrogates(line) if b"\\ud" in line.lower() else None
        if value is None:
            return Violation("", "JSON", f"{str(error).partition(' while ')[0]}: {shorten(line)}")
    if not isinstance(value, dict):
        return Violation("", "a JSON object", describe(value))
    return value


def decode_lone_surrogates(line: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    r"""Decode JSON with half surrogate pairs, which become U+FFFD; None where it is not JSON.

    >>> decode_lone_surrogates(b'["\\ud800"]')
    ['\ufffd']
    """
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    halves = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass")
    try:
        return msgspec.json.decode(halves.decode("utf-16", "replace"))
    except msgspec.DecodeError:
        return None


def rename(fields: dict[str, Any], places: Places) -> dict[str, Any]:
    """Move each renamed field to its own name; what stood there goes, a nested source stays.

    Of a field's places the first with a value is taken. The others stay as they are.
    """
    found: dict[str, Any] = {}
    used: set[str] = set()
    for field, candidates in places.items():
        taken, value = None, None
        for place in candidates:
            here = look_up(fields, place)
            if here is not ABSENT and (taken is None or here is not None):
                taken, value = place, here
            if value is not None:
                break
        if taken is not None:
            found[field] = value
            used.add(taken)
    kept = {name: value for name, value in fields.items() if name not in used or name in FIELDS}
    return {**kept, **found}


def look_up(value: Any, place: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Follow a path such as `resps.0.0`; `ABSENT` where it leads nowhere.

    >>> look_up({"resps": [["A: 72"]]}, "resps.0.0")
    'A: 72'
    """
    if isinstance(value, dict) and place in value:
        return value[place]
    for step in place.split("."):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return ABSENT
    return value


def default_group(prompt: str | list[Any] | None, line_id: str) -> str:
    """Name the question of a rollout that names none: the hash of its prompt, else its own id.

    >>> default_group("What is 2+2?", "1") == default_group("What is 2+2?", "2")
    True
    """
    if not prompt:
        return line_id
    text = prompt.encode() if isinstance(prompt, str) else msgspec.json.encode(prompt)
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def missing_completion(fields: Mapping[str, Any], places: Places) -> Violation:
    """Say where a completion was looked for and what was there instead."""
    looked = ", ".join(f"'{place}'" for place in places.get("completion", ("completion",)))
    have = ", ".join(list(fields)[:8]) or "an empty object"
    return Violation("completion", f"a string or chat messages at {looked}", f"fields {have}"[:200])


def read_violation(message: str, fields: dict[str, Any]) -> Violation:
    """Turn msgspec's message into field, expected, got."""
    detail, _, path = message.partition(" - at `$")
    path = path.rstrip("`").removeprefix(".")
    top = re.split(r"[.\[]", path, maxsplit=1)[0]
    got = look_up(fields, path.replace("[", ".").replace("]", "").replace("...", "0"))
    if got is ABSENT:
        got = fields.get(top)
    if path == top and top in ("completion", "prompt"):
        return Violation(path, "string or chat messages", describe(got))
    if top == "reference":
        return Violation(path, REFERENCE_TYPES, describe(got))
    expected = detail.removeprefix("Expected ").partition(", got ")[0]
    for theirs, ours in JSON_NAMES.items():
        expected = expected.replace(theirs, ours)
    return Violation(path, expected, describe(got))


def describe(value: object) -> str:
    """Type and beginning of a value.

    >>> describe(72), describe([1, 2])
    ('integer 72', 'list [1,2]')
    """
    if value is None:
        return "null"
    if isinstance(value, Message):
        value = msgspec.to_builtins(value)
    name = {"dict": "object", "float": "number"}.get(type(value).__name__, type(value).__name__)
    name = {"str": "string", "int": "integer", "bool": "boolean"}.get(name, name)
    try:
        return f"{name} {shorten(msgspec.json.encode(value))}"
    except (TypeError, ValueError, RecursionError):  # what Python holds and JSON doesn't: a picture
        return name


def shorten(text: bytes, limit: int = 80) -> str:
    """The beginning of a text on one line."""
    shown = text[: limit + 1].decode("utf-8", "backslashreplace")
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown)
    return shown if len(text) <= limit else shown[:limit] + "…"
