"""Compare two values of the symbolic tier: the same answer, another one, or can't tell."""

import itertools

import sympy
from sympy import Expr, Symbol

from rewardkit.verifiers.math.symbolic_equal import constant_ratio, equal
from rewardkit.verifiers.math.symbolic_regions import as_region
from rewardkit.verifiers.math.symbolic_terms import Finding, all_of, same_progression, terms
from rewardkit.verifiers.math.symbolic_tokens import TooHard
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
    Region,
    Row,
    Span,
    Term,
    Value,
)
from rewardkit.verifiers.math.symbolic_walk import match, rename

MAX_ITEMS = 200


def compare(answer: Value, reference: Value) -> Finding:
    """Compare an answer with a reference.

    Symmetric but for rounding: a decimal reference accepts what rounds to it, an exact one
    accepts six digits of it.

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
        return _bags(answer, reference)
    for handler in (_regions, _rows, _bag_beside, _same_kind):
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
        return _equations(Equation(equation), other)
    if isinstance(other, Bag) and isinstance(named.value, Term):
        return _against_one(other, named, named is reference)
    for place, variable in enumerate(named.variables):  # a bare formula beside `f(x) = ...`
        other = rename(other, variable, f"argument {place}")
    return compare(named.value, other) if named is answer else compare(other, named.value)


def _as_equation(value: Named) -> Expr | None:
    if value.function or not isinstance(value.value, Term) or "," in value.name:
        return None
    return Symbol(value.name) - value.value.expr


def _regions(answer: Value, reference: Value) -> Finding | None:
    if not isinstance(answer, Region) and not isinstance(reference, Region):
        return None
    ours, theirs = as_region(answer), as_region(reference)
    if ours is None or theirs is None:
        return Finding(False, "kind")
    if ours.variable and theirs.variable and ours.variable != theirs.variable:
        return Finding(False, "name")
    if len(ours.spans) != len(theirs.spans):
        return Finding(False, "interval")
    rule = "interval" if type(answer) is type(reference) else "interval from inequality"
    return all_of(match(ours.spans, theirs.spans, _spans), rule)


def _spans(a: Span, b: Span) -> Finding:
    if (a.low_open, a.high_open) != (b.low_open, b.high_open):
        return Finding(False, "ends")
    return all_of([terms(Term(a.low), Term(b.low)), terms(Term(a.high), Term(b.high))], "interval")


def _rows(answer: Value, reference: Value) -> Finding | None:
    ours, theirs = _as_row(answer), _as_row(reference)
    if isinstance(answer, Grid) and isinstance(reference, Grid):
        return _grids(answer, reference)
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


def _grids(answer: Grid, reference: Grid) -> Finding:
    if [len(row) for row in answer.rows] != [len(row) for row in reference.rows]:
        return Finding(False, "shape")
    pairs = zip(itertools.chain(*answer.rows), itertools.chain(*reference.rows), strict=True)
    return all_of([terms(Term(a), Term(b)) for a, b in pairs], "matrix")


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


def _bags(answer: Bag, reference: Bag) -> Finding:
    """Several answers in any order."""
    if answer.dots or reference.dots:
        return _sequences(answer, reference)
    ours, theirs = as_region(answer), as_region(reference)
    if (
        ours is not None
        and theirs is not None
        and any(isinstance(v, Region) for v in answer.items + reference.items)
    ):
        return _regions(ours, theirs) or Finding(False, "interval")
    left, right = _values(answer, reference), _values(reference, answer)
    if len(right) > MAX_ITEMS:
        return Finding(None, "size")
    if len(left) > MAX_ITEMS:
        raise TooHard(f"more than {MAX_ITEMS} items")
    left, right = _distinct(left, answer.braced), _distinct(right, reference.braced)
    if len(left) != len(right):
        return Finding(False, "length")
    return all_of(
        match(left, right, compare),
        "set, any order" if answer.braced or reference.braced else "list, any order",
    )


def _sequences(answer: Bag, reference: Bag) -> Finding:
    """Lists with an ellipsis: in order; equal when all is, different when a stated item is."""
    if not reference.dots:
        return Finding(False, "ellipsis")
    ours, theirs = answer.items, reference.items
    if len(ours) == len(theirs) and all(
        compare(a, b).same for a, b in zip(ours, theirs, strict=True)
    ):
        return Finding(True, "ellipsis")
    for left, right in ((ours, theirs), (ours[::-1], theirs[::-1])):
        for a, b in zip(left, right, strict=False):
            if _is_dots(a) or _is_dots(b):
                break
            if compare(a, b).same is False:
                return Finding(False, "ellipsis")
    return Finding(None, "ellipsis")


def _is_dots(value: Value) -> bool:
    return isinstance(value, Term) and value.expr == Symbol("…")


def _values(bag: Bag, other: Bag) -> tuple[Value, ...]:
    """Labels are dropped where the other side has none."""
    if any(isinstance(item, Named) for item in other.items):
        return bag.items
    return tuple(
        item.value if isinstance(item, Named) and not item.function else item for item in bag.items
    )


def _distinct(items: tuple[Value, ...], braced: bool) -> tuple[Value, ...]:
    if not braced:
        return items
    kept: list[Value] = []
    for item in items:
        if not any(compare(item, other).same for other in kept):
            kept.append(item)
    return tuple(kept)


def _bag_beside(answer: Value, reference: Value) -> Finding | None:
    """A list beside a single value."""
    if isinstance(answer, Bag):
        return _against_one(answer, reference, True)
    if isinstance(reference, Bag):
        return _against_one(reference, answer, False)
    return None


def _against_one(bag: Bag, single: Value, bag_is_answer: bool) -> Finding:
    if len(bag.items) > MAX_ITEMS:
        return Finding(False, "length")
    items = _distinct(bag.items, True)
    if len(items) == 1:
        return compare(items[0], single) if bag_is_answer else compare(single, items[0])
    if bag_is_answer and any(compare(item, single).same for item in items):
        return Finding(False, "hedging")
    return Finding(False, "length")


def _same_kind(answer: Value, reference: Value) -> Finding | None:
    if isinstance(answer, Term) and isinstance(reference, Term):
        return terms(answer, reference)
    if isinstance(answer, Equation) and isinstance(reference, Equation):
        return _equations(answer, reference)
    if isinstance(answer, Order) and isinstance(reference, Order):
        return _orders(answer, reference)
    if isinstance(answer, Prose) and isinstance(reference, Prose):
        return Finding(answer.words == reference.words, "words")
    return None


def _equations(answer: Equation, reference: Equation) -> Finding:
    same = constant_ratio(answer.expr, reference.expr)
    if same is False and answer.expr.free_symbols == reference.expr.free_symbols:
        tops = [sympy.fraction(sympy.together(value.expr))[0] for value in (answer, reference)]
        same = constant_ratio(tops[0], tops[1])
    return Finding(same, "equation")


def _orders(answer: Order, reference: Order) -> Finding:
    if answer.ops != reference.ops or len(answer.parts) != len(reference.parts):
        return Finding(False, "inequality")
    if all(equal(a, b) for a, b in zip(answer.parts, reference.parts, strict=True)):
        return Finding(True, "inequality")
    if len(answer.parts) == 2:
        ours, theirs = (order.parts[1] - order.parts[0] for order in (answer, reference))
        return Finding(constant_ratio(ours, theirs, positive=True), "inequality")
    return Finding(False, "inequality")


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
