"""Pairs of rows of two files, matched by id.

Where ids repeat, the k-th row of an id in one file belongs to the k-th in the other. Both files are
read side by side, so that files in the same order need no memory for it.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import zip_longest

import msgspec

from rewardkit.scored import ScoredRow

MAX_NAMES = 10
"""Ids that are given of rows without a partner."""

Numbered = tuple[int, ScoredRow]
"""A row and its number in its file, from 1."""


class Unmatched(msgspec.Struct, frozen=True):
    """Rows that the other file has no partner for: how many, and the first ids."""

    rows: int
    ids: list[str]


class Matcher:
    """Pairs the rows of two files; rows wait here until their partner comes."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.waiting_a: dict[str, deque[Numbered]] = {}
        self.waiting_b: dict[str, deque[Numbered]] = {}

    def pairs(
        self, a: Iterable[ScoredRow], b: Iterable[ScoredRow]
    ) -> Iterator[tuple[int, ScoredRow, ScoredRow]]:
        """Give each pair with its row number in A, as soon as both rows are there."""
        for number, (row_a, row_b) in enumerate(zip_longest(a, b), start=1):
            if row_a is not None:
                found = take(self.waiting_b, row_a.id)
                if found is None:
                    self.waiting_a.setdefault(row_a.id, deque()).append((number, row_a))
                else:
                    yield number, row_a, found[1]
            if row_b is not None:
                found = take(self.waiting_a, row_b.id)
                if found is None:
                    self.waiting_b.setdefault(row_b.id, deque()).append((number, row_b))
                else:
                    yield found[0], found[1], row_b


def take(waiting: dict[str, deque[Numbered]], row_id: str) -> Numbered | None:
    """Take the row out that has waited longest under an id."""
    rows = waiting.get(row_id)
    if rows is None:
        return None
    first = rows.popleft()
    if not rows:
        del waiting[row_id]
    return first


def unmatched(waiting: dict[str, deque[Numbered]]) -> Unmatched:
    """Count the rows that are left over, and name the first."""
    left = sorted((number, name) for name, rows in waiting.items() for number, _ in rows)
    return Unmatched(len(left), [name for _, name in left[:MAX_NAMES]])
