"""Compare two formulas: units, rounding, whole-number parameters with other names."""

from collections.abc import Sequence
from contextvars import ContextVar

import msgspec
import sympy
from sympy import Expr, Rational, Symbol

from rewardkit.verifiers.math.symbolic_equal import equal, value_of
from rewardkit.verifiers.math.symbolic_values import Term

figures: ContextVar[int] = ContextVar("figures", default=6)
"""Digits that a decimal answer must give of an exact reference."""

WHOLE_LETTERS = frozenset("kmnlj")


class Finding(msgspec.Struct, frozen=True):
    """What a comparison found; `same` is None where it can't be told."""

    same: bool | None
    rule: str


def terms(answer: Term, reference: Term) -> Finding:
    """Compare two formulas: units, value, rounding; degrees and percent with or without sign."""
    ours, theirs = _unit(answer), _unit(reference)
    if ours and theirs and ours != theirs:
        return Finding(False, "units")
    scales: list[Expr] = [sympy.S.One]
    if answer.degrees != reference.degrees:
        scales.append(sympy.pi / 180 if answer.degrees else 180 / sympy.pi)
    if answer.percent != reference.percent:
        scales.append(Rational(1, 100) if answer.percent else sympy.Integer(100))
    found = [_expressions(answer, reference, scale) for scale in scales]
    return next((f for f in found if f.same), found[0])


def _unit(term: Term) -> str:
    """A unit, where degrees and percent are units, too; empty when none."""
    return term.unit or ("degrees" if term.degrees else "percent" if term.percent else "")


def _expressions(answer: Term, reference: Term, scale: Expr) -> Finding:
    """Compare with the reference times `scale`, which adds or drops a degree or percent sign."""
    expr = reference.expr * scale
    same = equal(answer.expr, expr)
    if same:
        return Finding(True, "value" if not expr.free_symbols else "formula")
    if answer.expr.free_symbols or expr.free_symbols:
        if _renamed_parameter(answer.expr, expr):
            return Finding(True, "integer parameter renamed")
        if same is False and Symbol("…") in expr.free_symbols:
            return Finding(None, "ellipsis")
        return Finding(same, "formula")
    rounded = _rounds(answer, reference, scale)
    return Finding(True, "rounding") if rounded else Finding(same, "value")


def _rounds(answer: Term, reference: Term, scale: Expr) -> bool:
    """A decimal reference takes what rounds to it, an exact one `figures` digits of it."""
    if reference.decimals is not None:
        step = Rational(1, 2 * 10**reference.decimals) * _factor(reference) * scale
    elif answer.decimals is not None and answer.digits >= figures.get():
        step = Rational(1, 2 * 10**answer.decimals) * _factor(answer)
    else:
        return False
    left, right = value_of(answer.expr), value_of(reference.expr * scale)
    if left is None or right is None or not (left.is_real and right.is_real):
        return False
    return bool(abs(left - right) <= step)


def _factor(term: Term) -> Expr:
    """The value of one in a term's own notation."""
    if term.percent:
        return Rational(1, 100)
    return sympy.pi / 180 if term.degrees else sympy.S.One


def _renamed_parameter(a: Expr, b: Expr) -> bool:
    r"""`1+k\pi` and `1+n\pi`: one whole-number letter each, times a multiple of pi."""
    ours = {symbol for symbol in a.free_symbols - b.free_symbols if symbol.name in WHOLE_LETTERS}
    theirs = {symbol for symbol in b.free_symbols - a.free_symbols if symbol.name in WHOLE_LETTERS}
    if len(ours) != 1 or len(theirs) != 1:
        if a.free_symbols != b.free_symbols or len(a.free_symbols) != 1:
            return False
        ours = theirs = {symbol for symbol in a.free_symbols if symbol.name in WHOLE_LETTERS}
        if not ours:
            return False
    k, n = next(iter(ours)), next(iter(theirs))
    steps = [sympy.expand(a).coeff(k), sympy.expand(b).coeff(n)]
    if not all((step / sympy.pi).is_Rational for step in steps):
        return False
    return same_progression(a, k, b, n)


def same_progression(a: Expr, k: Symbol, b: Expr, n: Symbol) -> bool:
    """Whether a and b run through the same values when k and n run through the whole numbers."""
    a, b = sympy.expand(a), sympy.expand(b).xreplace({n: k})
    if equal(a, b):
        return True
    step, other = a.coeff(k), b.coeff(k)
    if (a - step * k).has(k) or (b - other * k).has(k) or step == 0:
        return False
    if not (equal(step, other) or equal(step, -other)):
        return False
    shift = sympy.simplify((a - b).subs(k, 0) / step)
    return bool(shift.is_Integer)


def all_of(findings: Sequence[Finding], rule: str) -> Finding:
    """The finding of a whole: wrong with one wrong part, right with all parts right."""
    if any(finding.same is False for finding in findings):
        return Finding(False, rule)
    return Finding(None if any(finding.same is None for finding in findings) else True, rule)
