"""Equations and inequalities: what a chain of relations says."""

import itertools
from collections.abc import Callable, Sequence

import sympy
from sympy import Expr, Symbol

from rewardkit.verifiers.math.prose import names as can_name
from rewardkit.verifiers.math.symbolic_equal import equal
from rewardkit.verifiers.math.symbolic_parse import expression
from rewardkit.verifiers.math.symbolic_tokens import Unreadable
from rewardkit.verifiers.math.symbolic_values import (
    Bag,
    Equation,
    Falsehood,
    Named,
    Order,
    Region,
    Row,
    Span,
    Term,
    Value,
)

FLIP = {">": "<", "\\ge": "\\le"}
INEQUALITIES = frozenset({"<", ">", "\\le", "\\ge", "\\ne"})
RELATIONS = frozenset({"=", "\\approx", "\\in", ":="}) | INEQUALITIES

Reader = Callable[[list[str]], Value]


def read_relation(parts: list[list[str]], ops: list[str], read: Reader) -> Value:
    """Read a chain of relations; `read` reads a part.

    Raises:
        Unreadable: When a part is empty or the chain makes no sense.
    """
    if "\\approx" in ops:
        at = ops.index("\\approx")
        if at == 0 and (not parts[0] or _name(parts[0]) is not None):
            ops = ["=" if op == "\\approx" else op for op in ops]
            if not parts[0]:
                return read(parts[1])
        else:  # the exact value stands before it
            parts, ops = parts[: at + 1], ops[:at]
            if not ops:
                return read(parts[0])
    if not all(parts):
        raise Unreadable("a relation without one of its sides")
    if ops == ["\\in"]:
        return _membership(parts, read)
    if all(op == "=" for op in ops):
        return _equations(parts, read)
    return _inequalities([expression(part) for part in parts], ops)


def _name(tokens: Sequence[str]) -> str | None:
    """The name that stands left of `=`: a variable, `f(x)`, `T(10)`, words."""
    if all(token[0] == '"' for token in tokens):
        words = [token[1:] for token in tokens]
        return " ".join(words) if can_name(words) else None
    if tokens[0][0] == '"' or (len(tokens) == 1 and tokens[0] in ("e", "i")):
        return None
    try:
        value = expression(tokens)
    except Unreadable:
        return None
    if isinstance(value, Symbol):
        return str(value.name)
    if (
        len(tokens) > 3
        and len(tokens[0]) == 1
        and tokens[0].isalpha()
        and tokens[1] == "("
        and tokens[-1] == ")"
    ):
        return (
            "".join(tokens)
            if isinstance(value, sympy.core.function.AppliedUndef) or tokens[2].isdigit()
            else None
        )
    return None


def _membership(parts: list[list[str]], read: Reader) -> Value:
    name, value = _name(parts[0]), read(parts[1])
    if name is None:
        raise Unreadable("membership of what is no variable")
    from rewardkit.verifiers.math.symbolic_regions import as_region

    region = as_region(value)
    if region is not None:
        return Region(name, region.spans)
    if isinstance(value, Bag):
        return Bag(tuple(Named(name, item) for item in value.items), value.braced)
    raise Unreadable("membership in what is no set")


def _equations(parts: list[list[str]], read: Reader) -> Value:
    names: list[str] = []
    while len(names) < len(parts) - 1 and (name := _name(parts[len(names)])) is not None:
        names.append(name)
    rest = [read(part) for part in parts[len(names) :]]
    if isinstance(rest[0], Row) and not names and len(rest) == 2:
        return _tuple_equation(rest)
    if names and len(parts) == 2 and _own_variable(names[0], rest[0]):
        names, rest = [], [read(part) for part in parts]
    if names:
        if not _agree(rest):
            return Falsehood()
        variables = _arguments(parts[0])
        if variables is not None:
            return _function(names[0].partition("(")[0], variables, rest[0])
        return Named(",".join(names), rest[0])
    terms = [value.expr for value in rest if isinstance(value, Term)]
    if len(terms) != len(rest):
        raise Unreadable("an equation of what is no formula")
    if not any(term.free_symbols for term in terms):
        return rest[0] if _agree(rest) else Falsehood()
    if len(terms) == 2:
        if isinstance(terms[1], Symbol) and terms[1] not in terms[0].free_symbols:
            return Named(terms[1].name, rest[0])  # 5 = x
        return Equation(terms[0] - terms[1])
    if all(equal(a, b) for a, b in itertools.pairwise(terms)):
        return rest[-1]
    raise Unreadable("a chain of equations")


