"""Matrices, ratios and degrees with minutes."""

from fractions import Fraction

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.lexer import Token
from rewardkit.verifiers.math.quantity import constant, read_quantity
from rewardkit.verifiers.math.relation import Reader
from rewardkit.verifiers.math.structure import split
from rewardkit.verifiers.math.values import Grid, Items, Quantity, Ratio, Value
from rewardkit.verifiers.math.work import Unreadable


def matrix(found: list[Token], part: Reader) -> Value:
    """A matrix; one of a single column or row is a vector.

    Raises:
        Unreadable: When its rows differ in length or it is another environment.
    """
    if found[-1][0] != "m" or found[0][1].rstrip("*") not in (
        "pmatrix",
        "bmatrix",
        "matrix",
        "Bmatrix",
        "array",
    ):
        raise Unreadable("an environment that is no matrix")
    rows, _ = split(found[1:-1], (("s", "\\\\"),))
    grid: list[list[Value]] = [
        [part(cell) for cell in split(row, (("s", "&"),))[0]] for row in rows if row
    ]
    return of_rows(grid)


def of_rows(grid: list[list[Value]]) -> Value:
    """Rows of cells as a matrix, or as a vector where there is one row or column.

    Raises:
        Unreadable: When there are none, or they differ in length.
    """
    if not grid or len({len(row) for row in grid}) != 1:
        raise Unreadable("a matrix with rows of different lengths")
    if len(grid[0]) == 1:
        return Items("vector", tuple(row[0] for row in grid))
    if len(grid) == 1:
        return Items("row", tuple(grid[0]))
    return Grid(tuple(tuple(row) for row in grid))


def ratio(found: list[Token]) -> Value:
    """Numbers with colons between them.

    Raises:
        Unreadable: When they are not two to six numbers.
    """
    pieces, _ = split(found, (("s", ":"),))
    values = [read_quantity(p, False) for p in pieces]
    forms = tuple(
        v.form for v in values if isinstance(v, Quantity) and v.unit is None and not v.noun
    )
    if len(forms) != len(pieces) or not 2 <= len(forms) <= 6 or not all(constant(f) for f in forms):
        raise Unreadable("a ratio of something else than numbers")
    texts = ["".join(value for _, value in p) for p in pieces]
    clock = (
        len(texts[1]) == 2
        and all(t.isdecimal() for t in texts)
        and int(texts[1]) < 60
        and int(texts[0]) < 24
    )
    if not clock and not all(f.num for f in forms):
        raise Unreadable("a ratio with a part of nothing")
    return Ratio(forms, clock)


def arc(found: list[Token]) -> Value | None:
    """Degrees with minutes and seconds of arc, such as 60° 42'."""
    shape = "".join(
        "n" if kind == "n" else value if kind == "s" else f"<{value}>" for kind, value in found
    )
    if shape.replace("{<circ>}", "<circ>") not in ("n^<circ>n'", "n^<circ>n'n\"", "n^<circ>n'n''"):
        return None
    numbers = [Fraction(value) for kind, value in found if kind == "n"]
    total = sum((value / 60**k for k, value in enumerate(numbers)), Fraction(0))
    degrees = read_quantity([("n", "1"), ("s", "^"), ("c", "circ")], False)
    return Quantity(fm.number(total), unit=degrees.unit if isinstance(degrees, Quantity) else None)
