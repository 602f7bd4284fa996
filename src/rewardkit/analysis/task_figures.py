"""Means of scored replies by task and part, by name, so that a lost skill is seen."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from rewardkit.analysis.by_task import ALL, TaskRow, figures_by_task
from rewardkit.analysis.parts import REWARD
from rewardkit.scored import read_scored


def mean_by_task(name: str, scored: Sequence[Path]) -> dict[str, float]:
    """Means over judged replies by task and part, with `all` over the tasks.

    Args:
        name: Begins the name of each figure.
        scored: Files of `rewardkit score --keep`, with at least one row among them.

    Returns:
        `<name>/<task>/<part>` with `reward` for the total, `<name>/rows`, `<name>/tokens`,
        `<name>/truncated` and `<name>/unjudged`.

    Raises:
        ConfigError: For a line that is not a scored one.
    """
    rows = list(read_scored(scored, TaskRow))
    means: dict[str, float] = {}
    for part in (REWARD, *sorted({part for row in rows for part in row.scores})):
        found = figures_by_task(rows, part)
        for one in (*found, msgspec.structs.replace(found[-1], task=ALL)):
            if one.mean is not None:
                means[f"{name}/{one.task}/{part}"] = one.mean
    whole = figures_by_task(rows)[-1]
    return means | {
        f"{name}/rows": float(len(rows)),
        f"{name}/tokens": whole.tokens or 0.0,
        f"{name}/truncated": whole.truncated,
        f"{name}/unjudged": whole.unjudged / len(rows),
    }
