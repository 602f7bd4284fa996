"""One quantity, a number with its unit, read from tokens with exact rational arithmetic."""

from fractions import Fraction

import msgspec

from rewardkit.verifiers.number_cursor import (
    MAX_DIGITS,
    Cursor,
    TooLargeError,
    UnreadableError,
    decimal,
)
from rewardkit.verifiers.units import Unit, find_units

SCALES = {
    "hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "dozen": 12,
}  # fmt: skip
_PERCENT = frozenset({"%", "percent", "pct", "\uff05"})
_PER_CENT = ("per", "cent")
_POWERS = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_CURRENCY = frozenset("$ € £ ¥ ₹ USD EUR GBP INR JPY CNY RMB".split())


class Quantity(msgspec.Struct, frozen=True):
    """A number as written, whether it is a percentage, and the units that it may be in."""

    value: Fraction
    percent: bool = False
    units: tuple[Unit, ...] = ()
    nouns: frozenset[str] = frozenset()


def read_quantity(cursor: Cursor) -> Quantity:
    """Read the quantity at the cursor: sign, currency, number, scale, percent sign, unit.

    Raises:
        UnreadableError: When there is none, with the reason.
        TooLargeError: Over the limits on digits.
    """
    negative = cursor.take("-") or (not cursor.take("+") and _negative_word(cursor))
    currency = find_units(cursor.peek(-1)) if cursor.take(*_CURRENCY) else ()
    if currency and cursor.take("-"):
        negative = not negative
    value = _magnitude(cursor)
    value = value if not negative else -value
    while (scale := SCALES.get(cursor.peek().lower())) is not None:
        cursor.place += 1
        value *= scale
    percent = _percent(cursor)
    units = () if percent else _units(cursor)
    if currency and units and not _shared(currency, units):
        raise UnreadableError("two units on one number")
    return Quantity(value, percent, _shared(currency, units) or currency or units)


def _percent(cursor: Cursor) -> bool:
    word = cursor.peek().lower()
    words = 1 if word in _PERCENT else 2 if (word, cursor.peek(1).lower()) == _PER_CENT else 0
    cursor.place += words
    return words > 0


def _negative_word(cursor: Cursor) -> bool:
    return cursor.peek().lower() in {"minus", "negative"} and cursor.take(cursor.peek())


def _shared(one: tuple[Unit, ...], other: tuple[Unit, ...]) -> tuple[Unit, ...]:
    return tuple(unit for unit in one if unit in other)


def _magnitude(cursor: Cursor) -> Fraction:
    if cursor.take("\\frac"):
        return _latex_fraction(cursor)
    value = _decimal(cursor)
    if cursor.peek() == "/" and cursor.number(1):
        cursor.place += 1
        return _quotient(value, _decimal(cursor))
    if cursor.number() and cursor.peek(1) == "/" and cursor.number(2):
        return value + _proper(cursor, value)
    if cursor.peek() == "\\frac":
        return value + _proper(cursor, value)
    if cursor.peek() == "^" or (cursor.peek() == "*" == cursor.peek(1)):
        return _power(cursor, value)
    if cursor.peek() in {"*", "x", "X"} and cursor.peek(1) == "10":
        cursor.place += 2
        if cursor.peek() != "^" and not cursor.peek() == "*" == cursor.peek(1):
            raise UnreadableError("a product")
        return value * _power(cursor, Fraction(10))
    return value


def _decimal(cursor: Cursor) -> Fraction:
    if not cursor.number():
        raise UnreadableError("no number where one was expected")
    cursor.place += 1
    return decimal(cursor.peek(-1))


def _quotient(over: Fraction, under: Fraction) -> Fraction:
    if not under:
        raise UnreadableError("a division by zero")
    return over / under


def _proper(cursor: Cursor, whole: Fraction) -> Fraction:
    """The fraction of a mixed number such as 1 1/2."""
    if cursor.take("\\frac"):
        part = _latex_fraction(cursor)
    else:
        over = _decimal(cursor)
        cursor.place += 1
        part = _quotient(over, _decimal(cursor))
    if whole.denominator != 1 or not 0 < part < 1:
        raise UnreadableError("two numbers side by side")
    return part


def _latex_fraction(cursor: Cursor) -> Fraction:
    digits = cursor.peek()
    if cursor.number() and len(digits) == 2 and digits.isdigit():
        cursor.place += 1
        return _quotient(Fraction(digits[0]), Fraction(digits[1]))
    parts: list[Fraction] = []
    for _ in range(2):
        if not cursor.take("{"):
            raise UnreadableError("a \\frac without braces")
        sign = -1 if cursor.take("-") else 1
        parts.append(sign * _decimal(cursor))
        if not cursor.take("}"):
            raise UnreadableError("a \\frac of more than numbers")
    return _quotient(*parts)


def _power(cursor: Cursor, base: Fraction) -> Fraction:
    cursor.place += 1 if cursor.peek() == "^" else 2
    closing = {"{": "}", "(": ")"}.get(cursor.peek(), "")
    cursor.take("{", "(")
    sign = -1 if cursor.take("-") else 1
    cursor.take("+")
    exponent = sign * _decimal(cursor)
    if closing and not cursor.take(closing):
        raise UnreadableError("a power of more than a number")
    digits = len(str(base.numerator)) + len(str(base.denominator))
    if abs(exponent) > MAX_DIGITS or digits * abs(exponent) > 4 * MAX_DIGITS:
        raise TooLargeError("a power beyond the limit of digits")
    if exponent.denominator != 1 or (not base and exponent < 0):
        raise UnreadableError("a power that is not rational")
    return base ** int(exponent)


def _units(cursor: Cursor) -> tuple[Unit, ...]:
    """The units after a number, such as `cm^2`, `square feet` or `km/h`; maybe none."""
    start = cursor.place
    braces = cursor.take("{")
    units = _one_unit(cursor)
    if units and (cursor.peek() == "/" or cursor.peek().lower() == "per") and not cursor.number(1):
        slash = cursor.place
        cursor.place += 1
        below = _one_unit(cursor)
        if not below:
            cursor.place = slash
        units = tuple(a.per(b) for a in units for b in below) or units
    if not units:
        cursor.place = start
    elif braces:
        cursor.take("}")
    return units


def _one_unit(cursor: Cursor) -> tuple[Unit, ...]:
    exponent = _POWERS.get(cursor.peek().lower(), 1)
    cursor.place += exponent > 1
    name = cursor.peek()
    if name == "°" and cursor.peek(1) in {"C", "F", "Celsius", "Fahrenheit"}:
        cursor.place += 1
        name += cursor.peek()[0]
    if name == "K" and cursor.glued():
        raise UnreadableError("'K' may be a thousand")
    units = find_units(name) if name else ()
    cursor.place += bool(units)
    if units and (cursor.peek() == "^" or (cursor.peek() in {"2", "3"} and cursor.glued())):
        cursor.take("^")
        braces = cursor.take("{")
        exponent = {"2": 2, "3": 3}.get(cursor.peek(), 0)
        cursor.place += 1
        if not exponent or (braces and not cursor.take("}")):
            raise UnreadableError("a unit to a power other than 2 or 3")
    return tuple(unit.power(exponent) for unit in units) if exponent > 1 else units
