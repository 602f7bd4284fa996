"""Questions about pairs of real handwritten digits, as rows of rewardkit's JSONL format.

The scans are the 1,797 of scikit-learn's `load_digits`, 8 x 8 pixels each: the test part of
Alpaydin and Kaynak, https://doi.org/10.24432/C50P49. The split is by scan and the same for every
seed; a seed draws the pairs and the questions.

Of 60 scans alone a model learns to answer from the image, past its own description of it.
Demonstrations with `shift="blank"` teach it arithmetic: there the answer follows from the
description and from nothing else.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from rewardkit.digits.images import Pixels, Shift, render
from rewardkit.digits.questions import PROMPTS, Question, claims, gold_reply, right_answer

Split: TypeAlias = Literal["demonstrations", "rl", "test"]
"""Scans with written-out replies, scans with rewards alone, scans never trained on."""

Pairs: TypeAlias = Literal["usual", "held"]
"""Ordered pairs of labels: those that training shows, and those kept for the shifted test."""

FIRST_TEST_SCAN: Final = 1400
DEMONSTRATION_SCANS: Final = 60
"""So few that a model learns the replies' form and arithmetic of them, and to see only somewhat."""
RL_SCANS: Final = 900
HELD_DIFFERENCE: Final = 3

Row: TypeAlias = dict[str, Any]
"""The fields of one line of rewardkit's JSONL format, with PIL images, and `split`."""


class Scans(NamedTuple):
    """All scans: pixels (scans, 8, 8) in [0, 1] and labels (scans,) in 0 to 9."""

    pixels: Pixels
    labels: npt.NDArray[np.int64]


@cache
def load_scans() -> Scans:
    """The scans, which come with scikit-learn: nothing is downloaded."""
    from sklearn.datasets import load_digits

    data = load_digits()
    return Scans(data.images / 16.0, data.target.astype(np.int64))


@cache
def scan_indices(split: Split) -> tuple[int, ...]:
    """Which scans a split has; no scan is in two of them.

    >>> [len(scan_indices(split)) for split in ("demonstrations", "rl", "test")]
    [60, 900, 397]
    """
    if split == "test":
        return tuple(range(FIRST_TEST_SCAN, len(load_scans().labels)))
    shuffled = np.random.default_rng(0).permutation(FIRST_TEST_SCAN).tolist()
    if split == "demonstrations":
        return tuple(shuffled[:DEMONSTRATION_SCANS])
    return tuple(shuffled[DEMONSTRATION_SCANS : DEMONSTRATION_SCANS + RL_SCANS])


def is_held(left: int, right: int) -> bool:
    """Whether an ordered pair of labels is one of the 10 of 100 that training never shows.

    >>> is_held(5, 2), is_held(2, 5)
    (True, False)
    """
    return (left - right) % 10 == HELD_DIFFERENCE


def draw_rows(
    split: Split,
    count: int,
    seed: int,
    *,
    questions: Sequence[Question] = get_args(Question),
    pairs: Pairs = "usual",
    shift: Shift | None = None,
) -> list[Row]:
    """Draw questions.

    Args:
        split: Whose scans are shown.
        count: How many rows, at least 0.
        seed: At least 0; the same arguments give the same rows. Of the shift too, which leaves
            scans and questions as they are without it.
        questions: The kinds to draw from.
        pairs: `held` pairs are for testing; no other row has them.
        shift: Makes the images noisy or blank, or turns their digits.

    Returns:
        Rows with a `completion` (the gold reply) for demonstrations; it is empty for the others.

    >>> row = draw_rows("test", 1, seed=0)[0]
    >>> row["task"], row["completion"], row["images"][0].size
    ('number', '', (32, 16))
    """
    scans, indices = load_scans(), scan_indices(split)
    rng = np.random.default_rng([seed, get_args(Split).index(split), get_args(Pairs).index(pairs)])
    rows: list[Row] = []
    while len(rows) < count:
        left, right = (indices[i] for i in rng.integers(len(indices), size=2))
        question = questions[int(rng.integers(len(questions)))]
        labels = (int(scans.labels[left]), int(scans.labels[right]))
        if is_held(*labels) != (pairs == "held"):
            continue
        number = len(rows)
        name = "-".join(filter(None, (split, pairs if pairs == "held" else "", shift)))
        image = render(scans.pixels[left], scans.pixels[right], shift, (seed, number))
        rows.append(
            _row(f"{name}-{seed}-{number}", split, question, labels)
            | {"images": [image], "scans": [left, right]}
        )
    return rows


def _row(name: str, split: Split, question: Question, labels: tuple[int, int]) -> Row:
    row: Row = {
        "id": name,
        "group": name,
        "prompt": PROMPTS[question],
        "completion": "",
        "reference": right_answer(question, *labels),
        "task": "number",
        "keywords": claims(*labels),
        "split": split,
    }
    if split == "demonstrations":
        row["completion"] = gold_reply(row)
    return row
