"""Are two expressions the same? Decided by high-precision values, not by simplification.

Two expressions without variables are compared at 60 digits, relative to their size, so that tiny
numbers are as far apart as large ones. With variables they are compared at points drawn once and
for all: agreeing to 30 digits at several independent points is proof enough for expressions of
this size, one clear difference is proof outright. Simplifying is neither bounded nor complete, so
it is asked only where values can't be had.
"""

import itertools

import sympy
from sympy import Expr, Integer, Symbol

from rewardkit.verifiers.math.symbolic_evaluate import close, is_real, negligible, value_at
from rewardkit.verifiers.math.symbolic_points import points
from rewardkit.verifiers.math.symbolic_tokens import TooHard

NEEDED_POINTS = 4
MAX_SIZE = 4_000
"""Nodes of an expression tree."""


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
    for point in points(symbols, a, b):
        left, right = value_at(a, point), value_at(b, point)
        if left is None or right is None:
            continue
        if negligible(right, Integer(1)) or negligible(left, Integer(1)):
            continue
        ratios.append(left / right)
        if not close(ratios[0], ratios[-1]):
            return False
    if len(ratios) < NEEDED_POINTS:
        return None
    return bool(sympy.re(ratios[0]) > 0) if positive else True


def value_of(expression: Expr) -> Expr | None:
    """The value of an expression without variables, None where it has none that is finite."""
    return value_at(_prepared(expression), {})


def has_value(expression: Expr) -> bool:
    """Whether an expression has a finite value somewhere, or is infinite on purpose."""
    expression = _prepared(expression)
    if expression.is_infinite:
        return True
    symbols = sorted(expression.free_symbols, key=str)
    if not symbols:
        return value_at(expression, {}) is not None
    return any(value_at(expression, point) is not None for point in points(symbols, expression))


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
    left, right = value_at(a, {}), value_at(b, {})
    if left is None or right is None:
        return None
    return close(left, right)


def _same_everywhere(a: Expr, b: Expr, symbols: list[Symbol]) -> bool | None:
    lenient_domain = _has_odd_root(a) or _has_odd_root(b)
    real, complex_ = 0, 0
    for point in points(symbols, a, b):
        left, right = value_at(a, point), value_at(b, point)
        if left is None or right is None:
            continue
        agree = close(left, right)
        left_real, right_real = is_real(left), is_real(right)
        if left_real and right_real:
            if not agree:
                return False
            real += 1
        elif left_real != right_real:
            if not lenient_domain:
                return False
        else:
            complex_ += agree
            if not agree and (a.has(sympy.I) or b.has(sympy.I)):
                return False
    if real >= NEEDED_POINTS or (not real and complex_ >= NEEDED_POINTS):
        return True
    return None


def _has_odd_root(expression: Expr) -> bool:
    return any(
        node.exp.is_Rational and node.exp.q % 2 == 1 and node.exp.q > 1
        for node in expression.atoms(sympy.Pow)
    )
