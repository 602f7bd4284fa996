"""What a constant form is worth, to 40 digits and more."""

from decimal import Context, Decimal, DecimalException

from rewardkit.verifiers.math.form import Form, Sum
from rewardkit.verifiers.math.work import Unreadable

_CONTEXT = Context(prec=80, Emax=999_999, Emin=-999_999)
_PI = Decimal(
    "3.1415926535897932384626433832795028841971693993751058209749445923078164062862089986280348"
)
_SAFE = Decimal("1e-30")


def _atom_value(name: str) -> Decimal:
    if name.isdigit():
        return Decimal(name)
    if name == "pi":
        return _PI
    if name == "e":
        return _CONTEXT.exp(Decimal(1))
    if name.startswith("ln:"):
        return _CONTEXT.ln(Decimal(name[3:]))
    raise Unreadable("not a real constant")


def _sum_value(terms: Sum) -> Decimal:
    total = size = Decimal(0)
    for term, coefficient in terms.items():
        value = _CONTEXT.divide(Decimal(coefficient.numerator), Decimal(coefficient.denominator))
        for name, exponent in term:
            exact = _CONTEXT.divide(Decimal(exponent.numerator), Decimal(exponent.denominator))
            value = _CONTEXT.multiply(value, _CONTEXT.power(_atom_value(name), exact))
        total = _CONTEXT.add(total, value)
        size = max(size, abs(value))
    if terms and abs(total) < _CONTEXT.multiply(size, _SAFE):
        raise Unreadable("terms that cancel")
    return total


def approximate(form: Form) -> Decimal:
    """The value of a real constant, right to at least 40 significant digits.

    Raises:
        Unreadable: When it holds variables, i or infinity, or its terms cancel.

    >>> from rewardkit.verifiers.math.form import atom
    >>> round(approximate(atom("pi")), 5)
    Decimal('3.14159')
    """
    try:
        value = _sum_value(form.num)
        if form.den is not None:
            value = _CONTEXT.divide(value, _sum_value(form.den))
    except DecimalException as error:
        raise Unreadable("a value out of range") from error
    return value
