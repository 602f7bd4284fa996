"""The `points` task: does the answer point at what the reference does, and at nothing else?"""

import math
from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.types import Reference, Status, Verdict
from rewardkit.verifiers.geometry.limits import (
    Limits,
    check_distance,
    check_flag,
    check_limits,
)
from rewardkit.verifiers.geometry.located import Located
from rewardkit.verifiers.geometry.matching import best_pairs
from rewardkit.verifiers.geometry.reading import Unread, read_answer, shown
from rewardkit.verifiers.geometry.references import read_reference
from rewardkit.verifiers.geometry.shapes import Point, is_inside

Aim: TypeAlias = Literal["point", "box", "either"]
"""What a point is compared with."""


def spread_points(objects: Sequence[Located]) -> list[Located]:
    """One object for each point; an object without a point stays as it is.

    >>> len(spread_points([Located(points=((1, 2), (3, 4))), Located(box=(1, 2, 3, 4))]))
    3
    """
    return [
        alone
        for one in objects
        for alone in (
            [msgspec.structs.replace(one, points=(point,)) for point in one.points] or [one]
        )
    ]


class PointMatch(
    msgspec.Struct, frozen=True, tag_field="kind", tag="points", forbid_unknown_fields=True
):
    """Judges an answer that is a JSON list of points.

    Right is one point for each of the reference, at most `tolerance` away from it, and no other;
    the order is free. Where the reference is a box, the point has to lie in it, edges included.
    Both lists empty is right.

    Attributes:
        tolerance: Greatest distance of a pair, in the unit of the coordinates, at least 0.
        aim: What every object of the reference has and is compared by: a `point`, a `box`, or
            `either`, the point where it has one.
        frame: Width and height that the coordinates refer to; None for any coordinates.
        labels: A reference with a label only pairs with an answer of that label.
        max_objects: Most objects of an answer or a reference, 1 to 1000.

    Raises:
        ConfigError: When an option is out of range.

    >>> PointMatch(tolerance=5)("[[10, 10]]", [[13, 14]]).reason
    '1 of 1 points found within 5, farthest 5'
    >>> PointMatch()('{"point_2d": [10, 10]}', [{"bbox_2d": [0, 0, 20, 20]}]).status
    'correct'
    """

    tolerance: float = 10.0
    aim: Aim = "either"
    frame: tuple[float, float] | None = None
    labels: bool = True
    max_objects: int = 120

    def __post_init__(self) -> None:
        """Refuse options out of range."""
        check_distance("points.tolerance", self.tolerance)
        if self.aim not in get_args(Aim):
            aims = ", ".join(get_args(Aim))
            raise ConfigError(f"points.aim: expected one of {aims}, got {self.aim!r:.60}")
        check_flag("points.labels", self.labels)
        check_limits("points", self._limits)

    @property
    def _limits(self) -> Limits:
        # A reference's box may be one pixel wide: a point can lie in it.
        return Limits(frame=self.frame, inclusive=True, max_objects=self.max_objects)

    def __call__(
        self, answer: str, reference: Reference, choices: Sequence[str] = (), /
    ) -> Verdict:
        """Judge one answer; see [`Verifier`][rewardkit.verifiers.base.Verifier]."""
        right = read_reference(reference, self._limits, self.aim)
        if isinstance(right, Unread):
            return Verdict(right.status, rule="reference", reason=right.reason)
        given = read_answer(answer, self._limits, "point")
        if isinstance(given, Unread):
            return Verdict(given.status, None, shown(right), "json", given.reason)
        wanted = list(right) if self.aim == "box" else spread_points(right)
        return self._compare(spread_points(given), wanted)

    def _compare(self, given: Sequence[Located], right: Sequence[Located]) -> Verdict:
        distances = [[self._distance(one, other) for other in right] for one in given]
        # One more point that is near enough is worth more than all ways that are shorter.
        most = len(given) + 1
        worth = [[self._worth(distance, most) for distance in row] for row in distances]
        pairs = [distances[row][column] for row, column in best_pairs(worth)]
        found = [distance for distance in pairs if distance <= self.tolerance]
        extra = len(given) - len(found)
        reason = f"{len(found)} of {len(right)} points found within {self.tolerance:g}"
        reason += f", farthest {max(found):.3g}" if found else ""
        reason += f", {extra} that match none" if extra else ""
        right_answer = len(found) == len(right) == len(given)
        status: Status = "correct" if right_answer else "wrong"
        answer = shown(Located(points=one.points) for one in given)
        return Verdict(status, answer, shown(right), "distance", reason)

    def _worth(self, distance: float, most: int) -> float:
        if distance > self.tolerance:
            return 0.0
        return most - (distance / self.tolerance if self.tolerance else 0.0)

    def _distance(self, one: Located, other: Located) -> float:
        """How far a point is from what it should hit: 0 inside of a box, infinite outside."""
        if self.labels and other.label is not None and one.label != other.label:
            return math.inf
        point: Point = one.points[0]
        if other.box is not None and (self.aim == "box" or not other.points):
            return 0.0 if is_inside(point, other.box) else math.inf
        return math.dist(point, other.points[0])
