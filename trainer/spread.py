"""Who still differs: shares of groups that are all right, all wrong, or mixed.

By max - min and not by the standard deviation: in float32 the latter of equal rewards is not 0.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

SAME = 1e-9
"""Rewards of a group that differ by no more are alike."""

Row: TypeAlias = tuple[str, bool, dict[str, float | None]]
"""Group, whether the reply was cut off, and values by part with `total` among them."""


def spread_figures(rows: Sequence[Row]) -> dict[str, float]:
    """Figures of a step.

    Args:
        rows: All rollouts of the step, of all ranks.

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
        groups = _groups(name, rows).values()
        mixed = [differs(group) for group in groups]
        alike = [group for group in groups if len(group) > 1 and not differs(group)]
        right = sum(min(group) >= 1.0 - SAME for group in alike)
        figures[f"groups/{name}/mixed"] = sum(mixed) / len(groups)
        figures[f"groups/{name}/all_right"] = right / len(groups)
        figures[f"groups/{name}/all_wrong"] = (len(alike) - right) / len(groups)
    teaching = spreads("total", rows)
    figures["effective"] = sum(teaching[group] for group, _, _ in rows) / len(rows)
    figures["unjudged"] = sum(parts["total"] is None for _, _, parts in rows) / len(rows)
    figures["truncated"] = sum(cut for _, cut, _ in rows) / len(rows)
    return figures


def spreads(name: str, rows: Sequence[Row]) -> dict[str, bool]:
    """Whether the judged values of a part differ within each group."""
    return {group: differs(values) for group, values in _groups(name, rows).items()}


def differs(values: Sequence[float]) -> bool:
    """Whether values of a group are not all alike."""
    return len(values) > 1 and max(values) - min(values) > SAME


def _groups(name: str, rows: Sequence[Row]) -> dict[str, list[float]]:
    groups: dict[str, list[float]] = defaultdict(list)
    for group, _, parts in rows:
        value = parts.get(name)
        groups[group] += [] if value is None else [value]
    return groups
