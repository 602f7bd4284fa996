"""A random sample of the rollouts of files, in bounded memory."""

import random
from collections.abc import Sequence

import msgspec

from rewardkit.decoding import Violation, decode_rollout
from rewardkit.errors import RolloutError
from rewardkit.formats import Places
from rewardkit.reading import iter_lines
from rewardkit.types import Rollout


class Draw(msgspec.Struct, frozen=True):
    """What was drawn.

    Attributes:
        rollouts: With the file that each came from, in the order of the files.
        total: Rollouts that there are.
        rejected: Lines that are no rollouts.
        first_rejected: The first of them with its place; empty where there is none.
    """

    rollouts: list[tuple[str, Rollout]]
    total: int
    rejected: int
    first_rejected: str


def draw_rollouts(paths: Sequence[str], places: Places, limit: int, seed: int) -> Draw:
    """Draw rollouts, each with the same chance; all where there are no more than asked for.

    Args:
        paths: Inputs; `-` is standard input.
        places: Renamings, see [`read_renamings`][rewardkit.formats.read_renamings].
        limit: Rollouts to draw, at least 1.
        seed: Of the draw.

    Raises:
        ConfigError: When an input can't be opened.
        RolloutError: When an input is damaged, or there is no rollout at all.

    Source: Vitter 1985, https://doi.org/10.1145/3147.3165, algorithm R.
    """
    draw, total, rejected, first = random.Random(seed), 0, 0, ""
    kept: list[tuple[int, str, Rollout]] = []
    for path in paths:
        for number, line in iter_lines(path):
            rollout = decode_rollout(line, places, f"{path}:{number}")
            if isinstance(rollout, Violation):
                rejected += 1
                first = first or f"{path}:{number}: {rollout}"
                continue
            row = (total, path, rollout)
            total += 1
            if len(kept) < limit:
                kept.append(row)
            elif (place := draw.randrange(total)) < limit:
                kept[place] = row
    if not total:
        lines = f"{rejected} lines, first: {first}" if rejected else "an empty input"
        raise RolloutError(f"{', '.join(paths)}: expected rollouts, got none in {lines}"[:500])
    kept.sort(key=lambda row: row[0])
    return Draw([(path, rollout) for _, path, rollout in kept], total, rejected, first)
