"""Lists of boxes and points: an answer, read strictly."""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

import msgspec

from rewardkit.types import Status
from rewardkit.verifiers.geometry.json_text import (
    MAX_CHARACTERS,
    decode_json,
    pair_count,
    unfenced,
)
from rewardkit.verifiers.geometry.limits import Limits
from rewardkit.verifiers.geometry.located import (
    AnswerObject,
    BadCoordinatesError,
    JsonObject,
    Located,
    key_count,
    located_list,
    located_object,
)

Entry: TypeAlias = float | JsonObject | list[float]
"""What a list may hold."""

Needs: TypeAlias = Literal["box", "point", "both", "either"]
"""What every object must have."""

_ANSWER = AnswerObject | list[float | AnswerObject | list[float]]


class Unread(msgspec.Struct, frozen=True):
    """Why a text locates nothing.

    Attributes:
        status: `no_answer`, `unreadable_answer` or `answer_too_hard`; of a reference
            `unreadable_reference`.
        reason: One clause for a person.
    """

    status: Status
    reason: str


def read_answer(text: str, limits: Limits, needs: Needs = "box") -> tuple[Located, ...] | Unread:
    """Read what an answer locates.

    JSON, in a code fence or without one: a list of objects and of lists of numbers, one object, or
    four numbers (a box) or two (a point) alone. Keys of an object are `bbox_2d` or `bbox`,
    `point_2d` or `point`, `points_1` and `points_2`, `label`, `confidence` or `score`, each once.

    Args:
        text: The answer alone.
        limits: Frame and number of objects.
        needs: What every object must have.

    Returns:
        The objects as listed, none for `[]`; or why there are none to compare.

    >>> read_answer('[{"bbox_2d": [1, 2, 3, 4], "label": "Dog"}]', Limits())[0].label
    'dog'
    >>> read_answer("[[3, 2, 1, 4]]", Limits()).reason
    'object 1: a box without an area: x1 = 3, x2 = 1'
    """
    if not text or text.isspace():
        return Unread("no_answer", "the answer is empty")
    if len(text) > MAX_CHARACTERS:
        limit = f"the limit is {MAX_CHARACTERS}"
        return Unread("answer_too_hard", f"the answer has {len(text)} characters, {limit}")
    try:
        entries = listed_entries(decode_json(text, _ANSWER))
        if len(entries) > limits.max_objects:
            limit = f"the limit is {limits.max_objects}"
            return Unread("answer_too_hard", f"the answer has {len(entries)} objects, {limit}")
        if '"' in text:
            known = sum(key_count(one) for one in entries if isinstance(one, JsonObject))
            if pair_count(unfenced(text)) != known:
                return Unread("unreadable_answer", "a key stands twice in one object")
        return located_entries(entries, limits, needs)
    except ValueError as error:
        return Unread("unreadable_answer", str(error))


def listed_entries(decoded: JsonObject | Sequence[Entry]) -> Sequence[Entry]:
    """The list of an answer; one object, one box or one point alone is a list of one.

    >>> listed_entries([1.0, 2.0])
    [[1.0, 2.0]]
    """
    if isinstance(decoded, JsonObject):
        return [decoded]
    numbers = [entry for entry in decoded if isinstance(entry, float | int)]
    if len(numbers) in (2, 4) and len(numbers) == len(decoded):
        return [numbers]
    return decoded


def located_entries(entries: Iterable[Entry], limits: Limits, needs: Needs) -> tuple[Located, ...]:
    """The objects of a list.

    Raises:
        BadCoordinatesError: Naming the first that locates nothing, or lacks what is needed.

    >>> located_entries([[1.0, 2.0]], Limits(), "point")[0].points
    ((1.0, 2.0),)
    """
    found: list[Located] = []
    for number, entry in enumerate(entries, start=1):
        try:
            if isinstance(entry, float | int):
                raise BadCoordinatesError("a number by itself, not a box or a point")
            one = (
                located_object(entry, limits)
                if isinstance(entry, JsonObject)
                else located_list(entry, limits)
            )
            _check_needs(one, needs)
        except BadCoordinatesError as error:
            raise BadCoordinatesError(f"object {number}: {error}") from None
        found.append(one)
    return tuple(found)


def _check_needs(one: Located, needs: Needs) -> None:
    if one.box is None and needs in ("box", "both"):
        raise BadCoordinatesError("no box")
    if not one.points and needs in ("point", "both"):
        raise BadCoordinatesError("no point")
    if one.box is None and not one.points:
        raise BadCoordinatesError("neither a box nor a point")


def shown(objects: Iterable[Located]) -> str:
    """Objects as a verdict shows them: their coordinates alone.

    >>> shown([Located(box=(1, 2, 3, 4)), Located(points=((5, 6),))])
    '[[1, 2, 3, 4], [5, 6]]'
    """
    lists = [
        ", ".join(f"{number:.10g}" for number in place)
        for one in objects
        for place in ((one.box,) if one.box is not None else one.points)
    ]
    text = ", ".join(f"[{numbers}]" for numbers in lists)
    return f"[{text[:480]}{'...' if len(text) > 480 else ''}]"
