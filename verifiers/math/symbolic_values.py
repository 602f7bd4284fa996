"""What an answer can be, for the symbolic tier: values with sympy expressions."""

from typing import Literal, TypeAlias

import msgspec
from sympy import Expr


class Term(msgspec.Struct, frozen=True):
    """A number or formula.

    Attributes:
        expr: Its value; degrees as radians, percent as a share.
        decimals: Digits behind the mark where it is a plain decimal, else None.
        digits: Significant digits of a plain decimal, else 0.
        unit: Words behind it, empty when none.
        degrees: Whether it was written in degrees.
        percent: Whether it was written with a percent sign.
    """

    expr: Expr
    decimals: int | None = None
    digits: int = 0
    unit: str = ""
    degrees: bool = False
    percent: bool = False


class Named(msgspec.Struct, frozen=True):
    """`x = 5`, `Maximum = 2`, or `f(x) = 2x`, whose `variables` are renamed by place in `value`."""

    name: str
    value: "Value"
    function: bool = False
    variables: tuple[str, ...] = ()


class Equation(msgspec.Struct, frozen=True):
    """`left = right` that defines nothing by itself; `expr` is left - right."""

    expr: Expr


class Falsehood(msgspec.Struct, frozen=True):
    """A chain of constants that are not equal, such as `5 = 7`: no value at all."""


class Order(msgspec.Struct, frozen=True):
    """A chain `parts[i] ops[i] parts[i+1]` of inequalities that is no region of one variable."""

    parts: tuple[Expr, ...]
    ops: tuple[str, ...]


class Span(msgspec.Struct, frozen=True):
    """An interval."""

    low: Expr
    high: Expr
    low_open: bool
    high_open: bool


class Region(msgspec.Struct, frozen=True):
    """A union of intervals; `variable` is empty where none was named."""

    variable: str
    spans: tuple[Span, ...]


class Row(msgspec.Struct, frozen=True):
    """A tuple or list in brackets, in order."""

    items: tuple["Value", ...]
    bracket: Literal["(", "["] = "("


class Grid(msgspec.Struct, frozen=True):
    """A matrix."""

    rows: tuple[tuple[Expr, ...], ...]


class Bag(msgspec.Struct, frozen=True):
    """Several answers: a set in braces, or a bare list whose order is open.

    Attributes:
        items: What is in it.
        braced: Whether it stood in braces.
        joiner: `and` when the items were joined by that word, else `or`.
        dots: Whether an ellipsis stands in it; then order counts.
    """

    items: tuple["Value", ...]
    braced: bool = False
    joiner: Literal["and", "or", ","] = ","
    dots: bool = False


class Guarded(msgspec.Struct, frozen=True):
    """A value under a condition that we don't reason about (`for all x > 0`)."""

    value: "Value"
    condition: tuple[str, ...]


class Family(msgspec.Struct, frozen=True):
    """A value for each whole number that the declared parameters may be."""

    value: "Value"
    parameters: frozenset[str]


class Prose(msgspec.Struct, frozen=True):
    """Words."""

    words: tuple[str, ...]


Value: TypeAlias = (
    Term
    | Named
    | Equation
    | Falsehood
    | Order
    | Region
    | Row
    | Grid
    | Bag
    | Guarded
    | Family
    | Prose
)
