"""A text as a reading: number, list, interval, equation, word … or why it is none."""

import re
from itertools import product

from rewardkit.verifiers.math.clean import clean
from rewardkit.verifiers.math.compound import compound, summed
from rewardkit.verifiers.math.families import declared
from rewardkit.verifiers.math.intervals import Intervals, union
from rewardkit.verifiers.math.lexer import Token, plain_numbers, tokens
from rewardkit.verifiers.math.matrices import matrix_expression
from rewardkit.verifiers.math.plain import only_words, whole_text
from rewardkit.verifiers.math.prose import names
from rewardkit.verifiers.math.quantity import read_quantity
from rewardkit.verifiers.math.relation import SIGNS, read_relation
from rewardkit.verifiers.math.sets import builder, half_open, joined
from rewardkit.verifiers.math.shapes import arc, matrix, ratio
from rewardkit.verifiers.math.structure import connectors, enclosed, nesting, set_differences, split
from rewardkit.verifiers.math.vague import option, vague
from rewardkit.verifiers.math.values import (
    Choice,
    Family,
    InBase,
    Items,
    Labelled,
    Quantity,
    Sequence,
    Vague,
    Value,
)
from rewardkit.verifiers.math.work import TooBig, Unreadable, allow_work

MAX_TEXT = 4000
"""Characters of one answer; longer texts are searched for where the answer is."""
MAX_NESTING = 40
"""Brackets within brackets."""
_DOTS: list[list[Token]] = [
    *([("c", name)] for name in ("ldots", "cdots", "dots")),
    [("s", ".")] * 3,
    [("s", "…")],
]
_COMMA: Token = ("s", ",")
_RE_SPACED = re.compile(r"[\d})] +[a-zA-Z]|[\d})]\\?(?:text|mathrm|mbox)")


def read(text: str) -> Value:
    r"""The reading of an answer or a reference.

    Raises:
        Unreadable: When the exact tier does not read it.
        TooBig: When it passes a limit of size.

    >>> read(r"\frac{6}{8}").form.rational
    Fraction(3, 4)
    """
    allow_work()
    if len(text) > MAX_TEXT:
        raise TooBig(f"a text of {len(text)} characters")
    cleaned = clean(text)
    if not cleaned:
        raise Unreadable("an empty text")
    special = whole_text(cleaned)
    if special is not None:
        return special
    wrapped = _wrapped(cleaned)
    return wrapped if wrapped is not None else _plainly(cleaned)


def _wrapped(cleaned: str) -> Value | None:
    """What says something about a value that it holds; the value itself is read plainly."""
    family = declared(cleaned)
    if family is not None:
        return Family(_inner(family.text), family.name, family.over)
    marked = option(cleaned)
    if marked is not None:
        return Choice(marked[0], _inner(marked[1]))
    hedge = vague(cleaned)
    if hedge is None:
        return None
    try:
        return Vague(hedge[0], _inner(hedge[1]))
    except TooBig:
        raise
    except Unreadable:
        return Vague(hedge[0], None)


def _inner(text: str) -> Value:
    if not text:
        raise Unreadable("an empty text")
    special = whole_text(text)
    return special if special is not None else _plainly(text)


def _plainly(cleaned: str) -> Value:
    plain = plain_numbers(cleaned)
    found = set_differences(connectors(tokens(plain)))
    if not found:
        raise Unreadable("an empty text")
    if nesting(found) > MAX_NESTING:
        raise TooBig(f"brackets more than {MAX_NESTING} deep")
    return _values(found, bool(_RE_SPACED.search(plain)))


def _values(found: list[Token], spaced: bool) -> Value:
    pieces, marks = split(found, (("k", "or"), ("k", "and"), _COMMA, ("s", ";")))
    if not marks:
        return _part(found, spaced)
    if (marks[0][0] == "k" and not pieces[0]) or (marks[-1][0] == "k" and not pieces[-1]):
        raise Unreadable("a word that joins nothing")
    pieces = [p for p in pieces if p]
    dots = [k for k, p in enumerate(pieces) if p in _DOTS]
    if len(dots) == 1 and dots[0] > 1:
        terms = tuple(_part(p, spaced) for p in pieces[: dots[0]])
        return Sequence(terms, tuple(_part(p, spaced) for p in pieces[dots[0] + 1 :]))
    if not pieces:
        raise Unreadable("nothing but signs between values")
    if len(pieces) == 1:
        return _part(pieces[0], spaced)
    values = [_part(p, spaced) for p in pieces]
    if ("k", "or") not in marks and (one := summed(values)) is not None:
        return one
    either = ("k", "or") in marks
    ranges = [v for v in values if isinstance(v, Intervals)]
    if len(ranges) == len(values) and len({v.variable for v in ranges}) == 1:
        if either and ("k", "and") not in marks:
            return Intervals(union(p for v in ranges for p in v.pieces), ranges[0].variable)
        raise Unreadable("several intervals without a word that joins them")
    return _gather("or" if either else "bare", values)


