"""Are two expressions the same? Decided by high-precision values, not by simplification.

Two expressions without variables are compared at 60 digits, relative to their size, so that tiny
numbers are as far apart as large ones. With variables they are compared at points drawn once and
for all: agreeing to 30 digits at several independent points is proof enough for expressions of
this size, one clear difference is proof outright. Simplifying is neither bounded nor complete, so
it is asked only where values can't be had.
"""

import itertools
from collections.abc import Iterable, Mapping

import sympy
from sympy import Expr, Integer, Rational, Symbol

from rewardkit.verifiers.math.symbolic_tokens import TooHard

DIGITS = 60
"""Working precision, decimal digits."""

AGREE = 35
"""Digits that must agree for 'equal'."""

NEEDED_POINTS = 4
MAX_SIZE = 4_000
"""Nodes of an expression tree."""

_REALS = [
    Rational(137, 100), Rational(-211, 100), Rational(53, 100), Rational(-71, 100),
    Rational(307, 100), Rational(17, 100), Rational(-29, 100), Rational(419, 100),
    Rational(89, 100), Rational(-131, 100), Rational(241, 100),
]  # fmt: skip
_WHOLES = [Integer(n) for n in (3, 4, 7, 2, 5, 8, 6, 9, 11, 10, 1)]


def equal(a: Expr, b: Expr) -> bool | None:
    """Whether two expressions are the same wherever both have a real value.

    Returns:
        None when it can't be told.

    Raises:
        TooHard: When an expression is too large.

    >>> x = Symbol("x")
    >>> equal((x + 1) ** 2, x**2 + 2 * x + 1), equal(sympy.Abs(x), x)
    (True, False)
    """
    if a == b:
        return True
    if a.is_Rational and b.is_Rational:
        return False
    a, b = _prepared(a), _prepared(b)
    if a == b:
        return True
    if a.is_infinite or b.is_infinite:
        return False
    symbols = sorted(a.free_symbols | b.free_symbols, key=str)
    if not symbols:
        return _same_value(a, b)
    return _same_everywhere(a, b, symbols)


def constant_ratio(a: Expr, b: Expr, positive: bool = False) -> bool | None:
    """Whether a = c·b with one constant c ≠ 0 (c > 0 when `positive`) wherever both are finite."""
    a, b = _prepared(a), _prepared(b)
    symbols = sorted(a.free_symbols | b.free_symbols, key=str)
    if a.free_symbols != b.free_symbols or not symbols:
        return False
    ratios: list[Expr] = []
    for point in _points(symbols, a, b):
        left, right = _at(a, point), _at(b, point)
        if left is None or right is None:
            continue
        if _negligible(right, Integer(1)) or _negligible(left, Integer(1)):
            continue
        ratios.append(left / right)
        if not _close(ratios[0], ratios[-1]):
            return False
    if len(ratios) < NEEDED_POINTS:
        return None
    return bool(sympy.re(ratios[0]) > 0) if positive else True


def value_of(expression: Expr) -> Expr | None:
    """The value of an expression without variables, None where it has none that is finite."""
    return _at(_prepared(expression), {})


def has_value(expression: Expr) -> bool:
    """Whether an expression has a finite value somewhere, or is infinite on purpose."""
    expression = _prepared(expression)
    if expression.is_infinite:
        return True
    symbols = sorted(expression.free_symbols, key=str)
    if not symbols:
        return _at(expression, {}) is not None
    return any(_at(expression, point) is not None for point in _points(symbols, expression))


def _prepared(expression: Expr) -> Expr:
    """Undefined functions become variables; what is left to do is done."""
    if sum(1 for _ in itertools.islice(sympy.preorder_traversal(expression), MAX_SIZE)) == MAX_SIZE:
        raise TooHard(f"an expression of more than {MAX_SIZE} parts")
    applied = expression.atoms(sympy.core.function.AppliedUndef)
    if applied:
        expression = expression.xreplace({call: Symbol(f"call {call}") for call in applied})
    if expression.has(
        sympy.Sum,
        sympy.Product,
        sympy.Integral,
        sympy.Limit,
        sympy.Derivative,
        sympy.UnevaluatedExpr,
    ):
        expression = expression.doit()
    return expression


