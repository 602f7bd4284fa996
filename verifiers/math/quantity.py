"""Tokens of one number with its surroundings: money, percent, unit, counted noun, precision."""

from fractions import Fraction

import msgspec

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.form import Form
from rewardkit.verifiers.math.lexer import Token
from rewardkit.verifiers.math.parser import read_form
from rewardkit.verifiers.math.prose import counts, follows
from rewardkit.verifiers.math.units import SCALES, Unit, read_unit, single
from rewardkit.verifiers.math.values import Items, Quantity, Value
from rewardkit.verifiers.math.work import Unreadable

_MONEY = frozenset(("usd", "eur", "gbp", "jpy", "cents"))
_MONEY_UNITS = frozenset(("usd", "eur", "gbp", "jpy", "cny", "inr"))
_PERCENT = frozenset(("percent", "pct", "percentage"))
_ORDINALS = frozenset(("st", "nd", "rd", "th"))
_DEGREES = Unit((("angle", 1),), Fraction(1), "degrees")
_TEMPERATURE = {"C": "celsius", "F": "fahrenheit"}
_MATH_WORDS = frozenset("pi sqrt exp ln log infinity inf oo sin cos tan cot csc".split())
_SHORT_NOUNS = frozenset(
    "men cat dog cup box egg car bag hat toy pen pie boy kid bus ant bee row can jar job pig hen "
    "cow fox key map net nut way set day cats dogs pct sq cu st nd rd th".split()
)


class _Tail(msgspec.Struct, frozen=True):
    """What follows a number."""

    unit: Unit | None = None
    noun: str = ""
    percent: bool = False
    scale: int = 1


def read_quantity(tokens: list[Token], spaced: bool) -> Value:
    """One number or expression with its unit; two values where it holds plus-minus.

    Args:
        tokens: Those of one part, without relation signs or commas.
        spaced: Whether a single letter at the end stood apart from the number before it.

    Raises:
        Unreadable: When it is none.
    """
    sign: list[Token] = []
    money: Unit | None = None
    if (
        len(tokens) > 1
        and tokens[0] == ("s", "-")
        and tokens[1][0] == "c"
        and tokens[1][1] in _MONEY
    ):
        sign, tokens = tokens[:1], tokens[1:]
    if tokens and tokens[0][0] == "c" and tokens[0][1] in _MONEY:
        money, tokens = single(tokens[0][1]), tokens[1:]
    if len(tokens) > 1 and tokens[0][0] in "wt" and tokens[1][0] == "n":
        before = single(tokens[0][1]) if tokens[0][1].isupper() else None
        if before is not None and before.name in _MONEY_UNITS:
            money, tokens = before, tokens[1:]
    tokens, tail, loose = _cut_tail(sign + tokens, spaced)
    forms = read_form(tokens)
    if tail.percent or tail.scale != 1:
        factor = fm.number(Fraction(tail.scale, 100 if tail.percent else 1))
        forms = [fm.times(f, factor) for f in forms]
    step, figures, decimals = _precision(tokens, tail)
    percent = tail.percent or tokens[-1] in (("s", "%"), ("s", "\\%"))
    if money is not None and tail.unit is not None and tail.unit.dimensions != money.dimensions:
        raise Unreadable("two units")
    unit = tail.unit or money
    inexact = step is None and any(kind == "n" and "." in text for kind, text in tokens)
    values = [
        Quantity(f, step, figures, decimals, unit, tail.noun, percent, loose, inexact)
        for f in forms
    ]
    return values[0] if len(values) == 1 else Items("bare", tuple(values))


def _cut_tail(tokens: list[Token], spaced: bool) -> tuple[list[Token], _Tail, bool]:
    """The number's tokens, what follows them, and whether that is in doubt."""
    degrees = _degrees_at_end(tokens)
    if degrees:
        return tokens[:-degrees], _Tail(_DEGREES), False
    if len(tokens) > 3 and tokens[-1][1] in _TEMPERATURE and tokens[-1][0] in "wt":
        degrees = _degrees_at_end(tokens[:-1])
        if degrees:
            return tokens[: -degrees - 1], _Tail(single(_TEMPERATURE[tokens[-1][1]])), False
    start = _tail_start(tokens, spaced)
    if start is None:
        return tokens, _Tail(), False
    words = "".join(_spell(token) for token in tokens[start:]).strip()
    first = tokens[start][1]
    known = first.lower() in _SHORT_NOUNS or (len(first) > 1 and single(first) is not None)
    known = known or not first.isascii()
    lone = tokens[start][0] == "w" and len(first) < 4 and not known
    return tokens[:start], _read_tail(words), lone


