"""The table of units, against definitions that are fixed by treaty."""

from fractions import Fraction

import pytest

from rewardkit.verifiers.units import UNITS, find_units

# value, unit, the same in another unit
CONVERSIONS = {
    "inch": ("1", "inch", "2.54", "cm"),
    "foot": ("1", "foot", "12", "inches"),
    "yard": ("1", "yard", "3", "feet"),
    "mile": ("1", "mile", "5280", "ft"),
    "nanometre": ("1000", "nm", "1", "um"),
    "hectare": ("1", "ha", "10000", "m^2"),
    "litre": ("1", "litre", "1000", "ml"),
    "centilitre": ("100", "cl", "1", "l"),
    "decilitre": ("10", "dl", "1", "L"),
    "gram": ("1000", "g", "1", "kg"),
    "milligram": ("1000", "mg", "1", "g"),
    "tonne": ("1", "t", "1000", "kg"),
    "pound": ("1", "lb", "453.59237", "g"),
    "ounce": ("16", "oz", "1", "lb"),
    "minute": ("1", "min", "60", "s"),
    "hour": ("1", "h", "3600", "seconds"),
    "day": ("1", "day", "24", "hours"),
    "week": ("1", "week", "7", "days"),
    "millisecond": ("1000", "ms", "1", "s"),
    "year": ("1", "year", "12", "months"),
    "mile per hour": ("1", "mph", "1.609344", "kph"),
    "boiling water": ("100", "celsius", "212", "fahrenheit"),
    "freezing water": ("0", "celsius", "273.15", "kelvin"),
    "kilowatt hour": ("1", "kWh", "3600", "kJ"),
    "gigahertz": ("1", "GHz", "1000", "MHz"),
    "milliampere": ("1000", "mA", "1", "A"),
    "cents": ("100", "cents", "1", "dollar"),
    "pence": ("100", "pence", "1", "£"),
}


@pytest.mark.parametrize(
    ("value", "one", "same", "other"), CONVERSIONS.values(), ids=CONVERSIONS.keys()
)
def test_conversion_is_exact_both_ways(value: str, one: str, same: str, other: str) -> None:
    a, b = find_units(one)[0], (find_units(other) or (find_units("m")[0].power(2),))[0]

    assert a.dimension == b.dimension
    assert a.convert(Fraction(value), b) == Fraction(same)
    assert b.convert(Fraction(same), a) == Fraction(value)


@pytest.mark.parametrize("name", ["Mm", "mw", "PA", "apples", "in", "p", "", "M"])
def test_word_that_could_be_another_unit_is_none(name: str) -> None:
    assert find_units(name) == ()


@pytest.mark.parametrize(("name", "usual"), [("KM", "km"), ("Kg", "kg"), ("Hours", "hours")])
def test_usual_slips_of_case_are_read(name: str, usual: str) -> None:
    assert find_units(name) == UNITS[usual]
