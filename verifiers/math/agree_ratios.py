"""Ratios, times of day and numbers with a base compared."""

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.numbers import Finding, agree_numbers
from rewardkit.verifiers.math.values import Clock, InBase, Quantity, Ratio, Value


def agree_ratios(a: Value, r: Value, figures: int) -> Finding | None:
    """Compare a ratio with a ratio, a quotient or a time of day.

    Returns:
        None where a time of day and a ratio can be meant.
    """
    if isinstance(a, Ratio) and isinstance(r, Ratio):
        if len(a.parts) != len(r.parts):
            return Finding(False, "ratio")
        pairs = list(zip(a.parts, r.parts, strict=True))
        if all(fm.equal(x, y) for x, y in pairs):
            return Finding(True, "ratio")
        if a.clock and r.clock and not all(y.num for y in r.parts):
            return Finding(False, "ratio")
        factor = fm.divide(*pairs[0])
        if all(fm.equal(x, fm.times(y, factor)) for x, y in pairs):
            return None if a.clock and r.clock else Finding(True, "ratio")
        return Finding(False, "ratio")
    ratio, other = (a, r) if isinstance(a, Ratio) else (r, a)
    if not isinstance(ratio, Ratio):
        return None
    if isinstance(other, Clock) and ratio.clock:
        parts = [int(f.rational or 0) for f in ratio.parts] + [0, 0]
        seconds = parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(ratio.parts) > 2 else 0)
        half = parts[0] <= 12
        same_time = seconds == other.seconds or (half and (seconds - other.seconds) % 43200 == 0)
        return Finding(same_time, "time of day")
    if not isinstance(other, Quantity) or len(ratio.parts) != 2 or (ratio.clock and other.unit):
        return None
    value = Quantity(fm.divide(*ratio.parts))
    found = agree_numbers(*((value, other) if ratio is a else (other, value)), figures)
    return None if found is None or (found.equal and ratio.clock) else Finding(found.equal, "ratio")


def agree_bases(a: Value, r: Value) -> Finding | None:
    """Compare digits with a base: the same digits in the same base, and nothing else."""
    if isinstance(a, InBase) and isinstance(r, InBase):
        if a.base == r.base:
            return Finding(a.digits == r.digits, "number base")
        if int(a.digits, a.base) == int(r.digits, r.base):
            return None
        return Finding(False, "number base")
    return Finding(False, "number base", "a base on one side only")
