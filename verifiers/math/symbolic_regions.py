"""Unions of intervals: build, cut, put in order."""

import sympy
from sympy import Expr

from rewardkit.verifiers.math.symbolic_equal import equal, value_of
from rewardkit.verifiers.math.symbolic_values import Bag, Named, Region, Row, Span, Term, Value


def as_region(value: Value) -> Region | None:
    """A value as a union of intervals, where it can be read so: `(1, 2)`, a list of these."""
    if isinstance(value, Region):
        return value
    if isinstance(value, Row) and len(value.items) == 2:
        low, high = value.items
        if isinstance(low, Term) and isinstance(high, Term):
            low_open = value.bracket == "(" or low.expr == -sympy.oo
            high_open = value.bracket == "(" or high.expr == sympy.oo
            return Region("", (Span(low.expr, high.expr, low_open, high_open),))
    if isinstance(value, Bag) and not value.braced and value.items:
        return _joined(value)
    return None


def _joined(value: Bag) -> Region | None:
    """Several regions of one variable: all of them for `and`, any of them for `or`."""
    regions = [as_region(item) for item in value.items]
    result = regions[0]
    for other in regions[1:]:
        if result is None or other is None or result.variable != other.variable:
            return None
        meet = intersection(result, other)
        both = value.joiner == "and" or (value.joiner == "," and _opposite(result, other))
        result = meet if both and meet is not None else union(result, other)
    return result


def _opposite(a: Region, b: Region) -> bool:
    """`x > 1, x < 3`: half lines that together cover everything are meant both."""
    if len(a.spans) != 1 or len(b.spans) != 1:
        return any(
            span.high == other.low for span, other in zip(a.spans, a.spans[1:], strict=False)
        ) or any(span.high == other.low for span, other in zip(b.spans, b.spans[1:], strict=False))
    low, high = (
        (a.spans[0], b.spans[0]) if a.spans[0].high == sympy.oo else (b.spans[0], a.spans[0])
    )
    return low.high == sympy.oo and high.low == -sympy.oo and bool(_less(low.low, high.high))


def union(a: Region, b: Region) -> Region:
    """All spans of both, in order, merged where they overlap or touch."""
    spans = list(a.spans + b.spans)
    if any(_number(end) is None for span in spans for end in (span.low, span.high)):
        return Region(a.variable or b.variable, tuple(spans))
    spans.sort(key=lambda span: (_number(span.low), span.low_open))
    merged: list[Span] = []
    for span in spans:
        if merged and _touches(merged[-1], span):
            last = merged.pop()
            further = _number(span.high) > _number(last.high)  # type: ignore[operator]  # numbers, as checked above
            same = span.high == last.high
            high_open = (
                (span.high_open and last.high_open)
                if same
                else (span if further else last).high_open
            )
            merged.append(
                Span(last.low, span.high if further else last.high, last.low_open, high_open)
            )
        else:
            merged.append(span)
    return Region(a.variable or b.variable, tuple(merged))


def _touches(a: Span, b: Span) -> bool:
    if equal(a.high, b.low):
        return not (a.high_open and b.low_open)
    return bool(_less(b.low, a.high))


def intersection(a: Region, b: Region) -> Region | None:
    """What two regions share; None where their ends can't be ordered."""
    spans: list[Span] = []
    for one in a.spans:
        for other in b.spans:
            if any(_number(end) is None for end in (one.low, one.high, other.low, other.high)):
                return None
            low = max(
                (one.low, one.low_open),
                (other.low, other.low_open),
                key=lambda e: (_number(e[0]), e[1]),
            )
            high = min(
                (one.high, not one.high_open),
                (other.high, not other.high_open),
                key=lambda e: (_number(e[0]), e[1]),
            )
            if _less(low[0], high[0]):
                spans.append(Span(low[0], high[0], low[1], not high[1]))
    return Region(a.variable, tuple(spans))


def minus(region: Region, value: Value) -> Region | None:
    r"""A region without some points: `\mathbb{R} \setminus \{0\}`."""
    items = value.items if isinstance(value, Bag) and value.braced else (value,)
    spans = list(region.spans)
    for item in items:
        point = item.value if isinstance(item, Named) else item
        if not isinstance(point, Term):
            return None
        cut: list[Span] = []
        for span in spans:
            if _less(span.low, point.expr) and _less(point.expr, span.high):
                cut += [
                    Span(span.low, point.expr, span.low_open, True),
                    Span(point.expr, span.high, True, span.high_open),
                ]
            else:
                cut.append(
                    Span(
                        span.low,
                        span.high,
                        span.low_open or bool(equal(span.low, point.expr)),
                        span.high_open or bool(equal(span.high, point.expr)),
                    )
                )
        spans = cut
    return Region(region.variable, tuple(spans))


def _number(end: Expr) -> float | None:
    """A float to sort by."""
    if end == sympy.oo:
        return float("inf")
    if end == -sympy.oo:
        return float("-inf")
    value = value_of(end) if not end.free_symbols else None
    return float(value) if value is not None and value.is_real else None


def _less(a: Expr, b: Expr) -> bool | None:
    left, right = _number(a), _number(b)
    return None if left is None or right is None else left < right and not equal(a, b)