def _own_variable(name: str, value: Value) -> bool:
    """`x = x + 1` names nothing."""
    return isinstance(value, Term) and Symbol(name) in value.expr.free_symbols


def _tuple_equation(rest: list[Value]) -> Value:
    """`(x, y) = (1, 2)` is the tuple of the values."""
    left, right = rest
    if isinstance(left, Row) and isinstance(right, Row) and len(left.items) == len(right.items):
        if all(isinstance(item, Term) and isinstance(item.expr, Symbol) for item in left.items):
            return right
    raise Unreadable("an equation of tuples")


def _arguments(tokens: Sequence[str]) -> list[str] | None:
    """The variables of `f(x, y)`; None where it is something else, `T(10)` too."""
    if len(tokens) < 4 or len(tokens[0]) != 1 or tokens[1] != "(":
        return None
    inside = [token for token in tokens[2:-1] if token != ","]
    return inside if all(len(token) == 1 and token.isalpha() for token in inside) else None


def _function(name: str, variables: list[str], value: Value) -> Named:
    """`f(x) = 2x` and `f(z) = 2z` are one function: its variables are renamed by place."""
    if isinstance(value, Term):
        places = {Symbol(variable): Symbol(f"argument {n}") for n, variable in enumerate(variables)}
        value = Term(value.expr.xreplace(places), value.decimals, value.digits, value.unit)
    return Named(f"{name}/{len(variables)}", value, True, tuple(variables))


def _agree(values: list[Value]) -> bool:
    """Whether all values of a chain are the same."""
    if len(values) == 1:
        return True
    terms = [value.expr for value in values if isinstance(value, Term)]
    return len(terms) == len(values) and all(equal(a, b) for a, b in itertools.pairwise(terms))


def _inequalities(parts: list[Expr], ops: list[str]) -> Value:
    if any(op in FLIP for op in ops) and not any(op in ("<", "\\le") for op in ops):
        parts, ops = parts[::-1], [FLIP.get(op, op) for op in reversed(ops)]
    elif any(op in FLIP for op in ops):
        raise Unreadable("a chain of inequalities in both directions")
    for place, part in enumerate(parts):
        others = parts[:place] + parts[place + 1 :]
        alone = isinstance(part, Symbol) and not any(part in other.free_symbols for other in others)
        if alone and not any(isinstance(other, Symbol) for other in others):
            region = _region(parts, ops, place)
            if region is not None:
                return region
    return _linear(parts, ops) or Order(tuple(parts), tuple(ops))


def _linear(parts: list[Expr], ops: list[str]) -> Region | None:
    """`3 - 2x < 5`: one variable, with a factor."""
    if len(parts) != 2 or ops[0] not in ("<", "\\le"):
        return None
    difference = sympy.expand(parts[1] - parts[0])  # positive where the relation holds
    if len(difference.free_symbols) != 1:
        return None
    variable = next(iter(difference.free_symbols))
    factor = difference.coeff(variable)
    rest = difference - factor * variable
    if rest.free_symbols or not factor.is_number or not factor.is_real or factor == 0:
        return None
    end, is_open = -rest / factor, ops[0] == "<"
    if factor.is_positive:
        return Region(variable.name, (Span(end, sympy.oo, is_open, True),))
    return Region(variable.name, (Span(-sympy.oo, end, True, is_open),))


def _region(parts: list[Expr], ops: list[str], place: int) -> Region | None:
    """The values of the variable at `place` of `low < x ≤ high`."""
    name = str(parts[place])
    low, low_open, high, high_open = -sympy.oo, True, sympy.oo, True
    if ops == ["\\ne"]:
        other = parts[1 - place]
        return Region(name, (Span(-sympy.oo, other, True, True), Span(other, sympy.oo, True, True)))
    if len(parts) > 3 or (len(parts) == 3 and place != 1) or not set(ops) <= {"<", "\\le"}:
        return None
    if place > 0:
        low, low_open = parts[place - 1], ops[place - 1] == "<"
    if place < len(parts) - 1:
        high, high_open = parts[place + 1], ops[place] == "<"
    return Region(name, (Span(low, high, low_open, high_open),))