def _gather(kind: str, values: list[Value]) -> Value:
    """Several values as one reading; what plus-minus stands for is taken in."""
    labels = {v.label for v in values if isinstance(v, Labelled)}
    if len(labels) == 1 and all(isinstance(v, Labelled) and not v.argument for v in values):
        # "x = 1 or x = 2" names all solutions: a set of values of one unknown, not a hedge.
        inner = [v.value for v in values if isinstance(v, Labelled)]
        return Labelled(labels.pop(), _gather("bare", inner))
    first = values[0]
    if (
        isinstance(first, Labelled)
        and not first.argument
        and kind != "set"
        and len(labels) == 1
        and not any(isinstance(v, Labelled) for v in values[1:])
    ):
        # "x = 1, 2": the name is said once.
        return Labelled(first.label, _gather("bare", [first.value, *values[1:]]))
    if kind in ("bare", "set", "or"):
        flat: list[Value] = []
        for value in values:
            flat.extend(
                value.items if isinstance(value, Items) and value.kind == "bare" else [value]
            )
        return Items("set" if kind == "set" else "or" if kind == "or" else "bare", tuple(flat))
    choices = [v.items if isinstance(v, Items) and v.kind == "bare" else (v,) for v in values]
    count = 1
    for options in choices:
        count *= len(options)
    if count > 64:
        raise Unreadable("too many combinations of plus-minus")
    named = "tuple" if kind == "tuple" else "list"
    rows = [Items("tuple" if named == "tuple" else "list", row) for row in product(*choices)]
    return rows[0] if count == 1 else Items("bare", tuple(rows))


def _part(found: list[Token], spaced: bool) -> Value:
    if any(token in SIGNS for token in found):
        pieces, marks = split(found, SIGNS)
        if marks:
            return read_relation(pieces, marks, lambda t: _part(t, spaced))
    if found and any(
        token[0] == "c" and token[1] in ("cup", "setminus", "mathbb", "emptyset") for token in found
    ):
        total = joined(found, lambda t: _part(t, spaced))
        if total is not None:
            return total
    combined = matrix_expression(found, lambda t: _part(t, False))
    if combined is not None:
        return combined
    if found and found[0][0] == "m":
        return matrix(found, lambda t: _part(t, False))
    if len(found) > 2 and found[1][0] == "m" and enclosed(found):
        return matrix(found[1:-1], lambda t: _part(t, False))
    bracketed = _bracketed(found, spaced)
    if bracketed is not None:
        return bracketed
    if ("s", ":") in found:
        named = found.index(("s", ":"))
        words = [value.lower() for _, value in found[:named]]
        if all(kind in ("w", "t") for kind, _ in found[:named]) and len(found[0][1]) > 1:
            if not names(" ".join(words).split()):
                raise Unreadable("a name that denies")
            return Labelled(
                " ".join(v for _, v in found[:named]).lower(), _part(found[named + 1 :], spaced)
            )
        return ratio(found)
    if ("s", "_") in found and found[0][0] == "n":
        special = whole_text("".join(value for _, value in found))
        if isinstance(special, InBase):
            return special
    if found and all(kind in ("w", "t") for kind, _ in found):
        worded = only_words(" ".join(value for _, value in found))
        if worded is not None:
            return worded
    degrees = arc(found)
    if degrees is not None:
        return degrees
    several = compound(found, spaced)
    return several if several is not None else read_quantity(found, spaced)


def _bracketed(found: list[Token], spaced: bool) -> Value | None:
    """A set, tuple, list or interval; None where the brackets only group."""
    if len(found) < 2 or found[0][0] != "s":
        return None
    first, last = found[0][1], found[-1][1]
    if (first, last) in (("(", "]"), ("[", ")")):
        return half_open(found, lambda t: _part(t, spaced))
    if not enclosed(found):
        return None
    inner = found[1:-1]
    if (first, last) not in (("(", ")"), ("[", "]"), ("{", "}"), ("\\{", "\\}")):
        raise Unreadable("brackets that do not match")
    if first == "\\{" or first == "{":
        if first == "\\{" and not inner:
            return Items("set", ())
        head, bars = split(inner, (("s", "|"), ("s", ":")))
        if first == "\\{" and len(bars) == 1:
            return builder(head[0], head[1], lambda t: _values(t, spaced))
    pieces, marks = split(inner, (_COMMA, ("s", ";"), ("k", "and")))
    if not marks and first != "\\{":
        return None if first in ("(", "{") else _single_list(inner, spaced)
    values = [_part(p, spaced) for p in pieces]
    kind = "set" if first in ("\\{", "{") else "tuple" if (first, last) == ("(", ")") else "list"
    return _gather(kind, values)


def _single_list(inner: list[Token], spaced: bool) -> Value | None:
    value = _part(inner, spaced)
    return None if isinstance(value, Quantity) else value
