"""Words and letters as the mathematics that they stand for."""

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.intervals import REALS, Intervals
from rewardkit.verifiers.math.values import Items, Letter, Quantity, Value, Words
from rewardkit.verifiers.math.words import ALL_REALS, INFINITELY_MANY, NO_SOLUTION

_OPTIONS = "ABCDEFGH"


def as_value(value: Value) -> Value:
    """Words that name a set or a value of mathematics, as that; anything else as it is.

    >>> as_value(Words("no solution")).kind
    'set'
    """
    if not isinstance(value, Words):
        return value
    if value.text == ALL_REALS:
        return Intervals((REALS,))
    if value.text == NO_SOLUTION:
        return Items("set", ())
    return Quantity(fm.atom("oo")) if value.text == INFINITELY_MANY else value


def as_letters(value: Value, other: Value) -> Value:
    """`AC` as the letters A and C, where the other side is a list of letters.

    >>> len(as_letters(Words("ac"), Items("bare", (Letter("A", True), Letter("C", True)))).items)
    2
    """
    if not isinstance(other, Items) or not all(map(_is_option, other.items)):
        return value
    names = _names(value)
    if len(names) < 2 or not set(names) <= set(_OPTIONS):
        return value
    return Items("bare", tuple(Quantity(fm.atom(f"v:{name}")) for name in names))


def _names(value: Value) -> list[str]:
    """The letters of a word or of a product of variables; none where it is neither."""
    if isinstance(value, Words):
        return list(value.text.upper()) if len(value.text) <= len(_OPTIONS) else []
    if not isinstance(value, Quantity) or value.form.den is not None or len(value.form.num) != 1:
        return []
    ((term, coefficient),) = value.form.num.items()
    if coefficient != 1 or any(exponent != 1 for _, exponent in term):
        return []
    return [name.removeprefix("v:") for name, _ in term]


def _is_option(value: Value) -> bool:
    """Whether a part of a list is one of the letters A to H."""
    if isinstance(value, Letter):
        return value.name in _OPTIONS
    return isinstance(value, Quantity) and any(
        fm.equal(value.form, fm.atom(f"v:{name}")) for name in _OPTIONS
    )
