"""Sums and products of matrices: the tokens of an expression of matrices to one matrix."""

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.form import Form
from rewardkit.verifiers.math.lexer import Token
from rewardkit.verifiers.math.relation import Reader
from rewardkit.verifiers.math.shapes import matrix, of_rows
from rewardkit.verifiers.math.structure import split
from rewardkit.verifiers.math.values import Grid, Items, Quantity, Value
from rewardkit.verifiers.math.work import Unreadable, spend

_Rows = list[list[Form]]
_TIMES = (("c", "cdot"), ("c", "times"))


def matrix_expression(found: list[Token], part: Reader) -> Value | None:
    """The sum or product of two matrices or more; None where there is only one.

    Raises:
        Unreadable: When their sizes do not fit, or a cell is no plain number.
    """
    if sum(kind == "m" for kind, _ in found) < 4:
        return None
    terms, signs = split(found, (("s", "+"), ("s", "-")))
    total: _Rows | None = None
    for k, term in enumerate(terms):
        rows = _product(term, part)
        if total is None:
            total = rows
            continue
        if len(rows) != len(total) or len(rows[0]) != len(total[0]):
            raise Unreadable("a sum of matrices of different sizes")
        minus = signs[k - 1][1] == "-"
        total = [
            [fm.add(x, fm.negative(y) if minus else y) for x, y in zip(a, b, strict=True)]
            for a, b in zip(total, rows, strict=True)
        ]
    return of_rows([[Quantity(f) for f in row] for row in total or []])


def _product(term: list[Token], part: Reader) -> _Rows:
    total: _Rows | None = None
    start: int | None = None
    for k, token in enumerate(term):
        if token[0] != "m":
            if start is None and token not in _TIMES:
                raise Unreadable("something else than a matrix in a product of matrices")
            continue
        if start is None:
            start = k
            continue
        rows = _rows(matrix(term[start : k + 1], part))
        total, start = (rows if total is None else _times(total, rows)), None
    if total is None:
        raise Unreadable("a sum of matrices and something else")
    return total


def _times(a: _Rows, b: _Rows) -> _Rows:
    if len(a[0]) != len(b) or len(a) * len(b) * len(b[0]) > 500:
        raise Unreadable("a product of matrices that do not fit, or are large")
    spend(len(a) * len(b) * len(b[0]))
    found: _Rows = []
    for row in a:
        cells: list[Form] = []
        for k in range(len(b[0])):
            cell = fm.number(0)
            for x, other in zip(row, b, strict=True):
                cell = fm.add(cell, fm.times(x, other[k]))
            cells.append(cell)
        found.append(cells)
    return found


def _rows(value: Value) -> _Rows:
    if isinstance(value, Items):
        rows = [[x] for x in value.items] if value.kind == "vector" else [list(value.items)]
    else:
        rows = [list(row) for row in value.rows] if isinstance(value, Grid) else []
    forms = [[x.form for x in row if isinstance(x, Quantity) and x.unit is None] for row in rows]
    if not rows or any(len(f) != len(row) for f, row in zip(forms, rows, strict=True)):
        raise Unreadable("a matrix of something else than numbers")
    return forms
