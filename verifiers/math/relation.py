"""Equations, inequalities and membership: pieces between relation signs to a reading."""

from collections.abc import Callable

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.form import Form
from rewardkit.verifiers.math.intervals import (
    INFINITY,
    MINUS_INFINITY,
    REALS,
    Intervals,
    intersection,
    piece,
    without,
)
from rewardkit.verifiers.math.lexer import Token
from rewardkit.verifiers.math.numeric import approximate
from rewardkit.verifiers.math.parser import read_form
from rewardkit.verifiers.math.prose import names
from rewardkit.verifiers.math.quantity import constant
from rewardkit.verifiers.math.values import Falsehood, Items, Labelled, Quantity, Relation, Value
from rewardkit.verifiers.math.work import Unreadable

SIGNS: frozenset[Token] = frozenset(
    [("s", s) for s in ("=", "==", "<", ">", "<=", ">=", "!=", "<>")]
    + [("c", c) for c in ("approx", "in", "equiv", "sim", "to", "implies", "Rightarrow", "iff")]
)
"""Tokens that relate what stands on their two sides."""
Reader = Callable[[list[Token]], Value]
_ORDER = {"<": (-1, False), "<=": (-1, True), ">": (1, False), ">=": (1, True)}


def read_relation(pieces: list[list[Token]], marks: list[Token], reader: Reader) -> Value:
    """The reading of pieces with signs between them.

    Raises:
        Unreadable: When the signs do not make one statement.
    """
    signs = [{"==": "=", "<>": "!="}.get(value, value) for _, value in marks]
    if all(sign in ("=", "approx") for sign in signs):
        return _equations(pieces, signs, reader)
    if signs == ["in"]:
        label = _label(pieces[0])
        value = reader(pieces[1])
        return _with_variable(value, label[0]) if label else _refuse("a membership of no variable")
    if all(sign in _ORDER for sign in signs) and len(signs) <= 2:
        return _inequalities([_form(p) for p in pieces], signs)
    if signs == ["!="]:
        return _unequal(_form(pieces[0]), _form(pieces[1]))
    return _refuse("signs that do not make one statement")


def _refuse(reason: str) -> Value:
    raise Unreadable(reason)


def _with_variable(value: Value, name: str) -> Value:
    if isinstance(value, Intervals):
        return Intervals(value.pieces, name)
    if isinstance(value, Items) and value.kind in ("tuple", "list", "set"):
        return value
    return _refuse("a membership of something else than a set")


def _form(tokens: list[Token]) -> Form:
    forms = read_form(tokens)
    if len(forms) > 1:
        raise Unreadable("plus-minus in a relation")
    return forms[0]


def _label(tokens: list[Token]) -> tuple[str, str] | None:
    """The name and the argument of `x`, `x_1`, `f(x)` or a word; None for anything else."""
    if len(tokens) > 1 and tokens[0] == ("c", "angle"):
        tokens = tokens[1:]
    values = [value for _, value in tokens]
    if not tokens or len(tokens) > 12 or tokens[0][0] not in ("w", "c", "t", "s"):
        return None
    if (
        tokens[0] == ("s", "(")
        and values[-1] == ")"
        and len(values) % 2
        and set(values[2:-1:2]) == {","}
    ):
        letters = values[1:-1:2]
        return (
            (f"({','.join(letters)})", "")
            if all(k == "w" and len(v) == 1 for k, v in tokens[1:-1:2])
            else None
        )
    if tokens[0][0] == "t" or (tokens[0][0] == "w" and len(values[0]) > 3):
        words = " ".join(values).lower()
        plain = all(k in ("t", "w") for k, _ in tokens) and names(words.split())
        return (words, "") if plain else None
    if tokens[0] in (("w", "e"), ("w", "i"), ("w", "pi"), ("c", "pi")):
        return None
    if (
        tokens[0][0] == "w"
        and len(values[0]) == 1
        and values[1:2] == ["("]
        and values[-1] == ")"
        and len(values) == 4
    ):
        if tokens[2][0] == "n":
            return f"{values[0]}({values[2]})", ""
        return (values[0], values[2]) if tokens[2][0] == "w" and len(values[2]) == 1 else None
    if (
        len(values) == 1
        and tokens[0][0] == "w"
        and len(values[0]) in (2, 3)
        and values[0].isupper()
    ):
        return values[0], ""
    try:
        atoms = _form(tokens)
    except Unreadable:
        return None
    inside = atoms.atoms()
    single = len(atoms.num) == 1 and atoms.den is None and len(inside) == 1
    name = next(iter(inside), "")
    if single and name.startswith("v:") and fm.equal(atoms, fm.atom(name)):
        return name[2:], ""
    return None


