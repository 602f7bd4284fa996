"""Tokens to one formula with its unit, or to a matrix of formulas."""

from collections.abc import Sequence

import sympy

from rewardkit.verifiers.math.prose import follows
from rewardkit.verifiers.math.symbolic_parse import expression
from rewardkit.verifiers.math.symbolic_qualifiers import split
from rewardkit.verifiers.math.symbolic_tokens import Unreadable
from rewardkit.verifiers.math.symbolic_values import Grid, Term
from rewardkit.verifiers.math.units import read_unit

UNDIGITAL = frozenset({"-", "+", "%", "^", "{", "}", "\\circ", "\\deg", "\\approx"})
"""What may stand beside the digits of a plain decimal."""

ORDINALS = (["th"], ["st"], ["nd"], ["rd"])
DOLLARS = frozenset({"$", "dollars", "dollar", "usd"})
MAX_DETERMINANT = 4
"""Rows of a determinant that is worked out."""
MATRICES = frozenset({'"pmatrix', '"bmatrix', '"matrix', '"array', '"smallmatrix'})


def read_term(tokens: list[str]) -> Term:
    """A formula with what may stand behind it: a unit, a degree sign, an ordinal's ending."""
    money = tokens[:1] == ['"$']
    if money:
        tokens = tokens[1:]
    end = len(tokens)
    if tokens[-4:-1] in (
        ["^", "{", '"th'],
        ["^", "{", '"st'],
        ["^", "{", '"nd'],
        ["^", "{", '"rd'],
    ):
        end -= 4
    tail_power = 0
    if end > 3 and tokens[end - 2] == "^" and tokens[end - 3][0] == '"':
        tail_power = 2
    last = end - tail_power
    while last > 0 and tokens[last - 1][0] == '"':
        last -= 1
    if last == end - tail_power:
        last = end
    words = [token.lstrip('"') for token in tokens[last:end]]
    if not _names_what_is_counted([word for word in words if word.isalpha()]):
        raise Unreadable(f"{' '.join(words)[:40]!r} behind a formula is no unit")
    unit = " ".join(words)
    unit = "$" if money or unit in DOLLARS else unit
    body = tokens[:last]
    expr = expression(body)
    decimals, digits = _decimal(body)
    degrees = "\\circ" in body or "\\deg" in body
    return Term(expr, decimals, digits, unit, degrees, "%" in body)


def _names_what_is_counted(words: list[str]) -> bool:
    words = words[1:] if words[:1] in ORDINALS else words
    return follows(words) or read_unit(" ".join(words)) is not None


def _decimal(tokens: Sequence[str]) -> tuple[int | None, int]:
    plain = [token for token in tokens if token not in UNDIGITAL]
    if len(plain) != 1 or "." not in plain[0] or not plain[0][0].isdigit():
        return None, 0
    whole, _, fraction = plain[0].partition(".")
    return len(fraction), len((whole + fraction).lstrip("0"))


def read_matrix(tokens: list[str]) -> Grid:
    r"""`\begin{pmatrix} a & b \\ c & d \end{pmatrix}`, from its first token to its last.

    Raises:
        Unreadable: When something stands beside it or its rows differ in length.
    """
    try:
        end = tokens.index("\\end")
    except ValueError:
        raise Unreadable("a matrix without its end") from None
    if tokens[end + 1 : end + 2] != ["{"] or len(tokens) != end + 4:
        raise Unreadable("something beside a matrix")
    start = 4
    if tokens[2] == '"array' and tokens[4:5] == ["{"]:
        start = tokens.index("}", 4) + 1
    lines, _ = split(tokens[start:end], frozenset({"\\\\"}))
    rows = tuple(
        tuple(expression(cell) for cell in split(line, frozenset({"&"}))[0])
        for line in lines
        if line
    )
    if not rows or len({len(row) for row in rows}) != 1:
        raise Unreadable("rows of different lengths")
    return Grid(rows)


def read_determinant(tokens: list[str]) -> Term:
    r"""The value of `\begin{vmatrix} a & b \\ c & d \end{vmatrix}`, at most 4 by 4.

    Raises:
        Unreadable: When it is no square, or larger.
    """
    rows = read_matrix(tokens).rows
    if len(rows) != len(rows[0]) or len(rows) > MAX_DETERMINANT:
        raise Unreadable("a determinant that is no square, or a large one")
    return Term(sympy.Matrix(rows).det(method="berkowitz"))
