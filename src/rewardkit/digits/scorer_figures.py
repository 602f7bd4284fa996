"""How well a scorer tells right descriptions of unseen scans from wrong ones."""

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from rewardkit.digits.perception import perception_reward
from rewardkit.digits.questions import caption
from rewardkit.digits.world import draw_rows
from rewardkit.rewards.config import decode
from rewardkit.types import Rollout

IMAGES: Final = 200
DRAW_SEED: Final = 1
"""Of the images: the same for every scorer."""


class ScorerFigures(NamedTuple):
    """Figures of the perception reward with one scorer.

    Attributes:
        right: What the right description is paid on average, 0 to 1.
        one_wrong: What one with one digit wrong is paid.
        auc_one_wrong: How often the right description of an image is paid more than one of another
            image with one digit wrong; ties count half, 0.5 is chance.
        auc_both_wrong: The same with both digits wrong.
        auc_swapped: The same with the sides swapped, of different digits.
    """

    right: float
    one_wrong: float
    auc_one_wrong: float
    auc_both_wrong: float
    auc_swapped: float


def measure_scorer(folder: Path) -> ScorerFigures:
    """Measure a scorer on images of the split `test`, whose scans it was not trained on.

    Args:
        folder: Its checkpoint.

    Returns:
        Figures that the same checkpoint always has.

    Raises:
        ConfigError: When the folder holds no scorer.
    """
    reward = decode(perception_reward(str(folder)))
    rows = draw_rows("test", IMAGES, DRAW_SEED)
    said: dict[str, list[Rollout]] = {"right": [], "one": [], "both": [], "swapped": []}
    for number, row in enumerate(rows):
        left, right = (int(claim.split()[-1]) for claim in row["keywords"])
        other = (left + 1 + number % 9) % 10, (right + 1 + number % 9) % 10
        one = (other[0], right) if number % 2 else (left, other[1])
        digits = {"right": (left, right), "one": one, "both": other, "swapped": (right, left)}
        for kind, pair in digits.items():
            if kind != "swapped" or left != right:
                text = f"<think> {caption(*pair)} </think> <answer> 0 </answer>"
                said[kind].append(
                    Rollout(completion=text, images=row["images"], keywords=row["keywords"])
                )
    paid = {
        kind: [score.value or 0.0 for score in reward(rollouts)] for kind, rollouts in said.items()
    }
    right_paid = paid.pop("right")
    return ScorerFigures(
        statistics.mean(right_paid),
        statistics.mean(paid["one"]),
        *(area_under_curve(right_paid, wrong) for wrong in paid.values()),
    )


def area_under_curve(higher: Sequence[float], lower: Sequence[float]) -> float:
    """How often a value of the first list is above one of the second; ties count half.

    >>> area_under_curve([1.0, 0.5], [0.5, 0.0])
    0.875
    """
    wins = sum((a > b) + 0.5 * (a == b) for a in higher for b in lower)
    return wins / (len(higher) * len(lower))