def _equations(pieces: list[list[Token]], signs: list[str], reader: Reader) -> Value:
    if "approx" in signs:
        at = signs.index("approx")
        if at or _label(pieces[0]) is None:
            # "x = 1/3 ≈ 0.33": the exact value counts, if it is near.
            _check_near(_form(pieces[at]), [_form(p) for p in pieces[at + 1 :]])
            pieces, signs = pieces[: at + 1], signs[:at]
            if not signs:
                return reader(pieces[0])
        else:
            pieces, signs = [pieces[0], pieces[-1]], ["="]
    labels = [_label(p) for p in pieces]
    first = labels[0]
    if first is not None and labels[-1] is None and all(x is not None for x in labels[:-1]):
        return _labelled("=".join(x[0] for x in labels[:-1] if x), first[1], reader(pieces[-1]))
    if first is not None and len(pieces) == 2 and labels[1] is not None:
        other = labels[1]
        if first[1] or len(first[0]) > len(other[0]):
            return _labelled(first[0], first[1], reader(pieces[1]))
        return Relation(
            fm.add(fm.atom(f"v:{first[0]}"), fm.negative(fm.atom(f"v:{other[0]}"))), "="
        )
    if len(pieces) == 2 and labels[1] is not None and first is None:
        left = reader(pieces[0])
        if isinstance(left, Quantity) and constant(left.form):
            return _labelled(labels[1][0], labels[1][1], left)
    start = 0 if first is None else 1
    forms = [_form(p) for p in pieces[start:]]
    if len(pieces) == 2:
        if start:
            forms.insert(0, _form(pieces[0]))
        difference = fm.add(forms[0], fm.negative(forms[1]))
        if not difference.num:
            return reader(pieces[1])
        if not all(constant(f) for f in forms):
            return Relation(difference, "=")
        return Falsehood(" = ".join("".join(v for _, v in p) for p in pieces))
    if all(fm.equal(f, forms[0]) for f in forms):
        value = reader(pieces[-1])
        return value if first is None else _labelled(first[0], first[1], value)
    if first is None and all(constant(f) for f in forms):
        return Falsehood(" = ".join("".join(v for _, v in p) for p in pieces))
    return _refuse("a chain of equations that do not agree")


def _check_near(value: Form, others: list[Form]) -> None:
    """Refuse an approximation that is none."""
    exact = approximate(value)
    for other in others:
        if abs(approximate(other) - exact) * 20 > abs(exact):
            raise Unreadable("an approximation that is far off")


def _labelled(name: str, argument: str, value: Value) -> Value:
    if isinstance(value, Quantity) and not argument and f"v:{name}" in value.form.atoms():
        return Relation(fm.add(fm.atom(f"v:{name}"), fm.negative(value.form)), "=")
    return Labelled(name, value, argument)


def _linear(form: Form) -> tuple[str, Form, Form] | None:
    """Variable, slope and constant of a form that is linear in its one variable."""
    names = [atom for atom in form.atoms() if ":" in atom and not atom.startswith("ln:")]
    if len(names) != 1 or not names[0].startswith("v:") or form.den is not None:
        return None
    slope: fm.Sum = {}
    rest: fm.Sum = {}
    for term, coefficient in form.num.items():
        powers = dict(term)
        exponent = powers.pop(names[0], 0)
        if exponent == 0:
            rest[term] = coefficient
        elif exponent == 1:
            slope[tuple(sorted(powers.items()))] = coefficient
        else:
            return None
    return names[0][2:], Form(slope), Form(rest)


def _inequalities(forms: list[Form], signs: list[str]) -> Value:
    unbounded = [f for f in forms if "oo" in f.atoms()]
    if unbounded:
        return _refuse("an inequality with infinity")
    spans: list[Intervals] = []
    for left, right, sign in zip(forms, forms[1:], signs, strict=False):
        value = _one(fm.add(left, fm.negative(right)), sign)
        if not isinstance(value, Intervals):
            if len(signs) == 1:
                return value
            return _refuse("a chain of inequalities that is not linear")
        spans.append(value)
    if len(spans) == 2:
        if _ORDER[signs[0]][0] != _ORDER[signs[1]][0] or spans[0].variable != spans[1].variable:
            return _refuse("a chain of inequalities in two directions")
        return Intervals(intersection(spans[0].pieces, spans[1].pieces), spans[0].variable)
    return spans[0]


def _one(difference: Form, sign: str) -> Value:
    direction, closed = _ORDER[sign]
    linear = _linear(difference)
    if linear is None:
        if constant(difference):
            return _refuse("an inequality of constants")
        below = difference if direction < 0 else fm.negative(difference)
        return Relation(below, "<=" if closed else "<")
    name, slope, rest = linear
    factor = slope.rational
    if factor is None:
        return _refuse("an inequality with an irrational slope")
    end = fm.divide(fm.negative(rest), slope)
    if (factor > 0) == (direction < 0):
        span = piece(MINUS_INFINITY, end, False, closed)
    else:
        span = piece(end, INFINITY, closed, False)
    return Intervals(() if span is None else (span,), name)


def _unequal(left: Form, right: Form) -> Value:
    difference = fm.add(left, fm.negative(right))
    linear = _linear(difference)
    if linear is None:
        return Relation(difference, "!=")
    name, slope, rest = linear
    return Intervals(without((REALS,), (fm.divide(fm.negative(rest), slope),)), name)
