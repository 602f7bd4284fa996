"""What a pair of boxes is worth, and what the best pairing of two lists is."""

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec

from rewardkit.verifiers.geometry.located import Located
from rewardkit.verifiers.geometry.matching import best_pairs
from rewardkit.verifiers.geometry.shapes import corner_distance, is_inside, overlap

Worth: TypeAlias = Callable[[Located, Located], float]
"""What an object of the answer beside one of the reference is worth, in [0, 1]."""


class Hits(msgspec.Struct, frozen=True, kw_only=True):
    """Thresholds that a pair meets or not; each that is set counts the same.

    Attributes:
        iou_over: The IoU is over this share.
        corners_under: The mean difference of the four coordinates is under this distance.
        point_under: The answer's point is under this distance from the reference's, and in the
            answer's own box.
    """

    iou_over: float | None = None
    corners_under: float | None = None
    point_under: float | None = None

    @property
    def count(self) -> int:
        """How many thresholds are set."""
        return sum(getattr(self, name) is not None for name in self.__struct_fields__)

    def share(self, one: Located, other: Located, inclusive: bool) -> float:
        """The share of the thresholds that a pair meets.

        >>> near = Located(box=(0, 0, 10, 10)), Located(box=(0, 0, 10, 8))
        >>> Hits(iou_over=0.5, corners_under=0.1).share(*near, inclusive=False)
        0.5
        """
        if one.box is None or other.box is None:
            return 0.0
        met = 0
        if self.iou_over is not None:
            met += overlap(one.box, other.box, inclusive) > self.iou_over
        if self.corners_under is not None:
            met += corner_distance(one.box, other.box) < self.corners_under
        if self.point_under is not None and one.points and other.points:
            near = math.dist(one.points[0], other.points[0]) < self.point_under
            met += near and is_inside(one.points[0], one.box)
        return met / self.count


def paired_worth(
    answer: Sequence[Located], reference: Sequence[Located], worth: Worth, labels: bool = False
) -> float:
    """The best pairing's sum of worths, over the longer list's length.

    Args:
        answer: Objects in any order.
        reference: Objects in any order.
        worth: What a pair is worth.
        labels: A reference with a label only pairs with an answer of that label.

    Returns:
        A share in [0, 1], the same for any order: 1.0 for two empty lists, 0.0 for one.

    >>> paired_worth([Located(label="a")], [Located(), Located()], lambda one, other: 1.0)
    0.5
    """
    if not answer and not reference:
        return 1.0
    # In a fixed order, so that rounding is the same for any.
    rows = sorted(answer, key=lambda one: one.order)
    columns = sorted(reference, key=lambda one: one.order)
    values = [
        [0.0 if labels and _differ(one, other) else worth(one, other) for other in columns]
        for one in rows
    ]
    total = math.fsum(values[row][column] for row, column in best_pairs(values))
    return min(1.0, total / max(len(rows), len(columns)))


def _differ(one: Located, other: Located) -> bool:
    return other.label is not None and one.label != other.label
