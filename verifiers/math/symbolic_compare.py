"""Compare two values of the symbolic tier: the same answer, another one, or can't tell."""

import itertools

from sympy import Expr, Symbol

from rewardkit.verifiers.math.symbolic_equal import constant_ratio
from rewardkit.verifiers.math.symbolic_lists import against_one, bags
from rewardkit.verifiers.math.symbolic_plain import equations, grids, orders, regions
from rewardkit.verifiers.math.symbolic_terms import Finding, all_of, same_progression, terms
from rewardkit.verifiers.math.symbolic_values import (
    Bag,
    Equation,
    Falsehood,
    Family,
    Grid,
    Guarded,
    Named,
    Order,
    Prose,
    Row,
    Term,
    Value,
)
from rewardkit.verifiers.math.symbolic_walk import rename


def compare(answer: Value, reference: Value) -> Finding:
    """Compare an answer with a reference.

    Symmetric but for rounding: a decimal reference accepts what rounds to it, an exact one
    accepts six digits of it.

    >>> import sympy
    >>> one, half = Term(sympy.Integer(1)), Term(sympy.Rational(1, 2))
    >>> compare(one, half)
    Finding(same=False, rule='value')
    """
    if isinstance(answer, Falsehood) or isinstance(reference, Falsehood):
        return Finding(False, "false equation")
    if isinstance(answer, Guarded) or isinstance(reference, Guarded):
        return _guarded(answer, reference)
    if isinstance(answer, Family) or isinstance(reference, Family):
        return _families(answer, reference)
    if isinstance(answer, Named) or isinstance(reference, Named):
        return _named(answer, reference)
    if isinstance(answer, Bag) and isinstance(reference, Bag):
        return bags(answer, reference, compare)
    for handler in (regions, _rows, _bag_beside, _same_kind):
        found = handler(answer, reference)
        if found is not None:
            return found
    return Finding(False, "kind")


def _guarded(answer: Value, reference: Value) -> Finding:
    """A condition on one side: the reference's may be the question's, the answer's is its own."""
    if isinstance(answer, Guarded) and isinstance(reference, Guarded):
        found = compare(answer.value, reference.value)
        if found.same and answer.condition != reference.condition:
            return Finding(None, "conditions")
        return found
    if isinstance(reference, Guarded):
        found = compare(answer, reference.value)
        return Finding(None, "condition") if found.same else found
    return Finding(False, "condition")


def _named(answer: Value, reference: Value) -> Finding:
    """`x = 5` beside `x = 5`, `y = 5`, `5` or an equation."""
    if isinstance(answer, Named) and isinstance(reference, Named):
        if answer.name != reference.name:
            ours, theirs = _as_equation(answer), _as_equation(reference)
            if ours is not None and theirs is not None and constant_ratio(ours, theirs):
                return Finding(True, "equation")
            return Finding(False, "name")
        return compare(answer.value, reference.value)
    named, other = (answer, reference) if isinstance(answer, Named) else (reference, answer)
    assert isinstance(named, Named)  # one of them is
    if isinstance(other, Equation):
        equation = _as_equation(named)
        if equation is None:
            return Finding(None, "equation")
        return equations(Equation(equation), other)
    if isinstance(other, Bag) and isinstance(named.value, Term):
        return against_one(other, named, named is reference, compare)
    for place, variable in enumerate(named.variables):  # a bare formula beside `f(x) = ...`
        other = rename(other, variable, f"argument {place}")
    return compare(named.value, other) if named is answer else compare(other, named.value)


def _as_equation(value: Named) -> Expr | None:
    if value.function or not isinstance(value.value, Term) or "," in value.name:
        return None
    return Symbol(value.name) - value.value.expr


def _rows(answer: Value, reference: Value) -> Finding | None:
    ours, theirs = _as_row(answer), _as_row(reference)
    if isinstance(answer, Grid) and isinstance(reference, Grid):
        return grids(answer, reference)
    if (
        ours is None
        or theirs is None
        or not any(isinstance(v, (Row, Grid)) for v in (answer, reference))
    ):
        return None
    if len(ours) != len(theirs):
        return Finding(False, "length")
    brackets = {value.bracket for value in (answer, reference) if isinstance(value, Row)}
    if len(brackets) == 2 and len(ours) == 2:
        return Finding(False, "ends")
    return all_of([compare(a, b) for a, b in zip(ours, theirs, strict=True)], "tuple")


def _as_row(value: Value) -> tuple[Value, ...] | None:
    """A tuple, a vector, or a bare list in the order in which it stands."""
    if isinstance(value, Row):
        return value.items
    if isinstance(value, Bag) and not value.braced:
        named = [item for item in value.items if isinstance(item, Named)]
        if len(named) == len(value.items):
            return tuple(item.value for item in sorted(named, key=lambda item: item.name))
        return value.items
    if isinstance(value, Grid) and (len(value.rows) == 1 or len(value.rows[0]) == 1):
        return tuple(Term(cell) for row in value.rows for cell in row)
    return None


def _bag_beside(answer: Value, reference: Value) -> Finding | None:
    """A list beside a single value."""
    if isinstance(answer, Bag):
        return against_one(answer, reference, True, compare)
    if isinstance(reference, Bag):
        return against_one(reference, answer, False, compare)
    return None


def _same_kind(answer: Value, reference: Value) -> Finding | None:
    if isinstance(answer, Term) and isinstance(reference, Term):
        return terms(answer, reference)
    if isinstance(answer, Equation) and isinstance(reference, Equation):
        return equations(answer, reference)
    if isinstance(answer, Order) and isinstance(reference, Order):
        return orders(answer, reference)
    if isinstance(answer, Prose) and isinstance(reference, Prose):
        return Finding(answer.words == reference.words, "words")
    return None


def _families(answer: Value, reference: Value) -> Finding:
    """Values that run with declared whole-number parameters."""
    ours = answer.parameters if isinstance(answer, Family) else frozenset[str]()
    theirs = reference.parameters if isinstance(reference, Family) else frozenset[str]()
    plain = answer.value if isinstance(answer, Family) else answer
    wanted = reference.value if isinstance(reference, Family) else reference
    found = compare(plain, wanted)
    if found.same:
        return found
    for left, right in itertools.product(sorted(ours or theirs), sorted(theirs or ours)):
        renamed = rename(plain, left, right)
        found = compare(renamed, wanted)
        if found.same or _progressions(renamed, wanted, right):
            return Finding(True, "integer parameter renamed")
    return Finding(None if found.same is None else False, "family")


def _progressions(answer: Value, reference: Value, name: str) -> bool:
    answer = answer.value if isinstance(answer, Named) else answer
    reference = reference.value if isinstance(reference, Named) else reference
    if not isinstance(answer, Term) or not isinstance(reference, Term):
        return False
    k = Symbol(name)
    return same_progression(answer.expr, k, reference.expr, k)
