"""Verdicts of the boxes, points and jigsaw tasks."""

import json
import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.types import Reference
from rewardkit.verifiers import BoxMatch, JigsawMatch, PointMatch, Verifier, verify
from rewardkit.verifiers.geometry.shapes import overlap

TWO = [[0, 0, 10, 10], [50, 50, 70, 70]]
TWO_POINTS = {"bbox": [0, 0, 10, 10], "points_1": [2, 2], "points_2": [8, 8]}
DOGS = [{"bbox_2d": [0, 0, 10, 10], "label": "Dog"}]


def short(value: object) -> str | None:
    """A test's name, for texts that may be long."""
    return value[:30] if isinstance(value, str) else None


@pytest.mark.parametrize(
    ("name", "verifier", "answer", "reference", "status"),
    [
        ("the same", BoxMatch(), "[[0,0,10,10],[50,50,70,70]]", TWO, "correct"),
        ("another order", BoxMatch(), "[[50,50,70,70],[0,0,10,10]]", TWO, "correct"),
        ("near enough", BoxMatch(), "[[0,0,10,5],[50,50,70,70]]", TWO, "correct"),
        ("not near enough", BoxMatch(), "[[0,0,10,4.9],[50,50,70,70]]", TWO, "wrong"),
        ("nearer wanted", BoxMatch(threshold=0.9), "[[0,0,10,8],[50,50,70,70]]", TWO, "wrong"),
        ("one missing", BoxMatch(), "[[0,0,10,10]]", TWO, "wrong"),
        ("one too many", BoxMatch(), "[[0,0,10,10],[50,50,70,70],[1,1,2,2]]", TWO, "wrong"),
        ("one twice", BoxMatch(), "[[0,0,10,10],[0,0,10,10]]", TWO, "wrong"),
        ("nothing to find", BoxMatch(), "[]", [], "correct"),
        ("nothing found", BoxMatch(), "[]", TWO, "wrong"),
        ("nothing to find, found", BoxMatch(), "[[0,0,1,1]]", [], "wrong"),
        ("words", BoxMatch(), "top left", TWO, "unreadable_answer"),
        ("blank", BoxMatch(), " \n", TWO, "no_answer"),
        ("no reference", BoxMatch(), "[]", None, "unreadable_reference"),
        ("reference first", BoxMatch(), "", "top left", "unreadable_reference"),
        ("label", BoxMatch(), '[{"bbox_2d":[0,0,10,10],"label":"dog"}]', DOGS, "correct"),
        ("other label", BoxMatch(), '[{"bbox_2d":[0,0,10,10],"label":"cat"}]', DOGS, "wrong"),
        ("no label", BoxMatch(), "[[0,0,10,10]]", DOGS, "wrong"),
        ("labels ignored", BoxMatch(labels=False), "[[0,0,10,10]]", DOGS, "correct"),
        ("label unasked", BoxMatch(), '{"bbox":[0,0,10,10],"label":"x"}', TWO[:1], "correct"),
        ("label without a name", BoxMatch(), "[[0,0,10,10]]",
         [{"bbox": [0, 0, 10, 10], "label": ""}], "correct"),
        ("a point", BoxMatch(), "[[5,5]]", TWO, "unreadable_answer"),
        ("out of the frame", BoxMatch(frame=(60, 60)), "[[0,0,70,10]]", [[0, 0, 60, 10]],
         "unreadable_answer"),
        ("reference out of the frame", BoxMatch(frame=(60, 60)), "[]", TWO, "unreadable_reference"),
        ("one pixel", BoxMatch(inclusive=True), "[[5,5,5,5]]", [[5, 5, 5, 5]], "correct"),
        ("point", PointMatch(), "[[3,4]]", [[3, 4]], "correct"),
        ("points, any order", PointMatch(), "[[50,50],[3,4]]", [[3, 4], [50, 50]], "correct"),
        ("at the tolerance", PointMatch(tolerance=5), "[[0,0]]", [[3, 4]], "correct"),
        ("beyond it", PointMatch(tolerance=4.99), "[[0,0]]", [[3, 4]], "wrong"),
        ("no tolerance", PointMatch(tolerance=0), "[[3,4]]", [[3, 4]], "correct"),
        ("one of two points", PointMatch(), "[[3,4]]", [[3, 4], [50, 50]], "wrong"),
        ("a point twice", PointMatch(), "[[3,4],[3,4]]", [[3, 4], [50, 50]], "wrong"),
        ("in the box", PointMatch(), "[[10,10]]", [[0, 0, 10, 10]], "correct"),
        ("beside the box", PointMatch(), "[[10.1,10]]", [[0, 0, 10, 10]], "wrong"),
        ("two in one box", PointMatch(), "[[1,1],[2,2]]", TWO, "wrong"),
        ("far in the box", PointMatch(aim="box"), "[[1,1]]",
         [{"bbox": [0, 0, 99, 99], "point": [90, 90]}], "correct"),
        ("far, by the point", PointMatch(), "[[1,1]]",
         [{"bbox": [0, 0, 99, 99], "point": [90, 90]}], "wrong"),
        ("in a box of one pixel", PointMatch(), "[[5,5]]", [[5, 5, 5, 5]], "correct"),
        ("one point for a box with two", PointMatch(aim="box"), "[[1,1]]", TWO_POINTS, "correct"),
        ("two points for two", PointMatch(), "[[2,2],[8,8]]", TWO_POINTS, "correct"),
        ("inside of no box", PointMatch(aim="box"), "[[1,1]]", [[1, 1]], "unreadable_reference"),
        ("point wanted", PointMatch(aim="point"), "[[1,1]]", TWO, "unreadable_reference"),
        ("a box for a point", PointMatch(), "[[0,0,10,10]]", [[3, 4]], "unreadable_answer"),
        ("no points", PointMatch(), "[]", [], "correct"),
        ("greedy fails", PointMatch(tolerance=6), "[[0,0],[5,0]]", [[5, 0], [10, 0]], "correct"),
        ("a chain", PointMatch(tolerance=6), "[[0,0],[6,0],[12,0],[18,0]]",
         [[6, 0], [12, 0], [18, 0], [24, 0]], "correct"),
        ("label of a point", PointMatch(), '[{"point":[3,4],"label":"b"}]',
         [{"point_2d": [3, 4], "label": "a"}], "wrong"),
        ("solved", JigsawMatch(), "[2, 0, 3, 1]", [2, 0, 3, 1], "correct"),
        ("fenced", JigsawMatch(), "```json\n[2, 0, 3, 1]\n```", "[2, 0, 3, 1]", "correct"),
        ("with angles", JigsawMatch(), "[2, 0]", [[2, 90], [0, 0]], "correct"),
        ("names", JigsawMatch(), '["b", "a"]', ["b", "a"], "correct"),
        ("two changed", JigsawMatch(), "[2, 0, 1, 3]", [2, 0, 3, 1], "wrong"),
        ("too few", JigsawMatch(), "[2, 0, 3]", [2, 0, 3, 1], "wrong"),
        ("nothing", JigsawMatch(), "[]", [2, 0, 3, 1], "wrong"),
        ("number for a name", JigsawMatch(), "[2, 0]", ["2", "0"], "wrong"),
        ("fraction", JigsawMatch(), "[2.0, 0]", [2, 0], "unreadable_answer"),
        ("truth values", JigsawMatch(), "[true, false]", [1, 0], "unreadable_answer"),
        ("words around it", JigsawMatch(), "The order is [2, 0]", [2, 0], "unreadable_answer"),
        ("pairs", JigsawMatch(), "[[2, 0]]", [2], "unreadable_answer"),
        ("long number", JigsawMatch(), "[1000000000]", [1], "unreadable_answer"),
        ("blank jigsaw", JigsawMatch(), "", [2, 0], "no_answer"),
        ("long answer", JigsawMatch(), " " * 4_000 + "[2]", [2], "answer_too_hard"),
        ("400 pairs as text", JigsawMatch(), str([*range(400)]),
         str([[block, 270] for block in range(400)]), "correct"),
        ("names that no answer could hold", JigsawMatch(), "[]", ["x" * 64] * 60,
         "unreadable_reference"),
        ("as long as an answer may be", JigsawMatch(), json.dumps(["x" * 36] * 100),
         ["x" * 36] * 100, "correct"),
        ("long text", JigsawMatch(), "[1]", "[1" + " " * 70_000 + "]", "unreadable_reference"),
        ("empty reference", JigsawMatch(), "[]", [], "unreadable_reference"),
        ("mixed reference", JigsawMatch(), "[1]", [1, [0, 0]], "unreadable_reference"),
        ("name for an angle", JigsawMatch(), "[1]", [[1, "a"]], "unreadable_reference"),
        ("triples", JigsawMatch(), "[1]", [[1, 0, 0]], "unreadable_reference"),
        ("true for a block", JigsawMatch(), "[1]", [True], "unreadable_reference"),
        ("number", JigsawMatch(), "[1]", 1, "unreadable_reference"),
        ("401 blocks", JigsawMatch(), "[1]", [1] * 401, "unreadable_reference"),
        ("surrogate", JigsawMatch(), "[1]", ["\ud800"], "wrong"),
    ],
    ids=short,
)  # fmt: skip
def test_verdict(
    name: str, verifier: Verifier, answer: str, reference: Reference, status: str
) -> None:
    verdict = verifier(answer, reference)

    assert verdict.status == status, (name, verdict)
    assert verdict.reason


