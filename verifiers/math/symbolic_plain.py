"""Compare regions, matrices, equations and inequalities, whose parts are formulas only."""

import itertools

import sympy

from rewardkit.verifiers.math.symbolic_equal import constant_ratio, equal
from rewardkit.verifiers.math.symbolic_regions import as_region
from rewardkit.verifiers.math.symbolic_terms import Finding, all_of, terms
from rewardkit.verifiers.math.symbolic_values import (
    Equation,
    Grid,
    Order,
    Region,
    Span,
    Term,
    Value,
)
from rewardkit.verifiers.math.symbolic_walk import match


def regions(answer: Value, reference: Value) -> Finding | None:
    """Compare where at least one side is a union of intervals; None where neither is."""
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


def grids(answer: Grid, reference: Grid) -> Finding:
    """Compare two matrices, place by place."""
    if [len(row) for row in answer.rows] != [len(row) for row in reference.rows]:
        return Finding(False, "shape")
    pairs = zip(itertools.chain(*answer.rows), itertools.chain(*reference.rows), strict=True)
    return all_of([terms(Term(a), Term(b)) for a, b in pairs], "matrix")


def equations(answer: Equation, reference: Equation) -> Finding:
    """Compare two equations, up to a constant factor."""
    same = constant_ratio(answer.expr, reference.expr)
    if same is False and answer.expr.free_symbols == reference.expr.free_symbols:
        tops = [sympy.fraction(sympy.together(value.expr))[0] for value in (answer, reference)]
        same = constant_ratio(tops[0], tops[1])
    return Finding(same, "equation")


def orders(answer: Order, reference: Order) -> Finding:
    """Compare two inequalities that are no region of one variable."""
    if answer.ops != reference.ops or len(answer.parts) != len(reference.parts):
        return Finding(False, "inequality")
    if all(equal(a, b) for a, b in zip(answer.parts, reference.parts, strict=True)):
        return Finding(True, "inequality")
    if len(answer.parts) == 2:
        ours, theirs = (order.parts[1] - order.parts[0] for order in (answer, reference))
        return Finding(constant_ratio(ours, theirs, positive=True), "inequality")
    return Finding(False, "inequality")
