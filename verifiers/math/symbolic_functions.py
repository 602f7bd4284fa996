"""Functions that the reader knows, and arithmetic that refuses to fill the memory."""

from collections.abc import Callable

import sympy
from sympy import Expr, Rational

from rewardkit.verifiers.math.symbolic_tokens import TooHard

MAX_POWER_BITS = 40_000
MAX_FACTORIAL = 3_000
MAX_DIGITS = 2_000

FUNCTIONS: dict[str, Callable[..., Expr]] = {
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "cot": sympy.cot, "sec": sympy.sec,
    "csc": sympy.csc, "arcsin": sympy.asin, "arccos": sympy.acos, "arctan": sympy.atan,
    "asin": sympy.asin, "acos": sympy.acos, "atan": sympy.atan, "acot": sympy.acot,
    "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh, "arcsinh": sympy.asinh,
    "arccosh": sympy.acosh, "arctanh": sympy.atanh, "asinh": sympy.asinh, "acosh": sympy.acosh,
    "atanh": sympy.atanh, "ln": sympy.log, "abs": sympy.Abs, "max": sympy.Max, "min": sympy.Min,
    "exp": sympy.exp, "sqrt": sympy.sqrt, "cbrt": sympy.cbrt, "floor": sympy.floor,
    "ceil": sympy.ceiling, "gcd": sympy.gcd, "lcm": sympy.lcm,
    "lg": lambda x: sympy.log(x) / sympy.log(10), "log": lambda x: sympy.log(x) / sympy.log(10),
}  # fmt: skip
INVERSE = {
    "sin": "arcsin",
    "cos": "arccos",
    "tan": "arctan",
    "cot": "acot",
    "sinh": "asinh",
    "cosh": "acosh",
    "tanh": "atanh",
}


def power(base: Expr, exponent: Expr) -> Expr:
    """Raise to a power, refusing numbers that would fill the memory.

    Raises:
        TooHard: When the result has more than `MAX_POWER_BITS` bits.
    """
    if exponent.is_Rational and base.is_Rational:
        size = max(int(base.p).bit_length(), int(base.q).bit_length())
        if size > 1 and abs(exponent) * size > MAX_POWER_BITS:
            raise TooHard("a power that is too large")
    return sympy.Pow(base, exponent)


def factorial(value: Expr) -> Expr:
    """Factorial, refusing numbers that would fill the memory."""
    return sympy.factorial(small(value))


def small(value: Expr) -> Expr:
    """The argument of a factorial-like function, when it is small enough.

    Raises:
        TooHard: When it is a whole number above `MAX_FACTORIAL`.
    """
    if value.is_Integer and int(value) > MAX_FACTORIAL:
        raise TooHard("a factorial that is too large")
    return value


def number(token: str) -> Expr:
    """A decimal or whole number, exactly."""
    if len(token) > MAX_DIGITS:
        raise TooHard(f"a number of more than {MAX_DIGITS} digits")
    return Rational(token)