def test_reasons_have_the_numbers() -> None:
    verdict = BoxMatch()("[[0, 0, 10, 8], [1, 1, 2, 2]]", TWO)
    assert verdict.answer == "[[0, 0, 10, 8], [1, 1, 2, 2]]"
    assert verdict.reference == "[[0, 0, 10, 10], [50, 50, 70, 70]]"
    assert verdict.reason == (
        "1 of 2 boxes found with an IoU of at least 0.5, lowest 0.800, 1 that match none"
    )
    assert (
        PointMatch()("[[0, 0]]", [[3, 4], [99, 99]]).reason
        == "1 of 2 points found within 10, farthest 5"
    )
    # Of all ways to find both, the shortest.
    assert PointMatch()("[[0, 0], [4, 0]]", [[5, 0], [1, 0]]).reason.endswith("farthest 1")


def test_more_pairs_come_before_better_pairs() -> None:
    """Two pairs over the threshold are found although one perfect pair would leave one under it."""
    answer, right = [[0, 0, 10, 10], [0, 0, 10, 16]], [[0, 0, 10, 10], [0, 0, 10, 6.1]]
    assert overlap((0, 0, 10, 16), (0, 0, 10, 6.1)) < 0.5

    assert BoxMatch()(str(answer), right).status == "correct"

    at_the_threshold = [[0, 0, 10, 10], [0, 0, 10, 20]], [[0, 0, 10, 10], [0, 0, 10, 5]]
    assert BoxMatch()(str(at_the_threshold[0]), at_the_threshold[1]).status == "correct"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BoxMatch(threshold=0), "boxes.threshold: expected a number in (0, 1], got 0"),
        (lambda: BoxMatch(threshold=float("nan")), "boxes.threshold: expected a number in (0, 1]"),
        (lambda: BoxMatch(frame=(0, 5)), "boxes.frame: expected a tuple of a width and a"),
        (lambda: BoxMatch(frame=(5, float("nan"))), "boxes.frame: expected a tuple"),
        (lambda: BoxMatch(frame=(True, 9)), "boxes.frame: expected a tuple"),
        (lambda: BoxMatch(frame=[9, 9]), "boxes.frame: expected a tuple of a width and a height"),  # type: ignore[arg-type]  # wrong on purpose
        (lambda: BoxMatch(frame=(1, 1), inclusive=True), "boxes.inclusive: expected a frame in"),
        (lambda: BoxMatch(max_objects=0), "boxes.max_objects: expected a whole number in 1..1000"),
        (lambda: BoxMatch(labels=1), "boxes.labels: expected true or false, got 1"),  # type: ignore[arg-type]  # wrong on purpose
        (lambda: PointMatch(tolerance=-1), "points.tolerance: expected a number of at least 0"),
        (lambda: PointMatch(aim="eye"), "points.aim: expected one of point, box, either"),  # type: ignore[arg-type]  # wrong on purpose
        (lambda: PointMatch(tolerance=float("inf")), "points.tolerance: expected a number"),
        (lambda: PointMatch(max_objects=True), "points.max_objects: expected a whole number"),
    ],
)  # fmt: skip
def test_options_out_of_range_are_refused(make: "type[Verifier]", message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert str(caught.value).startswith(message)


NEAR = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=5)


