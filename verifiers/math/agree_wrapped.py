"""Readings that hold a value and say something about it: vague, optional, repeated, continued."""

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.families import agree_families
from rewardkit.verifiers.math.groups import Agree
from rewardkit.verifiers.math.numbers import Finding
from rewardkit.verifiers.math.quantity import constant
from rewardkit.verifiers.math.values import (
    Choice,
    Family,
    Labelled,
    Letter,
    Quantity,
    Sequence,
    Vague,
    Value,
)

WRAPPED = (Choice, Family, Sequence, Vague)
"""The readings that this file compares."""


def agree_wrapped(a: Value, r: Value, agree: Agree) -> Finding | None:
    """Compare two readings of which one is wrapped, with `agree` for what they hold."""
    if isinstance(a, Vague) or isinstance(r, Vague):
        return _vague(a, r, agree)
    if isinstance(a, Sequence) or isinstance(r, Sequence):
        return _sequences(a, r, agree)
    if isinstance(a, Family) or isinstance(r, Family):
        return _families(a, r)
    return _choices(a, r, agree)


def _vague(a: Value, r: Value, agree: Agree) -> Finding | None:
    """A value left open is no value; one that is said to be rounded may equal a decimal."""
    if isinstance(r, Vague):
        if r.kind == "bound" or r.value is None:
            return None
        r = r.value
        a = a.value if isinstance(a, Vague) and a.kind == "about" and a.value is not None else a
        return None if isinstance(a, Vague) else agree(a, r)
    if not isinstance(a, Vague):
        return None
    exact = isinstance(r, Quantity)
    rounded = not exact or _decimal(r) or (a.value is not None and _decimal(a.value))
    if a.kind == "about" and a.value is not None and rounded:
        return agree(a.value, r)
    return Finding(False, "hedge", "the value is left open", hedge=True) if exact else None


def _decimal(value: Value) -> bool:
    return isinstance(value, Quantity) and value.step is not None


def _sequences(a: Value, r: Value, agree: Agree) -> Finding | None:
    """Two sequences with an ellipsis differ where numbers at their beginnings do."""
    if not isinstance(a, Sequence) or not isinstance(r, Sequence):
        return None
    turned = agree(a.first[0], r.last[-1]) if r.last else None
    if turned is not None and turned.equal:
        return None  # From the other end, perhaps.
    for k, (x, y) in enumerate(zip(a.first, r.first, strict=False)):
        found = agree(x, y)
        plain = all(isinstance(v, Quantity) and constant(v.form) for v in (x, y))
        if plain and found is not None and not found.equal:
            return Finding(False, "sequence", f"term {k + 1} differs")
    return None


def _families(a: Value, r: Value) -> Finding | None:
    if not isinstance(a, Family) or not isinstance(r, Family):
        return None
    left, right = a.value, r.value
    left = left.value if isinstance(left, Labelled) else left
    right = right.value if isinstance(right, Labelled) else right
    if not isinstance(left, Quantity) or not isinstance(right, Quantity):
        return None
    if a.over != r.over:
        return Finding(False, "family", "over other numbers")
    if left.unit != right.unit or left.inexact or right.inexact:
        return None
    found = agree_families(left.form, a.name, right.form, r.name)
    if a.over == "Z" or found is None or not found.equal:
        return found
    same = fm.renamed(left.form, f"v:{a.name}", f"v:{r.name}")
    return found if fm.equal(same, right.form) else None


def _choices(a: Value, r: Value, agree: Agree) -> Finding | None:
    """An option written with its letter: the letter or the value may stand alone."""
    if isinstance(a, Choice) and isinstance(r, Choice):
        found = agree(a.value, r.value)
        if a.name != r.name:
            return Finding(False, "letter")
        return found and Finding(found.equal, "letter" if found.equal else found.rule, found.note)
    marked, other = (a, r) if isinstance(a, Choice) else (r, a)
    if not isinstance(marked, Choice):
        return None
    inner = Letter(marked.name, True) if isinstance(other, Letter) else marked.value
    return agree(inner, other) if marked is a else agree(other, inner)
