"""Who still differs: shares of a training step's groups that are all right, all wrong, or mixed.

By max - min and not by the standard deviation: in float32 the latter of equal rewards is not 0.
"""

from collections.abc import Sequence
from typing import TypeAlias

from rewardkit.analysis.groups import GroupCounts, GroupNumbers

DECIMALS = 9
"""Rewards of a group that differ in later ones only are alike."""

Row: TypeAlias = tuple[str, bool, dict[str, float | None]]
"""Group, whether the reply was cut off, and values by part with `total` among them."""


def spread_figures(rows: Sequence[Row]) -> dict[str, float]:
    """Figures of a step.

    Args:
        rows: All rollouts of the step, of all ranks; at least one.

    Returns:
        By part `parts/<part>/mean`, and as shares of the groups `groups/<part>/mixed`,
        `.../all_right` (alike, at 1 or more) and `.../all_wrong` (alike, below); over all
        `unjudged`, `truncated` and `effective`, the share of rollouts in groups that differ in
        total. Groups with fewer than two judged rollouts are in none of the three shares.

    >>> rows = [("a", False, {"total": 1.0}), ("a", False, {"total": 0.0})]
    >>> figures = spread_figures(rows)
    >>> figures["groups/total/mixed"], figures["effective"]
    (1.0, 1.0)
    """
    figures: dict[str, float] = {}
    for name in sorted({name for _, _, parts in rows for name in parts}):
        values = [value for _, _, parts in rows if (value := parts.get(name)) is not None]
        if values:
            figures[f"parts/{name}/mean"] = sum(values) / len(values)
        numbers, counts = _count(name, rows)
        found = counts.variance(lowest=0.0)
        wrong = found.all_wrong + found.all_equal  # alike, and not right
        mixed = found.groups - found.all_right - wrong
        for what, groups in (
            ("mixed", mixed),
            ("all_right", found.all_right),
            ("all_wrong", wrong),
        ):
            figures[f"groups/{name}/{what}"] = groups / len(numbers)
    teaching = spreads("total", rows)
    figures["effective"] = sum(teaching[group] for group, _, _ in rows) / len(rows)
    figures["unjudged"] = sum(parts["total"] is None for _, _, parts in rows) / len(rows)
    figures["truncated"] = sum(cut for _, cut, _ in rows) / len(rows)
    return figures


def spreads(name: str, rows: Sequence[Row]) -> dict[str, bool]:
    """Whether the judged values of a part differ within each group."""
    numbers, counts = _count(name, rows)
    return {group: counts.is_mixed(number) for group, number in numbers.numbers.items()}


def _count(name: str, rows: Sequence[Row]) -> tuple[GroupNumbers, GroupCounts]:
    """The counts of a part, without what floating point makes of equal sums."""
    numbers, counts = GroupNumbers(), GroupCounts(correct_at=1.0)
    for group, _, parts in rows:
        value = parts.get(name)
        counts.add(numbers.number(group), None if value is None else round(value, DECIMALS))
    return numbers, counts