@given(given=NEAR, right=NEAR)
def test_correct_is_any_pairing_that_is_near_enough(
    given: list[tuple[int, int]], right: list[tuple[int, int]]
) -> None:
    """An independent definition: try every order of the reference."""
    paired = len(given) == len(right) and any(
        all(math.dist(*pair) <= 5 for pair in zip(given, order, strict=True))
        for order in permutations(right)
    )
    assert (
        PointMatch(tolerance=5)(str([list(p) for p in given]), [*map(list, right)]).correct
        is paired
    )

    boxes, others = ([(x, y, x + 9, y + 9) for x, y in some] for some in (given, right))
    paired = len(given) == len(right) and any(
        all(overlap(a, b) >= 0.3 for a, b in zip(boxes, order, strict=True))
        for order in permutations(others)
    )
    answer = str([list(box) for box in boxes])
    assert BoxMatch(threshold=0.3)(answer, list(others)).correct is paired


BOX = st.tuples(*[st.integers(0, 40)] * 4).map(
    lambda b: [b[0], b[1], b[0] + b[2] + 1, b[1] + b[3] + 1]
)


@given(given=st.lists(BOX, max_size=5), right=st.lists(BOX, max_size=5), order=st.randoms())
def test_order_of_boxes_does_not_matter(
    given: list[list[int]], right: list[list[int]], order: st.DrawFn
) -> None:
    verdict = verify(str(given), right, "boxes")
    shuffled, others = given.copy(), right.copy()
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random, which has no strategy type
    order.shuffle(others)  # type: ignore[attr-defined]  # as above

    assert verify(str(shuffled), others, "boxes").status == verdict.status
    assert verify(str(given), given, "boxes").status == "correct"
    points = [box[:2] for box in given]
    assert verify(str(points), [box[:2] for box in shuffled], "points").correct
