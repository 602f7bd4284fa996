"""What functions of other stacks give back, as numbers with names."""

import numbers
from collections.abc import Mapping

import msgspec

from rewardkit.errors import VerifierError


class Result(msgspec.Struct, frozen=True):
    """What a function of another stack said about one rollout.

    Attributes:
        value: Its number, None for 'not judged'.
        parts: Further numbers that it gave by name.
    """

    value: object
    parts: dict[str, object] = {}


def to_result(value: object, key: str) -> object:
    """A dict's number and its further numbers; anything else as it is.

    Raises:
        VerifierError: When a dict lacks the key.

    >>> to_result({"score": 1.0, "acc": 0.5, "pred": "7"}, "score")
    Result(value=1.0, parts={'acc': 0.5})
    """
    if not isinstance(value, Mapping):
        return value
    if key not in value:
        raise VerifierError(f"expected a dict with {key!r}, got {', '.join(map(str, value))}"[:200])
    others = {str(name): item(part) for name, part in value.items() if name != key}
    parts = {name: part for name, part in others.items() if isinstance(part, numbers.Real)}
    return Result(value[key], dict(parts))


def listed(values: object) -> object:
    """A list for a tensor or an array."""
    to_list = getattr(values, "tolist", None)
    return to_list() if callable(to_list) else values


def item(value: object) -> object:
    """A number for a tensor or an array of one; anything else as it is."""
    get = getattr(value, "item", None)
    try:
        return get() if callable(get) else value
    except (ValueError, RuntimeError):  # it holds more than one: NumPy's way to say so, and torch's
        return value
