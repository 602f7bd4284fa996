"""The figures of `rewardkit compare`: two scored files, row by row."""

import heapq
from collections.abc import Iterable

import msgspec

from rewardkit.analysis.matching import Matcher, Unmatched, unmatched
from rewardkit.analysis.paired import Change, Paired, PartComparison, change
from rewardkit.scored import PartScore, ScoredRow


class ChangedPart(msgspec.Struct, frozen=True):
    """One part of a row before and after; None where the row has no such part."""

    part: str
    a: PartScore | None
    b: PartScore | None


class ChangedRow(msgspec.Struct, frozen=True):
    """A row whose reward or parts differ.

    Attributes:
        row: Its number in A, from 1.
        change: What became of the reward.
        parts: The parts whose values differ.
    """

    row: int
    id: str
    group: str
    change: Change
    reward_a: float | None
    reward_b: float | None
    parts: list[ChangedPart]


class ComparisonReport(msgspec.Struct, frozen=True):
    """What changed from A to B.

    Attributes:
        matched: Rows of both files.
        changed: Matched rows whose reward or parts differ.
        other_group: Matched rows whose groups differ: they may not be the same rollouts.
        only_a: Rows of A alone.
        only_b: Rows of B alone.
        same_reward: Whether both were scored with the same reward; None where that isn't known.
        reward: What became of the total.
        parts: What became of the parts that both files have.
        parts_only_a: Parts of A alone.
        parts_only_b: Parts of B alone.
        rows: The first changed rows in the order of A.
    """

    matched: int
    changed: int
    other_group: int
    only_a: Unmatched
    only_b: Unmatched
    same_reward: bool | None
    reward: PartComparison
    parts: dict[str, PartComparison]
    parts_only_a: list[str]
    parts_only_b: list[str]
    rows: list[ChangedRow]

    @property
    def different(self) -> bool:
        """Whether anything differs."""
        return bool(self.changed or self.only_a.rows or self.only_b.rows)


class FirstRows:
    """Keeps the changed rows with the lowest numbers, however they come."""

    def __init__(self, limit: int) -> None:
        """Begin with nothing; `limit` is how many to keep."""
        self._limit = limit
        self._heap: list[tuple[int, ChangedRow]] = []

    def add(self, row: ChangedRow) -> None:
        """Offer one row."""
        heapq.heappush(self._heap, (-row.row, row))
        if len(self._heap) > self._limit:
            heapq.heappop(self._heap)

    def rows(self) -> list[ChangedRow]:
        """The rows kept, in their order."""
        return [row for _, row in sorted(self._heap, key=lambda item: -item[0])]


def changed_parts(a: ScoredRow, b: ScoredRow, tolerance: float) -> list[ChangedPart]:
    """The parts whose values differ, in the order of A, then those of B alone."""
    names = dict.fromkeys((*a.scores, *b.scores))
    found = []
    for name in names:
        old, new = a.scores.get(name), b.scores.get(name)
        if old is None or new is None or differs(old.value, new.value, tolerance):
            found.append(ChangedPart(name, old, new))
    return found


def differs(a: float | None, b: float | None, tolerance: float) -> bool:
    """Whether a value changed, also from or to 'not judged'."""
    return change(a, b, tolerance) not in ("equal", "unjudged")


def compare_rows(
    a: Iterable[ScoredRow],
    b: Iterable[ScoredRow],
    *,
    limit: int = 10,
    tolerance: float = 0.0,
    same_reward: bool | None = None,
) -> ComparisonReport:
    """Compare two files' rows.

    Args:
        a: Rows before.
        b: Rows after.
        limit: How many changed rows to give.
        tolerance: Values that differ by no more are equal.
        same_reward: Handed through into the report.
    """
    matcher, paired, first = Matcher(), Paired(tolerance), FirstRows(limit)
    matched = changed = other_group = 0
    for number, row_a, row_b in matcher.pairs(a, b):
        matched += 1
        other_group += row_a.group != row_b.group
        paired.add(row_a, row_b)
        parts = [] if row_a.scores == row_b.scores else changed_parts(row_a, row_b, tolerance)
        kind = change(row_a.reward, row_b.reward, tolerance)
        if parts or row_a.status != row_b.status or kind not in ("equal", "unjudged"):
            changed += 1
            rewards = (row_a.reward, row_b.reward)
            first.add(ChangedRow(number, row_a.id, row_a.group, kind, *rewards, parts))
    names_a, names_b = paired.names_a, paired.names_b
    for waiting, names in ((matcher.waiting_a, names_a), (matcher.waiting_b, names_b)):
        for rows in waiting.values():
            for _, row in rows:
                names.update(dict.fromkeys(row.scores))
    return ComparisonReport(
        matched=matched,
        changed=changed,
        other_group=other_group,
        only_a=unmatched(matcher.waiting_a),
        only_b=unmatched(matcher.waiting_b),
        same_reward=same_reward,
        reward=paired.reward.report(),
        parts={name: pairs.report() for name, pairs in paired.parts.items()},
        parts_only_a=[name for name in names_a if name not in names_b],
        parts_only_b=[name for name in names_b if name not in names_a],
        rows=first.rows(),
    )
