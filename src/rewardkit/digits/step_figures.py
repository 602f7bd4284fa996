"""Figures of a run's GRPO steps, one stage after the other on one axis."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.trainer.recipe import Grpo, Recipe


class Curve(NamedTuple):
    """A figure over steps; both have the same length.

    Attributes:
        steps: Counted over all stages, rising.
        values: The figure at each.
    """

    steps: list[int]
    values: list[float]


class Stretch(NamedTuple):
    """One stage's part of the axis.

    Attributes:
        stage: Its name.
        first: Steps of the stages before.
        last: Steps of the stages before and its own.
        rows: What was logged, in order.
    """

    stage: str
    first: int
    last: int
    rows: Sequence[dict[str, float | str]]

    def curve(self, figure: str) -> Curve:
        """A figure where it was logged; empty where it never was."""
        steps, values = [], []
        for row in self.rows:
            value = row.get(figure)
            if isinstance(value, int | float):
                steps.append(self.first + int(row["step"]))
                values.append(float(value))
        return Curve(steps, values)

    def parts(self, prefix: str, suffix: str) -> list[str]:
        """The reward's parts that have a figure, `total` first; parts of parts are left out."""
        names = dict.fromkeys(name for row in self.rows for name in row)
        found = [
            name[len(prefix) : len(name) - len(suffix)]
            for name in names
            if name.startswith(prefix) and name.endswith(suffix) and "." not in name
        ]
        return sorted(found, key=lambda part: part != "total")


def read_stretches(recipe: Recipe) -> list[Stretch]:
    """The GRPO stages of a run in their order.

    Raises:
        ConfigError: When the run's file of figures is missing or damaged.
    """
    path = Path(recipe.output) / "metrics.jsonl"
    decoder = msgspec.json.Decoder(dict[str, float | str])
    try:
        rows = decoder.decode_lines(path.read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: expected the figures of a run: {error}") from error
    found: list[Stretch] = []
    first = 0
    for name, stage in recipe.stages.items():
        if isinstance(stage, Grpo):
            own = [row for row in rows if row.get("stage") == name]
            last = first + max((int(row["step"]) for row in own), default=0)
            found.append(Stretch(name, first, last, own))
            first = last
    return found


def smoothed(values: Sequence[float], window: int) -> list[float]:
    """A mean over the values around each, fewer at the ends.

    Args:
        values: Any.
        window: How many, odd.

    >>> smoothed([0.0, 3.0, 0.0, 3.0], 3)
    [1.5, 1.0, 2.0, 1.5]
    """
    reach = window // 2
    around = [values[max(0, i - reach) : i + reach + 1] for i in range(len(values))]
    return [sum(part) / len(part) for part in around]
