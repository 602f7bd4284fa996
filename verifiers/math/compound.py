"""One quantity written in several units: 2 hours 30 minutes, 12 dollars and 50 cents."""

from collections.abc import Sequence

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.lexer import Token
from rewardkit.verifiers.math.quantity import constant, read_quantity
from rewardkit.verifiers.math.values import Quantity, Value
from rewardkit.verifiers.math.work import Unreadable

_KINDS = frozenset(("time", "dollar", "month", "angle", "length", "mass"))


def compound(found: list[Token], spaced: bool) -> Value | None:
    """Numbers with a unit each, side by side; None where the tokens are something else."""
    starts = [k for k, (kind, _) in enumerate(found) if kind == "n"]
    if len(starts) < 2 or starts[0] or len(starts) > 4:
        return None
    if any(found[k - 1][0] not in ("w", "t") for k in starts[1:]):
        return None
    ends = [*starts[1:], len(found)]
    try:
        parts = [read_quantity(found[a:b], spaced) for a, b in zip(starts, ends, strict=True)]
    except Unreadable:
        return None
    return summed(parts)


def summed(parts: Sequence[Value]) -> Quantity | None:
    """The sum of quantities in smaller and smaller units of one kind, else None.

    Each but the first must be less than one of the unit before it, as in `5 feet 3 inches`:
    `2 hours and 90 minutes` are two values.
    """
    first = parts[0]
    if not isinstance(first, Quantity) or first.unit is None:
        return None
    if len(first.unit.dimensions) != 1 or first.unit.dimensions[0][0] not in _KINDS:
        return None
    total, before = first.form, first.unit
    for part in parts[1:]:
        if not isinstance(part, Quantity) or part.unit is None or not constant(part.form):
            return None
        value, ratio = part.form.rational, part.unit.factor / before.factor
        same = part.unit.dimensions == first.unit.dimensions
        if not same or value is None or not 0 <= value * ratio < 1 or ratio >= 1:
            return None
        scale = part.unit.factor / first.unit.factor
        total, before = fm.add(total, fm.number(value * scale)), part.unit
    return Quantity(total, unit=first.unit)
