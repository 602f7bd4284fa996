"""Points at which two expressions are compared."""

from collections.abc import Iterable, Mapping

import sympy
from sympy import Expr, Integer, Rational, Symbol

POSITIVE_POINTS = 5
_REALS = [
    Rational(137, 100), Rational(-211, 100), Rational(53, 100), Rational(-71, 100),
    Rational(307, 100), Rational(17, 100), Rational(-29, 100), Rational(419, 100),
    Rational(89, 100), Rational(-131, 100), Rational(241, 100),
]  # fmt: skip
_WHOLES = [Integer(n) for n in (3, 4, 7, 2, 5, 8, 6, 9, 11, 10, 1)]


def points(symbols: list[Symbol], *expressions: Expr) -> Iterable[Mapping[Symbol, Expr]]:
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
    for step in range(POSITIVE_POINTS):
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
