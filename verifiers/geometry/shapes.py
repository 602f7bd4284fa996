"""How far two boxes, or two points, agree: pure functions on coordinates.

Coordinates have their origin at the top left. The formulas are symmetric, never NaN for finite
coordinates up to 1e7, and exactly 1 for a box beside itself.
"""

from typing import TypeAlias

Box: TypeAlias = tuple[float, float, float, float]
"""Corners (x1, y1, x2, y2), x1 < x2 and y1 < y2, in pixels or in shares of the image."""

Point: TypeAlias = tuple[float, float]
"""(x, y), in the unit of the boxes."""


def overlap(one: Box, other: Box, inclusive: bool = False) -> float:
    """Intersection over union (IoU) of two boxes.

    Args:
        one: A box.
        other: A box in the same frame.
        inclusive: The corners are pixels that belong to the box, so that (0, 0, 9, 9) is 10 by 10.

    Returns:
        Share in [0, 1]; 0.0 when neither box has an area.

    Source: Everingham et al. 2010, https://doi.org/10.1007/s11263-009-0275-4.

    >>> overlap((0, 0, 2, 2), (1, 0, 3, 2))  # 2 shared of 6 covered
    0.3333333333333333
    >>> overlap((0, 0, 2, 2), (2, 0, 4, 2)), overlap((0, 0, 1, 1), (1, 0, 2, 1), inclusive=True)
    (0.0, 0.3333333333333333)
    """
    shared = _shared(one, other, inclusive)
    if shared <= 0:  # most pairs of a long list: nothing else is worked out
        return 0.0
    return min(1.0, shared / (area(one, inclusive) + area(other, inclusive) - shared))


def generalized_overlap(one: Box, other: Box, inclusive: bool = False) -> float:
    """Generalized IoU: the IoU less the share of the hull of both that neither covers.

    Args:
        one: A box.
        other: A box in the same frame.
        inclusive: See [`overlap`][rewardkit.verifiers.geometry.shapes.overlap].

    Returns:
        A value in [-1, 1], at most the IoU; the farther apart two boxes are, the nearer to -1.

    Source: Rezatofighi et al. 2019, https://arxiv.org/abs/1902.09630.

    >>> generalized_overlap((0, 0, 1, 1), (3, 0, 4, 1))  # 2 of the hull's 4 are covered
    -0.5
    """
    one_more = 1 if inclusive else 0
    shared = _shared(one, other, inclusive)
    covered = area(one, inclusive) + area(other, inclusive) - shared
    width = max(one[2], other[2]) - min(one[0], other[0]) + one_more
    height = max(one[3], other[3]) - min(one[1], other[1]) + one_more
    hull = width * height
    empty = max(0.0, hull - covered) / hull if hull > 0 else 0.0
    return (min(1.0, shared / covered) if shared > 0 else 0.0) - empty


def _shared(one: Box, other: Box, inclusive: bool) -> float:
    """The area of the intersection."""
    one_more = 1 if inclusive else 0
    # The sum of area(), in its order: a box beside itself shares exactly its area.
    width = min(one[2], other[2]) - max(one[0], other[0]) + one_more
    if width <= 0:
        return 0.0
    height = min(one[3], other[3]) - max(one[1], other[1]) + one_more
    return width * height if height > 0 else 0.0


def area(box: Box, inclusive: bool = False) -> float:
    """Width times height, in square pixels; 0.0 for a box without one.

    >>> area((0, 0, 9, 9)), area((0, 0, 9, 9), inclusive=True)
    (81, 100)
    """
    one_more = 1 if inclusive else 0
    return max(0.0, box[2] - box[0] + one_more) * max(0.0, box[3] - box[1] + one_more)


def corner_distance(one: Box, other: Box) -> float:
    """Mean absolute difference of the four coordinates, in the boxes' unit, at least 0.

    >>> corner_distance((0, 0, 10, 10), (4, 0, 10, 10))
    1.0
    """
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / 4


def is_inside(point: Point, box: Box) -> bool:
    """Whether a point lies in a box, its edges included.

    >>> is_inside((2, 2), (0, 0, 2, 2)), is_inside((3, 2), (0, 0, 2, 2))
    (True, False)
    """
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]