def _same_value(a: Expr, b: Expr) -> bool | None:
    left, right = _at(a, {}), _at(b, {})
    if left is None or right is None:
        return None
    return _close(left, right)


def _same_everywhere(a: Expr, b: Expr, symbols: list[Symbol]) -> bool | None:
    lenient_domain = _has_odd_root(a) or _has_odd_root(b)
    real, complex_ = 0, 0
    for point in _points(symbols, a, b):
        left, right = _at(a, point), _at(b, point)
        if left is None or right is None:
            continue
        close = _close(left, right)
        left_real, right_real = _is_real(left), _is_real(right)
        if left_real and right_real:
            if not close:
                return False
            real += 1
        elif left_real != right_real:
            if not lenient_domain:
                return False
        else:
            complex_ += close
            if not close and (a.has(sympy.I) or b.has(sympy.I)):
                return False
    if real >= NEEDED_POINTS or (not real and complex_ >= NEEDED_POINTS):
        return True
    return None


def _points(symbols: list[Symbol], *expressions: Expr) -> Iterable[Mapping[Symbol, Expr]]:
    """Fixed points, different for each symbol; whole numbers for those that want them."""
    whole = set[Symbol]().union(*(_whole_symbols(expression) for expression in expressions))
    for step in range(len(_REALS)):
        point: dict[Symbol, Expr] = {}
        for place, symbol in enumerate(symbols):
            table = _WHOLES if symbol in whole else _REALS
            # shifted by place and stretched, so that no two symbols move together
            drawn = table[(step + 3 * place) % len(table)]
            point[symbol] = drawn + (place if symbol in whole else Rational(place * (step + 1), 37))
        yield point
    # all variables positive: where roots and logarithms of products live
    for step in range(NEEDED_POINTS + 1):
        yield {
            symbol: _WHOLES[(step + place) % len(_WHOLES)] + place
            if symbol in whole
            else abs(_REALS[(2 * step + place) % len(_REALS)]) + Rational(place, 41)
            for place, symbol in enumerate(symbols)
        }


def _whole_symbols(expression: Expr) -> set[Symbol]:
    """Symbols in a factorial, a binomial, a sum's limit or the exponent of a negative number."""
    found: set[Symbol] = set()
    for node in sympy.preorder_traversal(expression):
        if isinstance(node, (sympy.factorial, sympy.factorial2, sympy.binomial, sympy.Mod)):
            found |= node.free_symbols
        elif isinstance(node, sympy.Pow) and node.base.is_number and node.base.is_negative:
            found |= node.exp.free_symbols
        elif isinstance(node, (sympy.Sum, sympy.Product)):
            for limit in node.limits:
                found |= set[Symbol]().union(*(bound.free_symbols for bound in limit[1:]))
        elif node == Symbol("…"):
            found.add(node)
    return found


def _at(expression: Expr, point: Mapping[Symbol, Expr]) -> Expr | None:
    """Value at a point to about `AGREE` digits or more; None where there is none that is finite."""
    try:
        value = expression.subs(point, simultaneous=True) if point else expression
        value = value.evalf(DIGITS, maxn=400)
    except (
        ValueError,
        TypeError,
        ZeroDivisionError,
        OverflowError,
        AttributeError,
        NotImplementedError,
    ):
        return None  # sympy's ways of saying that there is no value here
    if not value.is_number or not value.is_finite or value.has(sympy.nan, sympy.zoo, sympy.oo):
        return None
    real, imaginary = value.as_real_imag()
    return value if real.is_Number and imaginary.is_Number else None


def _is_real(value: Expr) -> bool:
    real, imaginary = value.as_real_imag()
    return _negligible(imaginary, real)


def _negligible(small: Expr, beside: Expr) -> bool:
    return bool(abs(small) <= abs(beside) * Rational(1, 10**AGREE))


def _close(a: Expr, b: Expr) -> bool:
    size = max(abs(a), abs(b))
    return bool(size == 0 or abs(a - b) <= size * Rational(1, 10**AGREE))


def _has_odd_root(expression: Expr) -> bool:
    return any(
        node.exp.is_Rational and node.exp.q % 2 == 1 and node.exp.q > 1
        for node in expression.atoms(sympy.Pow)
    )
