"""Boxes: what an answer's boxes are worth."""

import json
import pickle
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards import Boxes
from rewardkit.rewards.box_worth import paired_worth
from rewardkit.types import Reference, Rollout, Score
from rewardkit.verifiers.geometry.located import Located
from rewardkit.verifiers.geometry.shapes import generalized_overlap, overlap

A, B, C = [0, 0, 10, 10], [50, 50, 70, 70], [200, 0, 210, 10]
HALF = [0, 0, 10, 5]


def score(reward: Boxes, answer: object, reference: Reference) -> Score:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return reward([Rollout(completion=text, reference=reference)])[0]


@pytest.mark.parametrize(
    ("name", "answer", "reference", "iou", "od_ap"),
    [
        ("the same", [A, B], [A, B], 1.0, 1.0),
        ("another order", [B, A], [A, B], 1.0, 1.0),
        ("half a box", [HALF], [A], 0.5, 0.1),
        ("one missing", [A], [A, B], 0.5, 51 / 101),
        ("one too many", [A, C], [A], 0.5, 0.5),
        ("one twice", [A, A], [A, B], 0.5, 51 / 101),
        ("nothing to find", [], [], 1.0, 1.0),
        ("nothing found", [], [A], 0.0, 0.0),
        ("nothing to find, found", [A], [], 0.0, 0.0),
        ("elsewhere", [C], [A], 0.0, 0.0),
        ("stuffed", [A, *([[x, 0, x + 1, 1] for x in range(100, 119)])], [A], 1 / 20, 1 / 20),
        ("words", "top left", [A], 0.0, 0.0),
        ("reversed", [[10, 10, 0, 0]], [A], 0.0, 0.0),
        ("reference missing", [A], None, None, None),
        ("reference of words", "", "top left", None, None),
    ],
)
def test_value(
    name: str, answer: object, reference: Reference, iou: float | None, od_ap: float | None
) -> None:
    for metric, value in (("iou", iou), ("od-ap", od_ap)):
        got = score(Boxes(template=None, metric=metric), answer, reference)  # type: ignore[arg-type]  # a name of the table
        assert got.value == pytest.approx(value), (name, metric, got)
        assert got.reason


def test_giou_pays_for_coming_nearer() -> None:
    reward = Boxes(template=None, metric="giou")

    values = [score(reward, [[x, 0, x + 10, 10]], [A]).value for x in (500, 100, 20, 5, 0)]

    assert values == sorted(values, key=lambda value: value or 0.0)
    assert values[0] is not None
    assert 0.0 < values[0] < 0.02
    assert values[-1] == 1.0


def test_hits_are_the_share_of_thresholds_that_a_pair_meets() -> None:
    reward = Boxes(template=None, metric="hits", iou_over=0.5, corners_under=2, point_under=5)
    right = [{"bbox_2d": [0, 0, 10, 10], "point_2d": [5, 5]}]

    def value(box: list[float], point: list[float]) -> float | None:
        return score(reward, [{"bbox_2d": box, "point_2d": point}], right).value

    assert value([0, 0, 10, 10], [5, 5]) == 1.0
    assert value([0, 0, 10, 5], [5, 4]) == pytest.approx(2 / 3)  # an IoU of 0.5 is not over it
    assert value([0, 0, 20, 10], [5, 5]) == pytest.approx(1 / 3)
    assert value([0, 0, 2, 2], [5, 5]) == 0.0  # near, but not in its own box
    assert value([0, 0, 10, 2], [5, 2]) == pytest.approx(1 / 3)
    assert value([0, 0, 10, 10], [5, 10]) == pytest.approx(2 / 3)  # not under 5
    assert score(reward, [[0, 0, 10, 10]], right).reason == "unreadable_answer: object 1: no point"
    assert score(reward, right, [[0, 0, 10, 10]]).value is None


