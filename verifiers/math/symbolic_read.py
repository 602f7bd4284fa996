"""Tokens to a value: commas, brackets, relations and qualifiers are taken apart here.

All splitting is done here, at bracket depth 0, in one pass over the tokens for each level of
brackets.
"""

import re
from typing import Literal

import sympy
from sympy import Symbol

from rewardkit.verifiers.math.prose import names
from rewardkit.verifiers.math.symbolic_parse import expression
from rewardkit.verifiers.math.symbolic_qualifiers import CLOSE, OPEN, split, take_qualifiers
from rewardkit.verifiers.math.symbolic_read_term import (
    MATRICES,
    read_determinant,
    read_matrix,
    read_term,
)
from rewardkit.verifiers.math.symbolic_relations import RELATIONS, read_relation
from rewardkit.verifiers.math.symbolic_signs import has_sign, versions
from rewardkit.verifiers.math.symbolic_tokens import Unreadable, tokenize
from rewardkit.verifiers.math.symbolic_values import (
    Bag,
    Family,
    Guarded,
    Named,
    Prose,
    Region,
    Row,
    Span,
    Term,
    Value,
)

MAX_PROSE = 2_000

_SENTENCE = re.compile(r"[A-Za-z][A-Za-z ,'-]*\.?")

SEPARATORS = frozenset({",", ";", '"and', '"or', '"y'})
FILLER = frozenset(
    {
        '"only',
        '"both',
        '"answer',
        '"answers',
        '"solution',
        '"solutions',
        '"is',
        '"are',
        '"the',
    }
)


def read_value(text: str) -> Value:
    """Read an answer or a reference.

    Raises:
        Unreadable: When it isn't mathematics that we know.
        TooHard: When it is too large.

    >>> read_value("x > 2").variable
    'x'
    """
    words = _SENTENCE.fullmatch(text.strip())
    if words and len(text) <= MAX_PROSE and any(len(word) > 3 for word in text.split()):
        if not set(text.split()) & {"and", "or"} and len(text.split()) > 1:
            return Prose(tuple(text.lower().replace(",", " ").rstrip(". ").split()))
    tokens = tokenize(text)
    if tokens and all(token[0] == '"' for token in tokens):
        return Prose(tuple(token[1:] for token in tokens))
    return _qualified(tokens)


def _qualified(tokens: list[str]) -> Value:
    main, condition, parameters = take_qualifiers(tokens)
    value = _listing(main, parameters)
    if parameters:
        value = Family(value, frozenset(parameters))
    return Guarded(value, tuple(condition)) if condition else value


def _listing(tokens: list[str], parameters: set[str]) -> Value:
    tokens = _led(tokens)
    if '"or' in tokens and tokens[0] == '"either':
        tokens = tokens[1:]
    parts, signs = split(tokens, SEPARATORS)
    for edge, sign in ((parts[0], signs[:1]), (parts[-1], signs[-1:])):
        if not edge and sign and sign[0][0] == '"':
            raise Unreadable("a word that joins nothing")
    parts = [_led(part) for part in parts if part]
    if not parts:
        raise Unreadable("nothing between the commas")
    if len(parts) == 1:
        return _maybe_pair(parts[0], braced=False)
    joiner: Literal["and", "or", ","] = (
        "and" if '"and' in signs else "or" if '"or' in signs else ","
    )
    return _bag(parts, braced=False, joiner=joiner)


def _led(tokens: list[str]) -> list[str]:
    """Tokens without the words that only lead to what follows: `the answer is`."""
    start = 0
    while start < len(tokens) - 1 and tokens[start] in FILLER:
        start += 1
    return tokens[start:]


def _bag(parts: list[list[str]], braced: bool, joiner: Literal["and", "or", ","] = ",") -> Bag:
    items: list[Value] = []
    for part in parts:
        value = _maybe_pair(part, braced=True)
        items += value.items if isinstance(value, Bag) and has_sign(part) else (value,)
    first = items[0]
    if (
        isinstance(first, Named)
        and not first.function
        and all(isinstance(v, Term) for v in items[1:])
    ):
        items = [first, *(Named(first.name, value) for value in items[1:])]  # x = 1, 2, 3
    dots = any(isinstance(v, Term) and v.expr == Symbol("…") for v in items)
    return Bag(tuple(items), braced, joiner, dots)


