"""A stack's row to a rollout: plain values for arrays, and the names that rewardkit has."""

from collections.abc import Mapping

import msgspec

from rewardkit.decoding import Violation, describe, read_rollout
from rewardkit.errors import RolloutError
from rewardkit.formats import Places
from rewardkit.types import Rollout


def read_row(row: Mapping[str, object], places: Places, where: str) -> Rollout:
    """Make a rollout of a stack's row.

    Args:
        row: The row's fields; `completion` among them.
        places: Where fields stand that have other names.
        where: What to call the row in errors.

    Raises:
        RolloutError: When a field is not what the data format asks for.

    >>> read_row({"completion": "7", "gold": 7}, {"reference": ("gold",)}, "row 1").reference
    7
    """
    fields = {str(name): plain(value) for name, value in row.items()}
    for name in ("id", "group"):  # datasets number their rows
        if isinstance(fields.get(name), int):
            fields[name] = str(fields[name])
    for name in ("prompt", "completion"):
        if isinstance(fields.get(name), list):
            fields[name] = text_messages(fields[name])
    if isinstance(fields.get("completion"), list) and not has_reply(fields["completion"]):
        fields["completion"] = ""  # a conversation in which the policy said nothing
    result = read_rollout(fields, places, where)
    if isinstance(result, Violation):
        raise RolloutError(f"{where}: {result}")
    return result


def unpacked(label: object, where: str) -> dict[str, object]:
    """The fields of a rollout that a label holds.

    Raises:
        RolloutError: When the label is no JSON object with a reference.

    >>> unpacked('{"reference": [1, 2], "task": "boxes"}', "row 1")
    {'reference': [1, 2], 'task': 'boxes'}
    """
    fields: object = plain(label)
    if isinstance(fields, str):
        try:
            fields = msgspec.json.decode(fields)
        except (msgspec.DecodeError, RecursionError):
            raise RolloutError(
                f"{where}: label: expected a JSON object, got {describe(fields)}"
            ) from None
    if not isinstance(fields, dict) or "reference" not in fields:
        raise RolloutError(
            f"{where}: label: expected an object with 'reference', got {type(fields).__name__}"
        )
    return fields


def plain(value: object) -> object:
    r"""Lists and numbers for what NumPy has instead, text without half surrogate pairs.

    >>> plain(("a\ud800", {1: (2,)}))
    ['a\ufffd', {'1': [2]}]
    """
    if isinstance(value, str):
        return whole_text(value)
    if value is None or isinstance(value, bool | int | float | bytes):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    to_list = getattr(value, "tolist", None)  # of arrays, tensors and their scalars
    return plain(to_list()) if callable(to_list) else value


def whole_text(text: str) -> str:
    """Text with U+FFFD for halves of surrogate pairs, as lines of a file are read."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def has_reply(messages: object) -> bool:
    """Whether one of some chat messages is the assistant's.

    >>> has_reply([{"role": "tool", "content": "7"}])
    False
    """
    return isinstance(messages, list) and any(
        isinstance(one, dict) and one.get("role") == "assistant" for one in messages
    )


def text_messages(value: object) -> object:
    """Chat messages without what is no text, such as images inside their content."""
    if not isinstance(value, list):
        return value
    return [text_message(item) if isinstance(item, dict) else item for item in value]


def text_message(message: dict[str, object]) -> dict[str, object]:
    """One chat message with the text of its content.

    >>> text_message({"role": "user", "content": [{"type": "image", "image": object()}]})
    {'role': 'user', 'content': [{'type': 'image', 'text': ''}]}
    """
    content = message.get("content")
    if isinstance(content, list):
        content = [
            {"type": str(part.get("type", "text")), "text": part.get("text") or ""}
            if isinstance(part, dict)
            else {"type": "text", "text": str(part)}
            for part in content
        ]
    return {"role": message.get("role"), "content": content}
