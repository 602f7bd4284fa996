"""Units of measure: a table, and texts such as `km/h`, `cm^2` or `square feet` read with it."""

import re
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

import msgspec

Dimensions: TypeAlias = tuple[tuple[str, int], ...]


class Unit(msgspec.Struct, frozen=True):
    """What is measured, and how many base units one of it is."""

    dimensions: Dimensions
    factor: Fraction
    name: str


_F = Fraction
_FOOT = _F(3048, 10000)
_POUND = _F(45359237, 100000000)
# Base units: metre, kilogram, second, degree, dollar, byte … Names are tried as written, then in
# lower case.
_TABLE: dict[str, tuple[str, Fraction, str]] = {
    "length": ("length", _F(1), "m metre metres meter meters"),
    "km": ("length", _F(1000), "km kms kilometre kilometres kilometer kilometers"),
    "dm": ("length", _F(1, 10), "dm decimetre decimetres decimeter decimeters"),
    "cm": ("length", _F(1, 100), "cm cms centimetre centimetres centimeter centimeters"),
    "mm": ("length", _F(1, 1000), "mm millimetre millimetres millimeter millimeters"),
    "um": (
        "length",
        _F(1, 10**6),
        "μm um micron microns micrometre micrometres micrometer micrometers",
    ),
    "nm": ("length", _F(1, 10**9), "nm nanometre nanometres nanometer nanometers"),
    "in": ("length", _FOOT / 12, "in inch inches"),
    "ft": ("length", _FOOT, "ft foot feet"),
    "yd": ("length", _FOOT * 3, "yd yds yard yards"),
    "mi": ("length", _FOOT * 5280, "mi mile miles"),
    "kg": ("mass", _F(1), "kg kgs kilogram kilograms kilogramme kilogrammes kilo kilos"),
    "g": ("mass", _F(1, 1000), "g gram grams gramme grammes"),
    "mg": ("mass", _F(1, 10**6), "mg milligram milligrams"),
    "t": ("mass", _F(1000), "tonne tonnes"),
    "lb": ("mass", _POUND, "lb lbs"),
    "oz": ("mass", _POUND / 16, "oz ounce ounces"),
    "s": ("time", _F(1), "s sec secs second seconds"),
    "ms": ("time", _F(1, 1000), "ms millisecond milliseconds"),
    "min": ("time", _F(60), "min mins minute minutes"),
    "h": ("time", _F(3600), "h hr hrs hour hours"),
    "d": ("time", _F(86400), "day days"),
    "week": ("time", _F(604800), "week weeks"),
    "month": ("month", _F(1), "month months"),
    "year": ("month", _F(12), "year years yr yrs"),
    "deg": ("angle", _F(1), "deg degree degrees"),
    "arcmin": ("angle", _F(1, 60), "arcmin arcminute arcminutes"),
    "arcsec": ("angle", _F(1, 3600), "arcsec arcsecond arcseconds"),
    "rad": ("radian", _F(1), "rad rads radian radians"),
    "usd": ("dollar", _F(1), "usd dollar dollars bucks"),
    "cent": ("dollar", _F(1, 100), "cents cent"),
    "eur": ("euro", _F(1), "eur euro euros"),
    "gbp": ("sterling", _F(1), "gbp"),
    "jpy": ("yen", _F(1), "jpy yen"),
    "cny": ("yuan", _F(1), "cny rmb yuan"),
    "inr": ("rupee", _F(1), "inr rupee rupees"),
    "N": ("newton", _F(1), "N newton newtons"),
    "J": ("joule", _F(1), "J joule joules"),
    "kJ": ("joule", _F(1000), "kJ kilojoule kilojoules"),
    "W": ("watt", _F(1), "W watt watts"),
    "kW": ("watt", _F(1000), "kW kilowatt kilowatts"),
    "V": ("volt", _F(1), "V volt volts"),
    "A": ("ampere", _F(1), "A ampere amperes amp amps"),
    "ohm": ("ohm", _F(1), "Ω ohm ohms"),
    "Pa": ("pascal", _F(1), "Pa pascal pascals"),
    "kPa": ("pascal", _F(1000), "kPa kilopascal kilopascals"),
    "Hz": ("hertz", _F(1), "Hz hertz"),
    "mol": ("mole", _F(1), "mol mole moles"),
    "K": ("kelvin", _F(1), "K kelvin kelvins"),
    "C": ("celsius", _F(1), "℃ celsius"),
    "F": ("fahrenheit", _F(1), "℉ fahrenheit"),
    "B": ("byte", _F(1), "byte bytes"),
    "bit": ("byte", _F(1, 8), "bit bits"),
}
_VOLUMES: dict[str, tuple[Fraction, str]] = {
    "L": (_F(1, 1000), "L l litre litres liter liters"),
    "mL": (_F(1, 10**6), "mL ml millilitre millilitres milliliter milliliters cc"),
}
_AREAS: dict[str, tuple[Fraction, str]] = {"ha": (_F(10**4), "ha hectare hectares")}
SCALES: dict[str, int] = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "lakh": 10**5,
    "crore": 10**7,
}
"""Words that multiply the number before them."""
TEMPERATURES = frozenset(("kelvin", "celsius", "fahrenheit"))
"""Scales with their own zero: no conversion, so no verdict."""


