"""Two sets of real numbers compared, however they were written."""

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.intervals import Intervals, same
from rewardkit.verifiers.math.numbers import Finding
from rewardkit.verifiers.math.numeric import approximate
from rewardkit.verifiers.math.quantity import constant
from rewardkit.verifiers.math.sets import as_intervals
from rewardkit.verifiers.math.values import Items, Quantity, Value


def differently_bracketed(a: Value, r: Value) -> bool:
    """Whether one is (a, b) and the other [a, b], which only intervals tell apart."""
    if (
        not (isinstance(a, Items) and isinstance(r, Items))
        or len(a.items) != 2
        or len(r.items) != 2
    ):
        return False
    return (
        {a.kind, r.kind} == {"tuple", "list"}
        and as_intervals(a) is not None
        and as_intervals(r) is not None
    )


def agree_intervals(a: Value, r: Value) -> Finding | None:
    """Compare two sets of real numbers, one of them written as intervals or an inequality.

    Returns:
        None where other variables, parameters or rounded ends leave it open.
    """
    left, right = as_intervals(a), as_intervals(r)
    if left is None or right is None:
        other = r if right is None else a
        number = isinstance(other, Quantity) and constant(other.form)
        if not number or (isinstance(other, Quantity) and "oo" in other.form.atoms()):
            return None
        span = left if left is not None else right
        points = span is None or any(fm.equal(p.low, p.high) for p in span.pieces)
        return None if points else Finding(False, "interval", "an interval is not a number")
    if left.variable and right.variable and left.variable != right.variable:
        return None
    relation = (
        isinstance(a, Intervals) and isinstance(r, Intervals) and left.variable != right.variable
    )
    rule = "interval from inequality" if relation else "interval"
    if same(left.pieces, right.pieces):
        return Finding(True, rule)
    ends = [f for span in (left, right) for p in span.pieces for f in (p.low, p.high)]
    if not all(constant(f) for f in ends) or _nearly(left, right):
        return None
    return Finding(False, rule)


def _nearly(a: Intervals, b: Intervals) -> bool:
    """Whether two unions differ only in ends that may be one rounded value and its exact one."""
    if len(a.pieces) != len(b.pieces):
        return False
    for x, y in zip(a.pieces, b.pieces, strict=True):
        if (x.low_closed, x.high_closed) != (y.low_closed, y.high_closed):
            return False
        for left, right in ((x.low, y.low), (x.high, y.high)):
            if fm.equal(left, right):
                continue
            if "oo" in left.atoms() or "oo" in right.atoms():
                return False
            gap = abs(approximate(fm.add(left, fm.negative(right))))
            if gap * 50 > max(abs(approximate(left)), abs(approximate(right))):
                return False
    return True
