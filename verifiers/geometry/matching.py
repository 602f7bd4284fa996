"""The best one-to-one pairing of what an answer locates with what the reference does."""

from collections.abc import Sequence


def best_pairs(values: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pair rows with columns, each at most once, so that the sum of their values is greatest.

    Args:
        values: What each pair is worth, finite: a row for each object of the answer, a column for
            each of the reference.

    Returns:
        (row, column) of as many pairs as the shorter side has, by row; of equally good pairings
        always the same one.

    Source: the Hungarian method, by scipy's `linear_sum_assignment`.

    >>> best_pairs([[0.9, 0.8], [0.7, 0.1]])  # the best pair alone would leave 0.1
    [(0, 1), (1, 0)]
    """
    if not values or not values[0]:
        return []
    if len(values) == 1:
        row = values[0]
        return [(0, row.index(max(row)))]
    if len(values[0]) == 1:
        column = [row[0] for row in values]
        return [(column.index(max(column)), 0)]
    # Here, since most answers are one box, and the import takes longer than all else.
    from scipy.optimize import (  # type: ignore[import-untyped]  # scipy ships no types
        linear_sum_assignment,
    )

    rows, columns = linear_sum_assignment(values, maximize=True)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True)]
