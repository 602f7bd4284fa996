"""Mean average precision, beside COCO's definition written out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.rewards.average_precision import average_precision, mean_average_precision
from rewardkit.verifiers.geometry.located import Located
from rewardkit.verifiers.geometry.shapes import overlap

BOX = (0.0, 0.0, 10.0, 10.0)
FAR = (50.0, 50.0, 60.0, 60.0)


def slow_map(answer: list[Located], reference: list[Located]) -> float:
    """COCO's evaluation of one image, step by step: match, accumulate, envelope, sample."""
    means = []
    for category in {one.label for one in reference}:
        right = [one for one in reference if one.label == category]
        sure = [
            (1.0 if one.confidence is None else one.confidence, -place, one)
            for place, one in enumerate(answer)
            if one.label == category
        ]
        ranked = [one for *_, one in sorted(sure, key=lambda entry: entry[:2], reverse=True)][:100]
        for threshold in np.linspace(0.5, 0.95, 10):
            taken: set[int] = set()
            true = []
            for one in ranked:
                best, match = min(threshold, 1 - 1e-10), -1
                for place, other in enumerate(right):
                    assert one.box and other.box
                    share = overlap(one.box, other.box)
                    if place not in taken and share >= best:
                        best, match = share, place
                true.append(match >= 0)
                taken |= {match} - {-1}
            counts = np.cumsum(true)
            recall = counts / len(right)
            precision = counts / (np.arange(len(true)) + 1)
            envelope = np.maximum.accumulate(precision[::-1])[::-1]
            places = np.searchsorted(recall, np.linspace(0, 1, 101) - 1e-12, side="left")
            means.append(
                np.mean([envelope[place] if place < len(true) else 0.0 for place in places])
            )
    return float(np.mean(means))


SHARES = st.integers(1, 20).map(lambda height: (0.0, 0.0, 10.0, height / 2))
MOVED = st.tuples(SHARES, st.integers(0, 3)).map(
    lambda pair: (10.0 * pair[1], 0.0, 10.0 * pair[1] + 10, pair[0][3])
)
OBJECTS = st.builds(
    Located,
    box=MOVED,
    label=st.sampled_from(["cat", "dog"]),
    confidence=st.none() | st.sampled_from([0.1, 0.5, 1.0]),
)


@given(answer=st.lists(OBJECTS, max_size=8), reference=st.lists(OBJECTS, min_size=1, max_size=6))
def test_equals_the_definition(answer: list[Located], reference: list[Located]) -> None:
    value = mean_average_precision(answer, reference)

    assert value == pytest.approx(slow_map(answer, reference), abs=1e-12)
    assert 0.0 <= value <= 1.0
    assert mean_average_precision(reference, reference) == 1.0


@pytest.mark.parametrize(
    ("name", "answer", "reference", "value"),
    [
        ("found", [BOX], [BOX], 1.0),
        ("found, and one too many", [BOX, FAR], [BOX], 1.0),
        ("found second", [FAR, BOX], [BOX], 0.5),
        ("one of two", [BOX], [BOX, FAR], 51 / 101),
        ("found twice", [BOX, BOX], [BOX], 1.0),
        ("an IoU of 0.6 is found at three thresholds", [(0, 0, 10, 6)], [BOX], 0.3),
        ("nowhere near", [FAR], [BOX], 0.0),
        ("nothing", [], [BOX], 0.0),
    ],
)
def test_value(
    name: str,
    answer: list[tuple[float, float, float, float]],
    reference: list[tuple[float, float, float, float]],
    value: float,
) -> None:
    given, right = ([Located(box=box) for box in some] for some in (answer, reference))
    found = mean_average_precision(given, right)
    assert found == pytest.approx(value), name


def test_confidence_ranks_and_the_order_decides_ties() -> None:
    right = [Located(box=BOX)]
    unsure = Located(box=FAR, confidence=0.2)
    sure = Located(box=BOX, confidence=0.9)

    assert mean_average_precision([unsure, sure], right) == 1.0
    assert mean_average_precision([Located(box=FAR), Located(box=BOX)], right) == 0.5


def test_categories() -> None:
    right = [Located(box=BOX, label="cat"), Located(box=FAR, label="dog")]

    assert mean_average_precision([Located(box=BOX, label="cat")], right) == 0.5
    assert mean_average_precision([Located(box=BOX, label="dog")], right) == 0.0
    assert mean_average_precision([Located(box=BOX, label="fish")], right) == 0.0
    assert mean_average_precision([Located(box=BOX)], right) == 0.0
    swapped = [Located(box=BOX, label="dog"), Located(box=FAR, label="cat")]
    assert mean_average_precision(swapped, right, labels=False) == 1.0
    assert mean_average_precision(swapped, [Located(box=BOX), Located(box=FAR)]) == 1.0


def test_of_equal_overlaps_the_later_reference_box_is_taken() -> None:
    right = [Located(box=(0, 0, 10, 8)), Located(box=(0, 2, 10, 10))]
    given = [Located(box=BOX), Located(box=(0, 2, 10, 10))]  # IoUs 0.8 and 0.8, 0.6 and 1

    value = mean_average_precision(given, right)
    assert value == pytest.approx((3 * 1 + 4 * 51 / 101 + 3 * 51 / 202) / 10)
    assert value == pytest.approx(slow_map(given, right))


def test_the_hundred_surest_count() -> None:
    many = [Located(box=FAR)] * 100 + [Located(box=BOX)]

    assert mean_average_precision(many, [Located(box=BOX)]) == 0.0
    assert mean_average_precision(many[1:], [Located(box=BOX)]) == pytest.approx(0.01)


def test_recalls_are_counted_in_whole_numbers() -> None:
    """29 of 100 boxes reach a recall of 0.29, whatever a float makes of it."""
    shares = [[float(row == column) for column in range(100)] for row in range(29)]

    assert average_precision(shares, 100, 0.5) == pytest.approx(30 / 101)
