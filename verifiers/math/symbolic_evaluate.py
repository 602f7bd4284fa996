"""Values of expressions at points, to high precision."""

import functools
from collections.abc import Mapping

import sympy
from sympy import Expr, Rational, Symbol

DIGITS = 60
"""Working precision, decimal digits."""

AGREE = 35
"""Digits that must agree for 'equal'."""

TINY = Rational(1, 10**100)
"""Size below which a value may be nothing but what is left of a cancellation."""

NO_VALUE = (
    ValueError,
    TypeError,
    ZeroDivisionError,
    OverflowError,
    AttributeError,
    NotImplementedError,
)
"""Sympy's ways of saying that there is no value somewhere."""


def value_at(expression: Expr, point: Mapping[Symbol, Expr]) -> Expr | None:
    """Value at a point to about `AGREE` digits or more; None where there is none that is finite.

    >>> from sympy.abc import x
    >>> value_at(1 + x / 4, {x: sympy.Integer(2)}).round(9), value_at(1 / x, {x: sympy.Integer(0)})
    (1.500000000, None)
    """
    return _value(expression, tuple(point.items()))


@functools.lru_cache(maxsize=1024)
def _value(expression: Expr, point: tuple[tuple[Symbol, Expr], ...]) -> Expr | None:
    """Kept, because the reference of a group meets each of its answers at the same points.

    Putting the point in while evaluating is several times faster than before it, but can't tell
    an exact zero from a tiny number.
    """
    value = _finite(expression, dict(point)) if point else None
    if value is None or any(0 < abs(part) < TINY for part in value.as_real_imag()):
        try:
            expression = expression.subs(point, simultaneous=True) if point else expression
        except NO_VALUE:
            return None
        value = _finite(expression, {})
    return value


def _finite(expression: Expr, point: Mapping[Symbol, Expr]) -> Expr | None:
    try:
        value = expression.evalf(DIGITS, subs=point or None, maxn=400)
    except NO_VALUE:
        return None
    if not value.is_number or not value.is_finite or value.has(sympy.nan, sympy.zoo, sympy.oo):
        return None
    real, imaginary = value.as_real_imag()
    return value if real.is_Number and imaginary.is_Number else None


def is_real(value: Expr) -> bool:
    """Whether a value has no imaginary part to speak of."""
    real, imaginary = value.as_real_imag()
    return negligible(imaginary, real)


def negligible(small: Expr, beside: Expr) -> bool:
    """Whether a number is nothing beside another, at `AGREE` digits."""
    return bool(abs(small) <= abs(beside) * Rational(1, 10**AGREE))


def close(a: Expr, b: Expr) -> bool:
    """Whether two numbers agree in `AGREE` digits, relative to the larger."""
    size = max(abs(a), abs(b))
    return bool(size == 0 or abs(a - b) <= size * Rational(1, 10**AGREE))