def _degrees_at_end(tokens: list[Token]) -> int:
    for count, end in (
        (2, [("s", "^"), ("c", "circ")]),
        (4, [("s", "^"), ("s", "{"), ("c", "circ"), ("s", "}")]),
    ):
        if len(tokens) > count and tokens[-count:] == end:
            return count
    return 0


def _tail_start(tokens: list[Token], spaced: bool) -> int | None:
    depth = 0
    for k, (kind, value) in enumerate(tokens):
        if kind == "s" and value in ("(", "[", "{"):
            depth += 1
        elif kind == "s" and value in (")", "]", "}"):
            depth -= 1
        if depth or k == 0:
            continue
        if kind == "t" or (kind == "c" and value in _MONEY):
            return k
        before = tokens[k - 1]
        if (kind, value) == ("c", "Omega") and k == len(tokens) - 1:
            return k - 1 if before == ("w", "k") and k > 1 else k
        if (
            kind == "w"
            and (before[0] == "n" or before[1] in ("}", ")", "pi"))
            and _is_tail_word(value, spaced)
        ):
            return k
    return None


def _is_tail_word(value: str, spaced: bool) -> bool:
    if not value.isascii():
        return True
    if len(value) == 1:
        return spaced and single(value) is not None
    lower = value.lower()
    if lower in _MATH_WORDS:
        return False
    if single(value) is not None or lower in _PERCENT | _ORDINALS or lower in ("sq", "cu"):
        return True
    return len(value) > 3 or (len(value) == 3 and spaced and counts(lower))


def _spell(token: Token) -> str:
    kind, value = token
    if kind in ("w", "t"):
        return f" {value} "
    if kind == "c" and value in _MONEY:
        return f" {value} "
    if (kind, value) == ("c", "Omega"):
        return "ohm"
    if kind == "c" and value in ("cdot", "times"):
        return "*"
    if kind == "n" or value in ("^", "/", "-"):
        return value
    if value in ("{", "}", ".", "'"):
        return ""
    raise Unreadable("a number followed by something that is no unit")


def _read_tail(words: str) -> _Tail:
    parts = words.split()
    percent, scale = False, 1
    if parts and parts[0].lower() in SCALES:
        scale = SCALES[parts[0].lower()]
        parts = parts[1:]
    if parts and parts[0].lower() in _ORDINALS:
        parts = parts[1:]
    if parts and parts[0].lower() in _PERCENT:
        percent, parts = True, parts[1:]
    rest = " ".join(parts).replace(" ^", "^")
    unit = read_unit(rest) if rest else None
    if unit is not None or not rest:
        return _Tail(unit, "", percent, scale)
    lower = [p.lower().strip("().,") for p in parts]
    plain = all(p.replace("-", "").isalpha() for p in lower)
    if len(parts) > 6 or not plain or not follows(lower):
        raise Unreadable("a number followed by a text that is no unit")
    return _Tail(None, " ".join(lower), percent, scale)


def _precision(tokens: list[Token], tail: _Tail) -> tuple[int | None, int, int]:
    """Exponent of ten of the last digit, significant digits, decimals of a decimal literal."""
    body = tokens[1:] if tokens and tokens[0] in (("s", "-"), ("s", "+")) else tokens
    percent = tail.percent
    if body and body[-1] in (("s", "%"), ("s", "\\%")):
        body, percent = body[:-1], True
    if not body or body[0][0] != "n":
        return None, 0, 0
    power = _power_of_ten(body[1:])
    if power is None or ("." not in body[0][1] and len(body) == 1):
        return None, 0, 0
    whole, _, decimals = body[0][1].partition(".")
    if not decimals:
        return None, 0, 0
    figures = len((whole + decimals).lstrip("0"))
    shift = power - 2 * percent + len(str(tail.scale)) - 1
    return shift - len(decimals), figures, len(decimals)


def _power_of_ten(rest: list[Token]) -> int | None:
    """The exponent of `* 10^n` or `e n`; 0 for nothing; None for anything else."""
    if not rest:
        return 0
    if rest[0] == ("c", "sci"):
        digits = rest[1:]
    elif rest[0] in (("c", "times"), ("c", "cdot"), ("s", "*")) and rest[1:3] == [
        ("n", "10"),
        ("s", "^"),
    ]:
        digits = [t for t in rest[3:] if t[1] not in ("{", "}", "(", ")")]
    else:
        return None
    text = "".join(value for _, value in digits).removeprefix("+")
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 7 else None


def constant(form: Form) -> bool:
    """Whether a form holds no variable and no function."""
    return not any(":" in atom and not atom.startswith("ln:") for atom in form.atoms())
