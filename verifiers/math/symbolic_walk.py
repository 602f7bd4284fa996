"""Walk through values: every formula, a symbol renamed, items paired off."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sympy import Expr, Symbol

from rewardkit.verifiers.math.symbolic_equal import has_value
from rewardkit.verifiers.math.symbolic_terms import Finding
from rewardkit.verifiers.math.symbolic_values import (
    Bag,
    Equation,
    Family,
    Grid,
    Guarded,
    Named,
    Order,
    Region,
    Row,
    Term,
    Value,
)

T = TypeVar("T")


def evaluates(value: Value) -> bool:
    """Whether each formula in a value has a number somewhere; as much work as comparing it."""
    return all(has_value(expr) for expr in _formulas(value))


def _formulas(value: Value) -> Iterator[Expr]:
    if isinstance(value, (Term, Equation)):
        yield value.expr
    elif isinstance(value, Order):
        yield from value.parts
    elif isinstance(value, Region):
        for span in value.spans:
            yield from (span.low, span.high)
    elif isinstance(value, Grid):
        for row in value.rows:
            yield from row
    elif isinstance(value, (Row, Bag)):
        for item in value.items:
            yield from _formulas(item)
    elif isinstance(value, (Named, Guarded, Family)):
        yield from _formulas(value.value)


def rename(value: Value, old: str, new: str) -> Value:
    """A value with one symbol renamed."""
    if isinstance(value, Term):
        return Term(
            value.expr.xreplace({Symbol(old): Symbol(new)}),
            value.decimals,
            value.digits,
            value.unit,
        )
    if isinstance(value, Named):
        return Named(value.name, rename(value.value, old, new), value.function, value.variables)
    if isinstance(value, Bag):
        return Bag(
            tuple(rename(item, old, new) for item in value.items),
            value.braced,
            value.joiner,
            value.dots,
        )
    if isinstance(value, Row):
        return Row(tuple(rename(item, old, new) for item in value.items), value.bracket)
    return value


def match(left: Sequence[T], right: Sequence[T], same: Callable[[T, T], Finding]) -> list[Finding]:
    """Pair items off, each with the first that is the same; a `False` for one that has none."""
    left_over = list(right)
    found: list[Finding] = []
    for item in left:
        best = Finding(False, "item")
        for place, other in enumerate(left_over):
            finding = same(item, other)
            if finding.same:
                best = finding
                del left_over[place]
                break
            if finding.same is None:
                best = finding
        found.append(best)
    return found
