"""Units of measure: what a word or symbol after a number stands for, and how units convert.

A modest table: SI and everyday units of length, area, volume, mass, time, speed, temperature,
angle, energy and electricity, and a few currencies. Any other word is a counted noun.
"""

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

import msgspec

Dimension = tuple[tuple[str, int], ...]
"""Base quantities with their powers, sorted: `(("length", 1), ("time", -1))` is a speed."""


class Unit(msgspec.Struct, frozen=True):
    """One unit: a value in it times `factor` plus `offset` is the value in base units.

    >>> kilometre, metre = find_units("km")[0], find_units("m")[0]
    >>> kilometre.convert(Fraction(1), metre)
    Fraction(1000, 1)
    """

    name: str
    dimension: Dimension
    factor: Fraction
    offset: Fraction = Fraction(0)

    def convert(self, value: Fraction, other: "Unit") -> Fraction:
        """A value in this unit, in the other unit, which must have the same dimension."""
        return (value * self.factor + self.offset - other.offset) / other.factor

    def power(self, exponent: int) -> "Unit":
        """This unit squared or cubed."""
        dimension = tuple((base, n * exponent) for base, n in self.dimension)
        return Unit(f"{self.name}^{exponent}", dimension, self.factor**exponent)

    def per(self, other: "Unit") -> "Unit":
        """This unit divided by another one."""
        powers = dict(self.dimension)
        for base, n in other.dimension:
            powers[base] = powers.get(base, 0) - n
        dimension = tuple(sorted((base, n) for base, n in powers.items() if n))
        return Unit(f"{self.name}/{other.name}", dimension, self.factor / other.factor)


# Dimension, then "names = factor"; names are separated by a space, a factor is a rational number.
_TABLE = """
length 1: nm nanometer nanometers nanometre nanometres = 1/1000000000
length 1: μm um micrometer micrometers micrometre micrometres = 1/1000000
length 1: mm millimeter millimeters millimetre millimetres = 1/1000
length 1: cm centimeter centimeters centimetre centimetres = 1/100
length 1: dm decimeter decimeters decimetre decimetres = 1/10
length 1: m meter meters metre metres = 1
length 1: km kilometer kilometers kilometre kilometres = 1000
length 1: inch inches = 127/5000
length 1: ft foot feet = 381/1250
length 1: yd yard yards = 1143/1250
length 1: mi mile miles = 201168/125
length 3: ml mL milliliter milliliters millilitre millilitres cc = 1/1000000
length 3: cl cL centiliter centiliters centilitre centilitres = 1/100000
length 3: dl dL deciliter deciliters decilitre decilitres = 1/10000
length 3: l L liter liters litre litres = 1/1000
length 2: ha hectare hectares = 10000
mass 1: μg ug microgram micrograms = 1/1000000000
mass 1: mg milligram milligrams = 1/1000000
mass 1: g gram grams = 1/1000
mass 1: kg kilogram kilograms kilo kilos = 1
mass 1: t tonne tonnes = 1000
mass 1: lb lbs pound pounds = 45359237/100000000
mass 1: oz ounce ounces = 45359237/1600000000
time 1: ns nanosecond nanoseconds = 1/1000000000
time 1: μs us microsecond microseconds = 1/1000000
time 1: ms millisecond milliseconds = 1/1000
time 1: s sec secs second seconds = 1
time 1: min mins minute minutes = 60
time 1: h hr hrs hour hours = 3600
time 1: day days = 86400
time 1: week weeks = 604800
calendar 1: month months = 1
calendar 1: year years yr yrs = 12
length 1 time -1: mph = 1397/3125
length 1 time -1: kph kmh = 5/18
angle 1: ° degree degrees deg = 1
temperature 1: K kelvin kelvins = 1
temperature 1: °C celsius degree degrees ° = 1 + 5463/20
temperature 1: °F fahrenheit degree degrees ° = 5/9 + 45967/180
time -1: Hz hertz = 1
time -1: kHz = 1000
time -1: MHz = 1000000
time -1: GHz = 1000000000
length 1 mass 1 time -2: N newton newtons = 1
length -1 mass 1 time -2: Pa pascal pascals = 1
length -1 mass 1 time -2: kPa = 1000
length 2 mass 1 time -2: J joule joules = 1
length 2 mass 1 time -2: kJ = 1000
length 2 mass 1 time -2: kWh = 3600000
length 2 mass 1 time -3: W watt watts = 1
length 2 mass 1 time -3: kW = 1000
length 2 mass 1 time -3: MW = 1000000
current 1: mA = 1/1000
current 1: A ampere amperes amp amps = 1
length 2 mass 1 time -3 current -1: V volt volts = 1
length 2 mass 1 time -3 current -2: Ω ohm ohms = 1
USD 1: $ USD dollar dollars = 1
USD 1: ¢ cent cents = 1/100
EUR 1: € EUR euro euros = 1
EUR 1: cent cents = 1/100
GBP 1: £ GBP pound pounds = 1
GBP 1: pence penny = 1/100
INR 1: ₹ INR rupee rupees = 1
JPY 1: ¥ JPY yen = 1
CNY 1: ¥ CNY RMB yuan = 1
"""

# KM, Kg and Min are common slips; Mm, mw or PA would be other units.
_ANY_CASE = frozenset("cm km kg ml day min sec hrs lbs yen usd eur gbp mph".split())


def _read_table(lines: Iterable[str]) -> dict[str, tuple[Unit, ...]]:
    """Every name with the units that it may stand for: a pound is a mass or money."""
    found: dict[str, tuple[Unit, ...]] = {}
    for line in lines:
        kind, _, rest = line.partition(":")
        names, _, size = rest.partition("=")
        words = kind.split()
        powers = sorted((words[i], int(words[i + 1])) for i in range(0, len(words), 2))
        factor, _, offset = size.partition("+")
        first, *others = names.split()
        unit = Unit(first, tuple(powers), Fraction(factor.strip()), Fraction(offset.strip() or 0))
        for name in (first, *others):
            found[name] = (*found.get(name, ()), unit)
    return found


UNITS: dict[str, tuple[Unit, ...]] = _read_table(_TABLE.strip().splitlines())
"""What each name may stand for. Symbols keep their case: `Mm` is not a millimetre."""


@lru_cache(maxsize=1024)
def find_units(name: str) -> tuple[Unit, ...]:
    """The units that a word or symbol may stand for; none for a word that is no unit.

    Whole words are found in any case; of symbols only those that cannot be mistaken.

    >>> [unit.dimension[0][0] for unit in find_units("Pounds")]
    ['mass', 'GBP']
    >>> find_units("apples")
    ()
    """
    if name in UNITS:
        return UNITS[name]
    lower = name.lower()
    return UNITS.get(lower, ()) if lower in _ANY_CASE or len(lower) > 3 else ()
