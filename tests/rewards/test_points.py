"""Points: what an answer's points are worth."""

import json
import math
import pickle
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards import Points
from rewardkit.types import Reference, Rollout, Score

FAR_BOX = [{"bbox": [0, 0, 99, 99], "point": [90, 90]}]
DOG = [{"point": [1, 1], "label": "dog"}]
TWO = [[100, 15], [0, 4]]
OWN = {"bbox": [0, 0, 10, 10], "points_1": [1, 1], "points_2": [9, 9]}


def score(reward: Points, answer: object, reference: Reference) -> Score:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return reward([Rollout(completion=text, reference=reference)])[0]


@pytest.mark.parametrize(
    ("name", "options", "answer", "reference", "value"),
    [
        ("the same", {}, [[1, 1]], [[1, 1]], 1.0),
        ("another order", {}, [[99, 99], [1, 1]], [[1, 1], [99, 99]], 1.0),
        ("near", {"within": 5.1}, [[0, 0]], [[3, 4]], 1.0),
        ("not under it", {"within": 5}, [[0, 0]], [[3, 4]], 0.0),
        ("one of two", {}, [[1, 1]], [[1, 1], [99, 99]], 0.5),
        ("one too many", {}, [[1, 1], [99, 99]], [[1, 1]], 0.5),
        ("the same twice", {}, [[1, 1], [1, 1]], [[1, 1], [99, 99]], 0.5),
        ("nothing to find", {}, [], [], 1.0),
        ("nothing found", {}, [], [[1, 1]], 0.0),
        ("in the box", {}, [[10, 10]], [[0, 0, 10, 10]], 1.0),
        ("beside the box", {}, [[11, 10]], [[0, 0, 10, 10]], 0.0),
        ("far in the box", {"aim": "box"}, [[1, 1]], FAR_BOX, 1.0),
        ("in a box of one pixel", {}, [[5, 5]], [[5, 5, 5, 5]], 1.0),
        ("one point for a box with two", {"aim": "box"}, [[1, 1]], OWN, 1.0),
        ("far from the point", {}, [[1, 1]], FAR_BOX, 0.0),
        ("no point in the reference", {"aim": "point"}, [[1, 1]], [[0, 0, 10, 10]], None),
        ("no box in the reference", {"aim": "box"}, [[1, 1]], [[1, 1]], None),
        ("no reference", {}, [[1, 1]], None, None),
        ("boxes for points", {}, [[0, 0, 10, 10]], [[1, 1]], 0.0),
        ("words", {}, "left", [[1, 1]], 0.0),
        ("frame", {"frame": (50, 50)}, [[51, 1]], [[50, 1]], 0.0),
        ("labels", {}, [{"point": [1, 1], "label": "cat"}], DOG, 0.0),
        ("labels ignored", {"labels": False}, [[1, 1]], DOG, 1.0),
        ("own box", {"own_box": True}, OWN, [[1, 1], [9, 9]], 1.0),
        ("not in it", {"own_box": True}, {"bbox": [0, 0, 2, 2], "point": [3, 3]}, [[3, 3]], 0.0),
        ("no own box", {"own_box": True}, [[3, 3]], [[3, 3]], 0.0),
        ("shares of the image", {"frame": (1, 1), "within": 0.1}, [[0.5, 0.5]], [[0.55, 0.5]], 1.0),
        ("mean", {"metric": "mean", "within": 10}, [[0, 0], [100, 0]], TWO, 1.0),
        ("mean, not under", {"metric": "mean", "within": 9.5}, [[0, 0], [100, 0]], TWO, 0.0),
        ("mean of too few", {"metric": "mean"}, [[0, 0]], [[0, 0], [1, 1]], 0.0),
        ("mean of nothing", {"metric": "mean"}, [], [], 1.0),
        ("mean, one outside of its box", {"metric": "mean", "own_box": True, "within": 1e9},
         {**OWN, "points_2": [11, 9]}, [[1, 1], [9, 9]], 0.0),
    ],
)  # fmt: skip
def test_value(
    name: str, options: dict[str, object], answer: object, reference: Reference, value: float | None
) -> None:
    got = score(Points(template=None, **options), answer, reference)  # type: ignore[arg-type]  # options of the table
    assert got.value == value, (name, got)
    assert got.reason


def test_the_answer_is_where_the_template_says() -> None:
    reply = "<think>[[9, 9]]</think><answer>[[1, 1]]</answer>"

    assert score(Points(), reply, [[1, 1]]).value == 1.0
    assert score(Points(section="think", within=1), reply, [[1, 1]]).value == 0.0
    assert score(Points(), "[[1, 1]]", [[1, 1]]).value == 0.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"within": -1}, "points.within: expected a number above 0 and at most 1e+09, got -1"),
        ({"within": 0}, "points.within: expected a number above 0 and at most 1e+09, got 0"),
        ({"within": float("nan")}, "points.within: expected a number"),
        ({"metric": "median"}, "points.metric: expected one of hits, mean, got 'median'"),
        ({"aim": "eye"}, "points.aim: expected one of point, box, either, got 'eye'"),
        ({"section": "x"}, "points.section: expected one of think, answer"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Points(**options)  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value).startswith(message)


def test_survives_pickle() -> None:
    reward = Points(metric="mean", own_box=True, frame=(840, 840))
    assert pickle.loads(pickle.dumps(reward)) == reward


POINTS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)).map(list), max_size=4)


@given(answer=POINTS, right=POINTS, order=st.randoms(use_true_random=False))
def test_equals_the_best_of_all_pairings(
    answer: list[list[int]], right: list[list[int]], order: st.DrawFn
) -> None:
    few, many = sorted((answer, right), key=len)
    ways = [
        [math.dist(a, b) for a, b in zip(few, some, strict=True)]
        for some in permutations(many, len(few))
    ]
    hits = max(sum(way < 6 for way in pairs) for pairs in ways) / len(many) if many else 1.0
    mean = float(not many or (len(few) == len(many) and min(map(sum, ways)) / len(many) < 6))

    assert score(Points(template=None, within=6), answer, list(right)).value == hits
    order.shuffle(answer)  # type: ignore[attr-defined]  # a random.Random, which has no strategy type
    assert score(Points(template=None, within=6), answer, list(right)).value == hits
    assert score(Points(template=None, within=6, metric="mean"), answer, list(right)).value == mean