def test_pairs_are_the_best_ones_not_the_first() -> None:
    answer, right = [[0, 0, 10, 10], [0, 0, 10, 8]], [[0, 0, 10, 8], [0, 0, 10, 10]]
    # The first box is nearest to what is all that the second one has: 9/11 + 5/15 < 2 * 8/12.
    greedy = [[2, 0, 12, 10], [5, 0, 15, 10]], [[3, 0, 13, 10], [0, 0, 10, 10]]

    assert score(Boxes(template=None), answer, right).value == 1.0
    assert score(Boxes(template=None), *greedy).value == pytest.approx(8 / 12)


def test_labels() -> None:
    dog: Reference = [{"bbox_2d": A, "label": "Dog"}]

    def value(label: str | None, labels: bool = True) -> float | None:
        one = {"bbox_2d": A} | ({} if label is None else {"label": label})
        return score(Boxes(template=None, labels=labels), [one], dog).value

    assert [value("dog"), value(" DOG "), value("cat"), value(None)] == [1.0, 1.0, 0.0, 0.0]
    assert value("cat", labels=False) == 1.0


def test_od_ap_takes_the_options() -> None:
    cats: Reference = [{"bbox_2d": A, "label": "cat"}]

    def value(answer: object, right: Reference, **options: bool) -> float | None:
        reward = Boxes(template=None, metric="od-ap", **options)  # type: ignore[arg-type]  # flags of the test
        return score(reward, answer, right).value

    assert [value([A], cats), value([A], cats, labels=False)] == [0.0, 1.0]
    # 4 of 9 cells, 9 of 16 pixels.
    small, large = [[0, 0, 2, 2]], [[0, 0, 3, 3]]
    assert value(small, list(large)) == 0.0
    assert value(small, list(large), inclusive=True) == pytest.approx(0.2)


def test_hits_with_corners_that_are_pixels() -> None:
    for inclusive, value in ((False, 0.0), (True, 1.0)):
        reward = Boxes(template=None, metric="hits", iou_over=0.5, inclusive=inclusive)
        assert score(reward, [[0, 0, 2, 2]], [[0, 0, 3, 3]]).value == value


def test_the_answer_is_where_the_template_says() -> None:
    reply = "<think>[[0,0,10,10]]</think><answer>[[0,0,10,5]]</answer>"

    assert score(Boxes(), reply, [A]).value == 0.5
    assert score(Boxes(section="think"), reply, [A]).value == 1.0
    assert score(Boxes(template=None), reply, [A]).value == 0.0
    assert score(Boxes(), "[[0,0,10,10]]", [A]).reason == "no_answer: the answer section is missing"
    assert score(Boxes(section="think"), "", [A]) == Score(0.0, "no_answer: no section 'think'")
    assert score(Boxes(template=None), " ", [A]) == Score(0.0, "no_answer: the reply is empty")
    two = "<think>x</think><answer>[[0,0,10,10]]</answer><answer>[]</answer>"
    assert score(Boxes(), two, [A]).reason.startswith("ambiguous_answer: ")


def test_an_answer_that_was_cut_may_be_a_part_of_one() -> None:
    reply = "So:\n#### [[0, 0, 10, 10]]"
    rows = [Rollout(completion=reply, reference=[A], truncated=cut) for cut in (False, True)]

    assert [one.value for one in Boxes(template="gsm8k")(rows)] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "hits"}, "boxes.metric: expected hits together with iou_over, corners_under"),
        ({"iou_over": 0.5}, "boxes.metric: expected hits together with"),
        ({"metric": "hits", "iou_over": 0}, "boxes.iou_over: expected a number in (0, 1], got 0"),
        ({"metric": "hits", "corners_under": -1}, "boxes.corners_under: expected a number above 0"),
        ({"metric": "hits", "corners_under": 0}, "boxes.corners_under: expected a number above 0"),
        ({"metric": "hits", "point_under": 0.0}, "boxes.point_under: expected a number above 0"),
        ({"frame": (1, 1), "inclusive": True}, "boxes.inclusive: expected a frame in pixels, got"),
        ({"frame": (1, 2, 3)}, "boxes.frame: expected a list of 2 numbers or nothing, got tuple"),
        ({"metric": "ciou"}, "boxes.metric: expected one of iou, giou, hits, od-ap"),
        ({"frame": (0, 1)}, "boxes.frame: expected a tuple of a width and a height"),
        ({"max_objects": 1001}, "boxes.max_objects: expected a whole number in 1..1000, got 1001"),
        ({"section": "x"}, "boxes.section: expected one of think, answer, got 'x'"),
        ({"template": None, "section": "x"}, "boxes.template: expected the template of section"),
        ({"inclusive": "yes"}, "boxes.inclusive: expected true or false"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Boxes(**options)  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value).startswith(message)


