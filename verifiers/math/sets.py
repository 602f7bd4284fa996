"""Intervals, unions and set-builder forms: tokens to sets of real numbers."""

from rewardkit.verifiers.math.intervals import REALS, Intervals, Piece, piece, union, without
from rewardkit.verifiers.math.lexer import Token
from rewardkit.verifiers.math.quantity import constant
from rewardkit.verifiers.math.relation import Reader
from rewardkit.verifiers.math.structure import split
from rewardkit.verifiers.math.values import Items, Labelled, Quantity, Value
from rewardkit.verifiers.math.work import Unreadable

_COMMA: Token = ("s", ",")


def half_open(found: list[Token], part: Reader) -> Value:
    """An interval with one open and one closed end.

    Raises:
        Unreadable: When it is none.
    """
    pieces, marks = split(found[1:-1], (_COMMA, ("s", ";")))
    if len(marks) != 1:
        raise Unreadable("brackets that do not match")
    low, high = (part(p) for p in pieces)
    if not isinstance(low, Quantity) or not isinstance(high, Quantity):
        raise Unreadable("an interval whose ends are not numbers")
    one = interval(low, high, found[0][1] == "[", found[-1][1] == "]")
    return Intervals(one)


def interval(
    low: Quantity, high: Quantity, low_closed: bool, high_closed: bool
) -> tuple[Piece, ...]:
    """One interval as pieces; ends that hold parameters are kept as they are.

    Raises:
        Unreadable: When the ends are the wrong way round.
    """
    if not constant(low.form) or not constant(high.form):
        return (Piece(low.form, high.form, low_closed, high_closed),)
    one = piece(low.form, high.form, low_closed, high_closed)
    return () if one is None else (one,)


def as_intervals(value: Value) -> Intervals | None:
    """A pair in brackets read as an interval, intervals as they are, None for the rest."""
    if isinstance(value, Intervals):
        return value
    if isinstance(value, Items) and value.kind in ("tuple", "list") and len(value.items) == 2:
        low, high = value.items
        if isinstance(low, Quantity) and isinstance(high, Quantity):
            closed = value.kind == "list"
            try:
                return Intervals(interval(low, high, closed, closed))
            except Unreadable:
                return None
    if isinstance(value, Items) and value.kind == "set" and not value.items:
        return Intervals(())
    return None


def joined(found: list[Token], part: Reader) -> Value | None:
    """A union or difference of sets of real numbers; None where the tokens are none.

    Raises:
        Unreadable: When a part is no such set.
    """
    pieces, marks = split(found, (("c", "cup"), ("c", "setminus")))
    total: list[Piece] = []
    for k, piece_ in enumerate(pieces):
        if piece_ == [("c", "emptyset")]:
            continue
        if [v for _, v in piece_] == ["mathbb", "{", "R", "}"]:
            total.append(REALS)
            continue
        if not marks:
            return None
        value = part(piece_)
        if k and marks[k - 1][1] == "setminus":
            if not isinstance(value, Items) or value.kind != "set" or len(value.items) > 20:
                raise Unreadable("a difference of sets")
            points = [v.form for v in value.items if isinstance(v, Quantity)]
            if len(points) != len(value.items):
                raise Unreadable("a difference of sets")
            total = list(without(total, points))
            continue
        span = as_intervals(value)
        if span is None and isinstance(value, Items) and value.kind == "set":
            total.extend(_points(value))
            continue
        if span is None:
            raise Unreadable("a union of something else than intervals")
        total.extend(span.pieces)
    if not total:
        return Items("set", ()) if found[0] == ("c", "emptyset") else Intervals(())
    return Intervals(union(total))


def _points(value: Items) -> list[Piece]:
    forms = [v.form for v in value.items if isinstance(v, Quantity)]
    if len(forms) != len(value.items):
        raise Unreadable("a set of something else than numbers in a union")
    return [Piece(f, f, True, True) for f in forms]


def builder(head: list[Token], condition: list[Token], values: Reader) -> Value:
    """A set given by a condition on its one variable.

    Raises:
        Unreadable: When the condition is no interval.
    """
    names = [value for kind, value in head if kind == "w"]
    if not names or len(names[0]) != 1 or head[0][0] != "w":
        raise Unreadable("a set of something else than one variable")
    if len(head) > 1 and [v for _, v in head[1:]] != ["in", "mathbb", "{", "R", "}"]:
        raise Unreadable("a set over something else than the real numbers")
    value = values(condition)
    if isinstance(value, Labelled) and value.label == names[0]:
        return value.value
    if not isinstance(value, Intervals) or value.variable != names[0]:
        raise Unreadable("a condition that is no interval")
    return Intervals(value.pieces)