def _names() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for name, (dimension, factor, spellings) in _TABLE.items():
        for spelling in spellings.split():
            found[spelling] = Unit(((dimension, 1),), factor, name)
    for table, power in ((_VOLUMES, 3), (_AREAS, 2)):
        for name, (factor, spellings) in table.items():
            for spelling in spellings.split():
                found[spelling] = Unit((("length", power),), factor, name)
    speed = (("length", 1), ("time", -1))
    found["mph"] = Unit(speed, _FOOT * 5280 / 3600, "mph")
    found["kmh"] = found["kph"] = Unit(speed, _F(1000, 3600), "km/h")
    return found


_NAMES = _names()
_RE = re.compile(r"\s*([^\W\d_]+|℃|℉|\^-?\d|[/*])")


def single(name: str) -> Unit | None:
    """The unit of one word."""
    return _NAMES.get(name) or (_NAMES.get(name.lower()) if len(name) > 1 else None)


@lru_cache(maxsize=1024)
def read_unit(text: str) -> Unit | None:
    """The unit that a text names, None where it names none.

    >>> read_unit("km/h") == read_unit("kilometers per hour"), read_unit("apples")
    (False, None)
    >>> read_unit("square cm").factor
    Fraction(1, 10000)
    """
    parts = _RE.findall(text[:80])
    if "".join(parts) != "".join(text.split()) or not parts:
        return None
    powers: dict[str, int] = {}
    factor, direction, ahead, last = Fraction(1), 1, 1, None
    for part in parts:
        lower = part.lower()
        if part in "/*" or lower in ("per", "a", "an", "each"):
            if last is None:
                return None
            direction = 1 if part == "*" else -1
            continue
        if lower in ("square", "sq", "cubic", "cu"):
            ahead = 2 if lower[0] == "s" else 3
            continue
        exponent: int | None = None
        if part[0] == "^" or lower in ("squared", "cubed"):
            exponent = int(part[1:]) if part[0] == "^" else 2 if lower[0] == "s" else 3
            unit, count = last, (exponent - 1) * direction
            if unit is None:
                return None
        else:
            unit, count = single(part), ahead * direction
            if unit is None:
                return None
            last, ahead = unit, 1
        factor *= unit.factor**count
        for dimension, power in unit.dimensions:
            powers[dimension] = powers.get(dimension, 0) + power * count
    dimensions = tuple(sorted((d, p) for d, p in powers.items() if p))
    return Unit(dimensions, factor, " ".join(text.split())) if dimensions else None
