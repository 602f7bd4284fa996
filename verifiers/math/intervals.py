"""Sets of real numbers as sorted, disjoint intervals."""

from collections.abc import Iterable
from functools import cmp_to_key

import msgspec

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.form import Form
from rewardkit.verifiers.math.numeric import approximate
from rewardkit.verifiers.math.work import Unreadable

INFINITY = fm.atom("oo")
MINUS_INFINITY = fm.negative(INFINITY)


class Piece(msgspec.Struct, frozen=True, eq=False):
    """One interval; an end at infinity is always open."""

    low: Form
    high: Form
    low_closed: bool
    high_closed: bool


class Intervals(msgspec.Struct, frozen=True, eq=False):
    """A union of intervals, and the variable that it was said of, empty where none was."""

    pieces: tuple[Piece, ...]
    variable: str = ""


def order(a: Form, b: Form) -> int:
    """-1, 0 or 1 as a is below, equal to or above b.

    Raises:
        Unreadable: When they are not real constants or infinities.
    """
    if fm.equal(a, b):
        return 0
    for value, sign in ((a, 1), (b, -1)):
        if "oo" in value.atoms():
            return sign if next(iter(value.num.values())) > 0 else -sign
    left, right = a.rational, b.rational
    if left is not None and right is not None:
        return -1 if left < right else 1
    return -1 if approximate(fm.add(a, fm.negative(b))) < 0 else 1


def piece(low: Form, high: Form, low_closed: bool, high_closed: bool) -> Piece | None:
    """One interval, None where it is empty.

    Raises:
        Unreadable: When the ends are the wrong way round, or cannot be ordered.
    """
    relation = order(low, high)
    if relation > 0:
        raise Unreadable("an interval with its ends the wrong way round")
    if relation == 0 and not (low_closed and high_closed):
        return None
    return Piece(
        low, high, low_closed and "oo" not in low.atoms(), high_closed and "oo" not in high.atoms()
    )


def _by_low(a: Piece, b: Piece) -> int:
    return order(a.low, b.low) or (a.low_closed < b.low_closed) - (a.low_closed > b.low_closed)


def union(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The same set, sorted and merged where pieces touch."""
    merged: list[Piece] = []
    for new in sorted(pieces, key=cmp_to_key(_by_low)):
        if merged:
            last = merged[-1]
            gap = order(new.low, last.high)
            if gap < 0 or (gap == 0 and (new.low_closed or last.high_closed)):
                further = order(new.high, last.high)
                high = new.high if further > 0 else last.high
                closed = (further >= 0 and new.high_closed) or (further <= 0 and last.high_closed)
                merged[-1] = Piece(last.low, high, last.low_closed, closed)
                continue
        merged.append(new)
    return tuple(merged)


def intersection(a: Iterable[Piece], b: Iterable[Piece]) -> tuple[Piece, ...]:
    """The numbers in both."""
    right = tuple(b)
    return union(p for x in a for y in right if (p := _common(x, y)) is not None)


def _common(x: Piece, y: Piece) -> Piece | None:
    below = order(x.low, y.low)
    low = x if below > 0 else y
    low_closed = x.low_closed and y.low_closed if below == 0 else low.low_closed
    above = order(x.high, y.high)
    high = x if above < 0 else y
    high_closed = x.high_closed and y.high_closed if above == 0 else high.high_closed
    relation = order(low.low, high.high)
    if relation > 0 or (relation == 0 and not (low_closed and high_closed)):
        return None
    return Piece(low.low, high.high, low_closed, high_closed)


def without(pieces: Iterable[Piece], points: Iterable[Form]) -> tuple[Piece, ...]:
    """The numbers that are none of the points."""
    left = tuple(pieces)
    for point in points:
        rest = (
            Piece(MINUS_INFINITY, point, False, False),
            Piece(point, INFINITY, False, False),
        )
        left = intersection(left, rest)
    return left


def same(a: tuple[Piece, ...], b: tuple[Piece, ...]) -> bool:
    """Whether two merged unions are the same set."""
    return len(a) == len(b) and all(
        x.low_closed == y.low_closed
        and x.high_closed == y.high_closed
        and fm.equal(x.low, y.low)
        and fm.equal(x.high, y.high)
        for x, y in zip(a, b, strict=True)
    )


REALS = Piece(MINUS_INFINITY, INFINITY, False, False)
"""All real numbers."""
