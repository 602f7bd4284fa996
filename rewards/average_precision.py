"""Mean average precision of one image's boxes, as COCO defines it.

Source: COCO's bounding-box metric (cocodataset/cocoapi, `cocoeval.py`), as VLM-R1 pays it
(om-ai-lab/VLM-R1, `grpo_jsonl.py`, `od` and `odLength`). What differs: no area is too large to
count, and perfect detections are worth exactly 1, where COCO's guard against division by zero
leaves 1 - 2e-16.
"""

from collections.abc import Sequence
from typing import Final

from rewardkit.verifiers.geometry.located import Located
from rewardkit.verifiers.geometry.shapes import overlap

THRESHOLDS: Final = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
"""The IoUs 0.5, 0.55 … 0.95 from which a box is found."""

RECALLS: Final = 101
"""Precision is read at the recalls 0, 0.01 … 1."""

MAX_DETECTIONS: Final = 100
"""Boxes of a category that count, the surest first."""


def mean_average_precision(
    answer: Sequence[Located],
    reference: Sequence[Located],
    labels: bool = True,
    inclusive: bool = False,
) -> float:
    """Average precision, mean over ten IoU thresholds and over the reference's categories.

    Boxes are taken in the order of their confidence, 1 where they have none, and of equal ones in
    the order of the answer. Each takes the free reference box of its category that it overlaps
    most, if by the threshold. Boxes of a category that the reference has not are left out.

    Args:
        answer: Boxes, in order.
        reference: At least one box.
        labels: Whether labels are categories, where any reference box has one; else all boxes are
            of one category.
        inclusive: See [`overlap`][rewardkit.verifiers.geometry.shapes.overlap].

    Returns:
        A share in [0, 1].

    >>> right = [Located(box=(0, 0, 10, 10)), Located(box=(20, 0, 30, 10))]
    >>> mean_average_precision(right, right)
    1.0
    >>> mean_average_precision(right[:1], right)  # a precision of 1 up to a recall of 0.5
    0.5049504950495048
    """
    known = labels and any(one.label is not None for one in reference)
    categories = dict.fromkeys(one.label if known else None for one in reference)
    total = 0.0
    for category in categories:
        given = [one for one in answer if not known or one.label == category]
        right = [one for one in reference if not known or one.label == category]
        # sorted() is stable: of equally sure boxes the order of the answer counts.
        given = sorted(given, key=lambda one: -_confidence(one))[:MAX_DETECTIONS]
        shares = [[_overlap(one, other, inclusive) for other in right] for one in given]
        total += sum(average_precision(shares, len(right), least) for least in THRESHOLDS)
    return min(1.0, total / (len(THRESHOLDS) * len(categories)))


def average_precision(shares: Sequence[Sequence[float]], wanted: int, threshold: float) -> float:
    """Mean over the recalls 0, 0.01 … 1 of the best precision at that recall or a higher one.

    Args:
        shares: The IoU of each answer box, the surest first, with each reference box.
        wanted: How many reference boxes there are, at least 1.
        threshold: The IoU from which a box is found.

    Returns:
        A share in [0, 1].

    >>> average_precision([[0.2], [0.9]], 1, 0.5)  # the second of two boxes is right
    0.5
    """
    precisions: list[float] = []
    found = 0
    free = set(range(wanted))
    # As in COCO, of equal overlaps the later reference box is taken.
    for count, row in enumerate(shares, start=1):
        near = [column for column in free if row[column] >= threshold]
        if near:
            free.discard(max(near, key=lambda column: (row[column], column)))
            found += 1
            # Precision only falls between two finds, so that its value there is never the best.
            precisions.append(found / count)
    for place in range(len(precisions) - 2, -1, -1):
        precisions[place] = max(precisions[place], precisions[place + 1])
    reached = 0.0
    for step in range(RECALLS):
        # The number of finds that recall step/100 takes, in whole numbers: no rounding.
        needed = max(1, -(-step * wanted // (RECALLS - 1)))
        reached += precisions[needed - 1] if needed <= len(precisions) else 0.0
    return reached / RECALLS


def _confidence(one: Located) -> float:
    return 1.0 if one.confidence is None else one.confidence


def _overlap(one: Located, other: Located, inclusive: bool) -> float:
    if one.box is None or other.box is None:
        return 0.0
    return overlap(one.box, other.box, inclusive)
