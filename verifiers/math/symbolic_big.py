"""Sums, products, integrals and limits, read by latex2sympy2-extended."""

from collections.abc import Sequence

import sympy
from latex2sympy2_extended import latex2sympy
from latex2sympy2_extended.latex2sympy2 import ConversionConfig
from sympy import Expr, Symbol

from rewardkit.verifiers.math.symbolic_tokens import Unreadable

_CONFIG = ConversionConfig(
    interpret_as_mixed_fractions=False, interpret_contains_as_eq=False, lowercase_symbols=False
)


def big_expression(tokens: Sequence[str]) -> Expr:
    """Read an expression with a sum, product, integral or limit in it.

    Raises:
        Unreadable: When latex2sympy2 can't read it or reads something else than an expression.
    """
    if any(token[0] == '"' or token == "\\ldots" for token in tokens):
        raise Unreadable("prose inside of a formula")
    text = " ".join("\\cdot" if token == "*" else token for token in _braced(tokens))
    try:
        value = latex2sympy(text, normalization_config=None, conversion_config=_CONFIG)
    except Exception as error:  # its listener raises bare Exception for each syntax error
        raise Unreadable(f"latex2sympy2: {str(error).splitlines()[0][:80]}") from error
    if not isinstance(value, Expr):
        raise Unreadable("not an expression")
    return value.xreplace({Symbol("i"): sympy.I}) if not _bound(value, "i") else value


def _bound(value: Expr, name: str) -> bool:
    """Whether a name is the running index of some sum or integral."""
    big = value.atoms(sympy.Sum, sympy.Product, sympy.Integral, sympy.Limit)
    return any(symbol.name == name for node in big for symbol in _indices(node))


def _indices(node: sympy.Basic) -> list[Symbol]:
    if isinstance(node, sympy.Limit):
        return [node.args[1]] if isinstance(node.args[1], Symbol) else []
    return [limit[0] for limit in getattr(node, "limits", ())]


def _braced(tokens: Sequence[str]) -> list[str]:
    r"""`\frac1k` and `\sqrt2` with their braces, which latex2sympy2 wants."""
    out: list[str] = []
    wanted = 0
    rest = list(reversed(tokens))
    while rest:
        token = rest.pop()
        if wanted and token not in ("{", "["):
            if token.isdigit() and len(token) > 1:
                rest.append(token[1:])
            out += ["{", token[0] if token.isdigit() else token, "}"]
            wanted -= 1
            continue
        if wanted and token == "{":
            wanted -= 1
            depth = 1
            out.append(token)
            group: list[str] = []
            while rest and depth:
                inner = rest.pop()
                depth += (inner == "{") - (inner == "}")
                group.append(inner)
            out += [*_braced(group[:-1]), *group[-1:]]
            continue
        wanted = {"\\frac": 2, "\\sqrt": 1, "\\binom": 2}.get(token, 0 if token != "[" else wanted)
        out.append(token)
    return out
