"""One object of a list: where it is and what it is called, as JSON holds it and as we keep it."""

from typing import TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from rewardkit.verifiers.cleaning import plain
from rewardkit.verifiers.geometry.limits import Limits
from rewardkit.verifiers.geometry.shapes import Box, Point

T = TypeVar("T")

Label: TypeAlias = str | int
"""A name of at most 200 characters, or the number of a category."""


class Located(msgspec.Struct, frozen=True):
    """One object that an answer or a reference locates.

    Attributes:
        box: Its box, None where it has none.
        points: Its points: none, one, or the two of Seg-Zero's layout.
        label: Its name in plain form (case folded, cleaned); None where it has none.
        confidence: How sure the answer is of it; None where it doesn't say.
    """

    box: Box | None = None
    points: tuple[Point, ...] = ()
    label: str | None = None
    confidence: float | None = None

    @property
    def order(self) -> tuple[Box | tuple[()], tuple[Point, ...], str]:
        """A key to sort by, so that nothing depends on the order in which objects are listed."""
        return self.box or (), self.points, self.label or ""


class JsonObject(msgspec.Struct, frozen=True):
    """An object of a reference; keys of other names are passed over, null is as if absent."""

    bbox_2d: list[float] | UnsetType | None = UNSET
    bbox: list[float] | UnsetType | None = UNSET
    point_2d: list[float] | UnsetType | None = UNSET
    point: list[float] | UnsetType | None = UNSET
    points_1: list[float] | UnsetType | None = UNSET
    points_2: list[float] | UnsetType | None = UNSET
    label: Label | UnsetType | None = UNSET
    confidence: float | UnsetType | None = UNSET
    score: float | UnsetType | None = UNSET


class AnswerObject(JsonObject, frozen=True, forbid_unknown_fields=True):
    """An object of an answer; keys of other names make the answer unreadable."""


class BadCoordinatesError(ValueError):
    """Numbers that locate nothing; never leaves this package."""


def located_list(numbers: list[float], limits: Limits) -> Located:
    """The object of four numbers, a box, or of two, a point.

    Raises:
        BadCoordinatesError: When they are neither.

    >>> located_list([1, 2, 3, 4], Limits()).box
    (1, 2, 3, 4)
    """
    if len(numbers) == 2:
        return Located(points=(_point(numbers, limits),))
    return Located(box=_box(numbers, limits))


def located_object(given: JsonObject, limits: Limits) -> Located:
    """The object that JSON keys locate.

    Raises:
        BadCoordinatesError: When two keys say the same thing, one point of two is missing, or the
            numbers locate nothing.
    """
    box = _either(given.bbox_2d, given.bbox, "two boxes")
    alone = _either(given.point_2d, given.point, "two points")
    ends = _stated(given.points_1), _stated(given.points_2)
    pair = [end for end in ends if end is not None]
    if pair and (alone is not None or len(pair) == 1):
        raise BadCoordinatesError("points_1 and points_2 expected together, without another point")
    points = pair if alone is None else [alone]
    sure = _either(given.confidence, given.score, "two confidences")
    return Located(
        box=None if box is None else _box(box, limits),
        points=tuple(_point(one, limits) for one in points),
        label=_label(given.label),
        confidence=None if sure is None else _confidence(sure),
    )


def key_count(given: JsonObject) -> int:
    """How many different keys an object was given with."""
    return sum(getattr(given, name) is not UNSET for name in given.__struct_fields__)


def _stated(value: T | UnsetType | None) -> T | None:
    return None if isinstance(value, UnsetType) else value


def _either(one: T | UnsetType | None, other: T | UnsetType | None, both: str) -> T | None:
    first, second = _stated(one), _stated(other)
    if first is not None and second is not None:
        raise BadCoordinatesError(both)
    return second if first is None else first


def _label(given: Label | UnsetType | None) -> str | None:
    """The name in plain form; None where there is none, or one of white space alone."""
    if given is None or isinstance(given, UnsetType):
        return None
    if isinstance(given, int):
        if not 0 <= given < 10**9:
            raise BadCoordinatesError("a label that is no number of 0 to 999999999")
        return str(given)
    if len(given) > 200:
        raise BadCoordinatesError("a label of more than 200 characters")
    return plain(given) or None


def _confidence(value: float) -> float:
    if not -1e9 <= value <= 1e9:  # NaN, of a reference, is beyond as well
        raise BadCoordinatesError("a confidence beyond 1e+09")
    return value


def _point(numbers: list[float], limits: Limits) -> Point:
    if len(numbers) != 2:
        raise BadCoordinatesError(f"a point of {len(numbers)} numbers, not 2")
    x, y = numbers
    if fault := limits.fault_of(x, y):
        raise BadCoordinatesError(fault)
    return x, y


def _box(numbers: list[float], limits: Limits) -> Box:
    if len(numbers) != 4:
        raise BadCoordinatesError(f"a box of {len(numbers)} numbers, not 4")
    x1, y1, x2, y2 = numbers
    if fault := limits.fault_of(x1, y1) or limits.fault_of(x2, y2):
        raise BadCoordinatesError(fault)
    for name, low, high in (("x", x1, x2), ("y", y1, y2)):
        if limits.is_empty(low, high):
            raise BadCoordinatesError(
                f"a box without an area: {name}1 = {low:g}, {name}2 = {high:g}"
            )
    return x1, y1, x2, y2