def test_survives_pickle() -> None:
    reward = Boxes(metric="hits", iou_over=0.5, frame=(840, 840), inclusive=True)
    assert pickle.loads(pickle.dumps(reward)) == reward


BOX = st.tuples(*[st.integers(0, 20)] * 4).map(
    lambda b: (float(b[0]), float(b[1]), float(b[0] + b[2] + 1), float(b[1] + b[3] + 1))
)
BOXES = st.lists(BOX, max_size=4)


@given(answer=BOXES, right=BOXES, inclusive=st.booleans())
def test_equals_the_best_of_all_pairings(
    answer: list[tuple[float, float, float, float]],
    right: list[tuple[float, float, float, float]],
    inclusive: bool,
) -> None:
    """An independent definition: the best of all one-to-one pairings, over the longer list."""
    few, many = sorted((answer, right), key=len)

    def best(worth: str) -> float:
        def one(a: tuple[float, ...], b: tuple[float, ...]) -> float:
            boxes = (a[0], a[1], a[2], a[3]), (b[0], b[1], b[2], b[3])
            if worth == "iou":
                return overlap(*boxes, inclusive)
            return (1 + generalized_overlap(*boxes, inclusive)) / 2

        sums = (
            sum(one(a, b) for a, b in zip(few, order, strict=True))
            for order in permutations(many, len(few))
        )
        return max(sums) / len(many) if many else 1.0

    for metric in ("iou", "giou"):
        reward = Boxes(template=None, metric=metric, inclusive=inclusive)
        got = score(reward, answer, [list(box) for box in right])
        assert got.value == pytest.approx(best(metric))


@given(answer=BOXES, right=BOXES, order=st.randoms(use_true_random=False))
def test_order_of_boxes_does_not_matter(
    answer: list[tuple[float, ...]], right: list[tuple[float, ...]], order: st.DrawFn
) -> None:
    shuffled, others = answer.copy(), right.copy()
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random, which has no strategy type
    order.shuffle(others)  # type: ignore[attr-defined]  # as above
    options = {"iou": {}, "giou": {}, "hits": {"iou_over": 0.5, "corners_under": 3.0}}

    for metric, thresholds in options.items():
        reward = Boxes(template=None, metric=metric, **thresholds)  # type: ignore[arg-type]  # a name above
        value = score(reward, answer, list(right)).value
        assert value == score(reward, shuffled, list(others)).value
        assert value is not None
        assert 0.0 <= value <= 1.0
        assert score(reward, right, list(right)).value == 1.0


def test_rounding_is_the_same_for_any_order() -> None:
    """Pairings that are equally good add up to one of two floats: which, is not the order's say."""
    worths = [[0.0, 2 / 3, 1.0], [1.0, 2 / 3, 1.0], [2 / 3, 1 / 3, 1 / 3]]
    objects = [Located(box=(place, 0, place + 1, 1)) for place in range(3)]

    def worth(one: Located, other: Located) -> float:
        assert one.box
        assert other.box
        return worths[int(one.box[0])][int(other.box[0])]

    values = {
        paired_worth(rows, columns, worth)
        for rows in permutations(objects)
        for columns in permutations(objects)
    }
    assert len(values) == 1


def test_many_boxes_take_bounded_work() -> None:
    grid = [[x, y, x + 5, y + 5] for x in range(0, 120, 10) for y in range(0, 100, 10)]

    assert len(grid) == 120
    assert score(Boxes(template=None), grid, list(grid)).value == 1.0
    assert score(Boxes(template=None), [*grid, A], list(grid)).reason == (
        "answer_too_hard: the answer has 121 objects, the limit is 120"
    )
