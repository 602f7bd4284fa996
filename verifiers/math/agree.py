"""Two readings compared: equal, different, or not known."""

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.agree_equations import agree_relation_and_number, agree_relations
from rewardkit.verifiers.math.agree_intervals import agree_intervals, differently_bracketed
from rewardkit.verifiers.math.agree_ratios import agree_bases, agree_ratios
from rewardkit.verifiers.math.agree_words import as_letters, as_value
from rewardkit.verifiers.math.agree_wrapped import WRAPPED, agree_wrapped
from rewardkit.verifiers.math.groups import agree_grids, agree_items, hedged, missing
from rewardkit.verifiers.math.intervals import Intervals
from rewardkit.verifiers.math.numbers import Finding, agree_numbers
from rewardkit.verifiers.math.quantity import constant
from rewardkit.verifiers.math.values import (
    Clock,
    Falsehood,
    Grid,
    InBase,
    Items,
    Labelled,
    Letter,
    Quantity,
    Ratio,
    Relation,
    Value,
    Words,
)
from rewardkit.verifiers.math.words import exclusive
from rewardkit.verifiers.math.work import Unreadable


def agree(answer: Value, reference: Value, figures: int = 6) -> Finding | None:
    """Compare an answer's reading with a reference's.

    Args:
        answer: The answer's reading.
        reference: The reference's reading.
        figures: Significant digits that an exact reference wants of a decimal answer.

    Returns:
        What was found; None where the exact tier can't tell.
    """
    try:
        return _agree(answer, reference, figures)
    except Unreadable:
        return None


def _agree(a: Value, r: Value, figures: int) -> Finding | None:
    if isinstance(a, Falsehood) or isinstance(r, Falsehood):
        return Finding(False, "false equation") if isinstance(a, Falsehood) else None
    if isinstance(a, WRAPPED) or isinstance(r, WRAPPED):
        return agree_wrapped(a, r, lambda x, y: agree(x, y, figures))
    if isinstance(a, Words) != isinstance(r, Words):
        a, r = as_value(a), as_value(r)
    if isinstance(a, Items) != isinstance(r, Items):
        a, r = as_letters(a, r), as_letters(r, a)
    if isinstance(a, Labelled) or isinstance(r, Labelled):
        return _labelled(a, r, figures)
    if isinstance(a, Letter) or isinstance(r, Letter):
        return _letters(a, r, figures)
    if isinstance(a, Intervals) or isinstance(r, Intervals) or differently_bracketed(a, r):
        return agree_intervals(a, r)
    if isinstance(a, Items) and isinstance(r, Items):
        return agree_items(a, r, lambda x, y: agree(x, y, figures))
    if isinstance(a, Grid) or isinstance(r, Grid):
        return agree_grids(a, r, lambda x, y: agree(x, y, figures))
    if isinstance(a, Items):
        return hedged(a, r, lambda x, y: agree(x, y, figures))
    if isinstance(r, Items):
        return missing(a, r, lambda x, y: agree(x, y, figures))
    return _single(a, r, figures)


def _single(a: Value, r: Value, figures: int) -> Finding | None:
    if isinstance(a, Quantity) and isinstance(r, Quantity):
        return agree_numbers(a, r, figures)
    if isinstance(a, Ratio) or isinstance(r, Ratio):
        return agree_ratios(a, r, figures)
    if isinstance(a, InBase) or isinstance(r, InBase):
        return agree_bases(a, r)
    if isinstance(a, Relation) and isinstance(r, Relation):
        return agree_relations(a, r)
    if isinstance(a, Relation) or isinstance(r, Relation):
        return agree_relation_and_number(a, r)
    if isinstance(a, Words) and isinstance(r, Words):
        if a.text == r.text:
            return Finding(True, "text")
        return Finding(False, "text") if exclusive(a.text, r.text) else None
    if isinstance(a, Clock) and isinstance(r, Clock):
        return Finding(a.seconds == r.seconds, "time of day")
    return None


def _labelled(a: Value, r: Value, figures: int) -> Finding | None:
    if isinstance(a, Labelled) and isinstance(r, Labelled):
        if {a.label, r.label} == {"y", "f"} and {a.argument, r.argument} == {"", "x"}:
            return _agree(a.value, r.value, figures)
        if a.argument and r.argument:
            return _agree(_renamed(a.value, a.argument), _renamed(r.value, r.argument), figures)
        found = _agree(a.value, r.value, figures)
        if a.label == r.label and not a.argument and not r.argument:
            return found
        if found is not None and not found.equal:
            return found
        plain = (
            not a.argument and not r.argument and _is_variable(a.label) and _is_variable(r.label)
        )
        return Finding(False, "variable", f"{a.label} is not {r.label}") if plain else None
    named, other = (a, r) if isinstance(a, Labelled) else (r, a)
    if not isinstance(named, Labelled):
        return None
    parts = _parts(named)
    if (
        parts is not None
        and isinstance(other, Items)
        and any(isinstance(x, Labelled) for x in other.items)
    ):
        return _agree(parts, r, figures) if named is a else _agree(a, parts, figures)
    if (
        isinstance(other, Relation)
        and isinstance(named.value, Quantity)
        and _is_variable(named.label)
    ):
        solved = fm.add(fm.atom(f"v:{named.label}"), fm.negative(named.value.form))
        line = Relation(solved, "=")
        return _agree(line, r, figures) if named is a else _agree(a, line, figures)
    if isinstance(other, Letter) and not other.marked and other.name == named.label:
        return None
    if isinstance(other, Items) and any(isinstance(x, Labelled) for x in other.items):
        return hedged(other, named, lambda x, y: agree(x, y, figures)) if named is r else None
    return _agree(named.value, r, figures) if named is a else _agree(a, named.value, figures)


def _parts(value: Labelled) -> Items | None:
    """`(x, y) = (1, 2)` as `x = 1, y = 2`."""
    names = value.label.strip("()").split(",") if value.label.startswith("(") else []
    if not isinstance(value.value, Items) or len(value.value.items) != len(names):
        return None
    pairs = zip(names, value.value.items, strict=True)
    return Items("bare", tuple(Labelled(name, item) for name, item in pairs))


def _is_variable(label: str) -> bool:
    return len(label) == 1 or (label[1:2] == "_" and len(label) < 6)


def _renamed(value: Value, argument: str) -> Value:
    """The value with the bound variable of a function by one common name."""
    if not isinstance(value, Quantity) or any(
        a.startswith(("f:", "p:")) for a in value.form.atoms()
    ):
        return value
    return Quantity(fm.renamed(value.form, f"v:{argument}", "v:·"), unit=value.unit)


def _letters(a: Value, r: Value, figures: int) -> Finding | None:
    if isinstance(a, Letter) and isinstance(r, Letter):
        if a.name == r.name:
            return Finding(True, "letter")
        if a.name.upper() == r.name.upper():
            return Finding(True, "letter") if a.marked or r.marked else None
        certain = (a.name.isupper() and r.name.isupper()) or a.marked or r.marked
        return Finding(False, "letter") if certain else None
    letter, other = (a, r) if isinstance(a, Letter) else (r, a)
    if not isinstance(letter, Letter):
        return None
    if isinstance(other, Items):
        found = hedged(other, letter, lambda x, y: agree(x, y, figures)) if letter is r else None
        return found if found is None or not found.equal else None
    if letter.marked or not isinstance(other, Quantity):
        return None
    value = Quantity(fm.atom(letter.name if letter.name in "ei" else f"v:{letter.name}"))
    found = agree_numbers(*((value, other) if letter is a else (other, value)), figures)
    return found if found is None or found.equal or not constant(other.form) else None