def _maybe_pair(tokens: list[str], braced: bool) -> Value:
    """An item; with a plus-minus sign in it, the bag of its two (or, in a tuple, all) readings."""
    if not has_sign(tokens):
        return _item(tokens)
    if tokens[0] == "\\{":
        return _item(tokens)
    values = [_item(version) for version in versions(tokens)]
    return Bag(tuple(values), braced=False)


def _item(tokens: list[str]) -> Value:
    if len(tokens) > 2 and tokens[0][0] == '"' and tokens[1] == ":":
        if not names([tokens[0][1:]]):
            raise Unreadable("a name that says something else of its value")
        return Named(tokens[0][1:], _item(tokens[2:]))
    parts, ops = split(tokens, RELATIONS)
    if ops:
        return read_relation(parts, ops, _item)
    parts, ops = split(tokens, frozenset({"\\cup", "\\setminus"}))
    if ops:
        return _set_operation(parts, ops)
    bracketed = _bracketed(tokens)
    if bracketed is not None:
        return bracketed
    if tokens == ["\\mathbb:R"]:
        return Region("", (Span(-sympy.oo, sympy.oo, True, True),))
    if tokens == ["\\emptyset"]:
        return Bag((), braced=True)
    if tokens[:2] == ["\\begin", "{"] and tokens[2] in MATRICES:
        return read_matrix(tokens)
    if tokens[:3] == ["\\begin", "{", '"vmatrix']:
        return read_determinant(tokens)
    return read_term(tokens)


def _bracketed(tokens: list[str]) -> Value | None:
    """A set, tuple or interval, when one pair of brackets holds everything."""
    if len(tokens) < 2 or tokens[0] not in OPEN or tokens[-1] not in CLOSE or not _one_pair(tokens):
        return None
    first, last, inside = tokens[0], tokens[-1], tokens[1:-1]
    if first == "\\{":
        return _braces(inside)
    parts, _ = split(inside, frozenset({",", ";"}))
    if first == "{" or (len(parts) == 1 and first in ("(", "[")):
        return _listing(inside, set()) if inside else None
    if first not in ("(", "[", "\\langle") or not all(parts):
        return None
    if {first, last} in ({"(", "]"}, {"[", ")"}) and len(parts) == 2:
        low, high = expression(parts[0]), expression(parts[1])
        return Region("", (Span(low, high, first == "(", last == ")"),))
    return Row(tuple(_item(part) for part in parts), "[" if first == "[" else "(")


def _one_pair(tokens: list[str]) -> bool:
    depth = 0
    for at, token in enumerate(tokens):
        depth += (token in OPEN) - (token in CLOSE)
        if depth == 0:
            return at == len(tokens) - 1
    return False


def _braces(inside: list[str]) -> Value:
    if not inside:
        return Bag((), braced=True)
    parts, _ = split(inside, frozenset({"|", ":"}))
    if len(parts) == 2 and all(parts):
        variable = [token for token in parts[0] if token not in ("\\in", "\\mathbb:R")]
        if len(variable) == 1:
            condition = _listing(parts[1], set())
            return (
                condition if isinstance(condition, (Region, Bag)) else Guarded(condition, ("set",))
            )
        raise Unreadable("a set given by a condition")
    parts, _ = split(inside, frozenset({",", ";"}))
    return _bag([part for part in parts if part], braced=True)


def _set_operation(parts: list[list[str]], ops: list[str]) -> Value:
    from rewardkit.verifiers.math.symbolic_regions import as_region, minus, union

    result = as_region(_item(parts[0]))
    for part, op in zip(parts[1:], ops, strict=True):
        value = _item(part)
        other = as_region(value)
        if result is None or (other is None and op == "\\cup"):
            raise Unreadable("a union of what is no interval")
        result = (
            union(result, other) if op == "\\cup" and other is not None else minus(result, value)
        )
    if result is None:
        raise Unreadable("a union of what is no interval")
    return result
