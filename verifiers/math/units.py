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
    "length": ("length", _F(1), "m metre metres meter meters 米"),
    "km": ("length", _F(1000), "km kms kilometre kilometres kilometer kilometers 千米 公里"),
    "dm": ("length", _F(1, 10), "dm decimetre decimetres decimeter decimeters 分米"),
    "cm": ("length", _F(1, 100), "cm cms centimetre centimetres centimeter centimeters 厘米"),
    "mm": ("length", _F(1, 1000), "mm millimetre millimetres millimeter millimeters 毫米"),
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
    "kg": ("mass", _F(1), "kg kgs kilogram kilograms kilogramme kilogrammes kilo kilos 千克 公斤"),
    "g": ("mass", _F(1, 1000), "g gram grams gramme grammes 克"),
    "mg": ("mass", _F(1, 10**6), "mg milligram milligrams"),
    "t": ("mass", _F(1000), "tonne tonnes 吨"),
    "lb": ("mass", _POUND, "lb lbs"),
    "oz": ("mass", _POUND / 16, "oz ounce ounces"),
    "s": ("time", _F(1), "s sec secs second seconds 秒"),
    "ms": ("time", _F(1, 1000), "ms millisecond milliseconds"),
    "min": ("time", _F(60), "min mins minute minutes 分钟"),
    "h": ("time", _F(3600), "h hr hrs hour hours 小时"),
    "d": ("time", _F(86400), "day days 天"),
    "week": ("time", _F(604800), "week weeks"),
    "month": ("month", _F(1), "month months"),
    "year": ("month", _F(12), "year years yr yrs"),
    "deg": ("angle", _F(1), "deg degree degrees 度"),
    "arcmin": ("angle", _F(1, 60), "arcmin arcminute arcminutes"),
    "arcsec": ("angle", _F(1, 3600), "arcsec arcsecond arcseconds"),
    "rad": ("radian", _F(1), "rad rads radian radians"),
    "usd": ("dollar", _F(1), "usd dollar dollars bucks"),
    "cent": ("dollar", _F(1, 100), "cents cent"),
    "eur": ("euro", _F(1), "eur euro euros"),
    "gbp": ("sterling", _F(1), "gbp"),
    "jpy": ("yen", _F(1), "jpy yen"),
    "cny": ("yuan", _F(1), "cny rmb yuan 元"),
    "inr": ("rupee", _F(1), "inr rupee rupees"),
    "N": ("newton", _F(1), "N newton newtons"),
    "J": ("joule", _F(1), "J joule joules"),
    "kJ": ("joule", _F(1000), "kJ kilojoule kilojoules"),
    "W": ("watt", _F(1), "W watt watts"),
    "kW": ("watt", _F(1000), "kW kilowatt kilowatts"),
    "V": ("volt", _F(1), "V volt volts"),
    "A": ("ampere", _F(1), "A ampere amperes amp amps"),
    "ohm": ("ohm", _F(1), "Ω ohm ohms"),
    "kohm": ("ohm", _F(1000), "kΩ kohm kiloohm kiloohms"),
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
    "m^3": (_F(1), "立方米"),
    "cm^3": (_F(1, 10**6), "立方厘米"),
    "mL": (_F(1, 10**6), "mL ml millilitre millilitres milliliter milliliters cc"),
}
_AREAS: dict[str, tuple[Fraction, str]] = {
    "ha": (_F(10**4), "ha hectare hectares 公顷"),
    "m^2": (_F(1), "平方米"),
    "cm^2": (_F(1, 10**4), "平方厘米"),
}
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
    words = text.split()
    if len(words) == 2 and words[0].lower() in ("degree", "degrees"):
        text = {"C": "celsius", "F": "fahrenheit"}.get(words[1], text)
        text = words[1] if words[1].lower() in TEMPERATURES else text
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
