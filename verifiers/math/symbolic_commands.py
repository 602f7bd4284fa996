"""LaTeX commands of formulas: constants, roots, fractions, functions."""

import sympy
from sympy import Expr, Integer, Symbol

from rewardkit.verifiers.math.symbolic_functions import FUNCTIONS, INVERSE, power, small
from rewardkit.verifiers.math.symbolic_letters import OPENERS, Reader, arguments, symbol
from rewardkit.verifiers.math.symbolic_names import FUNCTION_WORDS, GREEK
from rewardkit.verifiers.math.symbolic_tokens import Unreadable

ACCENTS = frozenset(
    "\\vec \\overline \\bar \\hat \\tilde \\overrightarrow \\widehat \\underline".split()
)
MANY_ARGUMENTS = frozenset({"max", "min", "gcd", "lcm"})


def command(reader: Reader, name: str) -> Expr:
    """What a command and its arguments stand for; `name` is without the backslash.

    Raises:
        Unreadable: When the command is not known.
    """
    if name == "pi":
        return sympy.pi
    if name == "infty":
        return sympy.oo
    if name == "frac":
        top = reader.argument()
        return top / reader.argument()
    if name == "sqrt":
        return _root(reader)
    if name == "binom":
        top = reader.argument()
        return sympy.binomial(small(top), small(reader.argument()))
    if name == "ldots":
        return Symbol("…")
    if "\\" + name in ACCENTS:
        return symbol(reader, name + "{" + str(reader.argument()) + "}")
    if name in FUNCTION_WORDS or name in ("arcsinh", "arccosh"):
        return _function(reader, name)
    if name in GREEK:
        if name == "Gamma" and reader.peek() == "(":
            reader.take()
            return sympy.gamma(small(reader.group(")")))
        return symbol(reader, name)
    raise Unreadable(f"unknown command \\{name}")


def _root(reader: Reader) -> Expr:
    degree: Expr = Integer(2)
    if reader.peek() == "[":
        reader.take()
        degree = reader.group("]")
    radicand = reader.argument()
    if degree.is_Integer and degree.is_odd and radicand.is_negative:
        return -power(-radicand, 1 / degree)
    return power(radicand, 1 / degree)


def _function(reader: Reader, name: str) -> Expr:
    base: Expr | None = None
    exponent: Expr | None = None
    while reader.peek() in ("_", "^"):
        if reader.take() == "_":
            base = reader.argument()
        else:
            exponent = reader.exponent()
    if exponent == -1 and name in INVERSE:
        name, exponent = INVERSE[name], None
    value = _applied(reader, name, base)
    return value if exponent is None else power(value, exponent)


def _applied(reader: Reader, name: str, base: Expr | None) -> Expr:
    if name in MANY_ARGUMENTS:
        closer = OPENERS.get(reader.take(), "")
        return FUNCTIONS[name](*arguments(reader, closer))
    argument = _function_argument(reader)
    if name == "log" and base is not None:
        return sympy.log(argument) / sympy.log(base)
    if base is not None:
        raise Unreadable(f"{name} with an index")
    if name == "exp":
        return power(sympy.E, argument)
    return FUNCTIONS[name](argument)


def _function_argument(reader: Reader) -> Expr:
    r"""`\sin(x)`, `\sin 2x`, `\sin\frac{x}{2}`: a bracket, or factors up to a sign."""
    if reader.peek() in ("+", "-"):
        return reader.signed_factor()
    bracket = reader.peek() in ("(", "[")
    value = reader.atom() if bracket else reader.factor()
    while not bracket and reader.starts_factor(reader.peek()):
        if reader.peek()[1:] in FUNCTION_WORDS or reader.peek() in ("(", "["):
            break
        value = value * reader.factor()
    return value
