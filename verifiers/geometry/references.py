"""References of boxes and points, in the forms that data has."""

import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from rewardkit.types import Reference
from rewardkit.verifiers.geometry.json_text import MAX_CHARACTERS, decode_json
from rewardkit.verifiers.geometry.limits import Limits
from rewardkit.verifiers.geometry.located import BadCoordinatesError, JsonObject, Located
from rewardkit.verifiers.geometry.reading import (
    Entry,
    Needs,
    Unread,
    listed_entries,
    located_entries,
)

_REFERENCE = JsonObject | list[float | JsonObject | list[float]]

# The solutions of Seg-Zero's data: <box>(1,2),(3,4)</box><points>(1,2),(3,4)</points>.
_PLACE = r"\((\d{1,7}),(\d{1,7})\)"
_TAGGED = re.compile(rf"<box>{_PLACE},{_PLACE}</box>(?:<points>{_PLACE},{_PLACE}</points>)?")


def read_reference(
    reference: Reference, limits: Limits, needs: Needs = "box"
) -> tuple[Located, ...] | Unread:
    """Read what a reference locates: the forms of an answer, as values or as JSON in a string.

    Keys of other names are passed over. A string may also be of Seg-Zero's form
    `<box>(x1,y1),(x2,y2)</box><points>(x,y),(x,y)</points>`.

    Args:
        reference: A list, an object, or a string.
        limits: Frame and number of objects.
        needs: What every object must have.

    Returns:
        The objects as listed, none for an empty list; or why it can't be read.

    >>> read_reference([[1, 2, 3, 4]], Limits())[0].box
    (1.0, 2.0, 3.0, 4.0)
    >>> read_reference({"label": "dog"}, Limits()).reason
    'reference: object 1: no box'
    """
    if isinstance(reference, str):
        if len(reference) > MAX_CHARACTERS:  # else the cache would keep it
            limit = f"the limit is {MAX_CHARACTERS}"
            return _unreadable(f"{len(reference)} characters, {limit}")
        return _read_text(reference, limits, needs)
    if not isinstance(reference, list | dict):
        got = "nothing" if reference is None else type(reference).__name__
        return _unreadable(f"expected boxes or points, got {got}")
    return _read_values(reference, limits, needs)


@lru_cache(maxsize=1024)
def _read_text(text: str, limits: Limits, needs: Needs) -> tuple[Located, ...] | Unread:
    """The rollouts of a question share their reference, which is read once."""
    if tagged := _TAGGED.fullmatch(text.strip()[:200]):
        numbers = [float(group) for group in tagged.groups() if group is not None]
        ends = msgspec.UNSET if len(numbers) == 4 else numbers
        first = ends if ends is msgspec.UNSET else ends[4:6]
        second = ends if ends is msgspec.UNSET else ends[6:8]
        return _checked(
            [JsonObject(bbox=numbers[:4], points_1=first, points_2=second)], limits, needs
        )
    try:
        entries = listed_entries(decode_json(text, _REFERENCE))
    except ValueError as error:
        return _unreadable(str(error))
    return _checked(entries, limits, needs)


def _read_values(
    values: list[object] | dict[str, object], limits: Limits, needs: Needs
) -> tuple[Located, ...] | Unread:
    try:
        entries = listed_entries(msgspec.convert(values, _REFERENCE))
    except (msgspec.ValidationError, UnicodeError, OverflowError, RecursionError) as error:
        return _unreadable(str(error)[:200])
    return _checked(entries, limits, needs)


def _checked(
    entries: Sequence[Entry], limits: Limits, needs: Needs
) -> tuple[Located, ...] | Unread:
    if len(entries) > limits.max_objects:
        return _unreadable(f"{len(entries)} objects, the limit is {limits.max_objects}")
    try:
        return located_entries(entries, limits, needs)
    except BadCoordinatesError as error:
        return _unreadable(str(error))


def _unreadable(reason: str) -> Unread:
    return Unread("unreadable_reference", f"reference: {reason}")
