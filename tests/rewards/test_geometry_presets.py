"""On well-formed replies each part of a preset, by its weight, is the released code's number.

The released formulas are written out here once more, straight and slow: VisionReasoner and Seg-Zero
(dvlab-research/Seg-Zero@42a3345), AGILE (yuzeng0-0/AGILE@c8c4ceb).
"""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import (  # type: ignore[import-untyped]  # scipy ships no types
    linear_sum_assignment,
)

from rewardkit.rewards import load_reward
from rewardkit.rewards.weighted import Weighted
from rewardkit.types import Message, Rollout, Score

THINK = "<think>It has stripes. It stands left.</think>"
Item = dict[str, Any]


def weighted(preset: str, reply: str, reference: object) -> dict[str, float]:
    """Each part's value times its weight."""
    reward = load_reward(preset)
    assert isinstance(reward, Weighted)
    [score] = reward([Rollout(completion=reply, reference=reference)])  # type: ignore[arg-type]  # a list or a text
    assert score.value is not None, score.reason
    parts = {
        name: part.weight * (score.parts[name].value or 0.0) for name, part in reward.parts.items()
    }
    assert score.value == pytest.approx(sum(parts.values()))
    return parts


def pixel_iou(a: list[float], b: list[float]) -> float:
    wide = max(0, min(a[2], b[2]) - max(a[0], b[0]) + 1)
    high = max(0, min(a[3], b[3]) - max(a[1], b[1]) + 1)
    sizes = [(x[2] - x[0] + 1) * (x[3] - x[1] + 1) for x in (a, b)]
    return wide * high / (sum(sizes) - wide * high)


def visionreasoner_accuracy(answer: list[Item], reference: list[Item]) -> float:
    """The released formula, 0 to 3."""
    gain = np.zeros((len(answer), len(reference)))
    for i, one in enumerate(answer):
        x, y = one["point_2d"]
        box = one["bbox_2d"]
        in_own_box = box[0] <= x <= box[2] and box[1] <= y <= box[3]
        for j, other in enumerate(reference):
            gain[i, j] += pixel_iou(box, other["bbox_2d"]) > 0.5
            gain[i, j] += np.abs(np.subtract(box, other["bbox_2d"])).mean() < 10
            near = np.linalg.norm(np.subtract(one["point_2d"], other["point_2d"])) < 30
            gain[i, j] += near and in_own_box
    rows, columns = linear_sum_assignment(3 - gain)
    return float(gain[rows, columns].sum() / max(gain.shape))


WHOLE = st.integers(0, 400)
LENGTH = st.integers(1, 200)


def short(value: object) -> str | None:
    """A test's name, for texts that may be long."""
    return value[:30] if isinstance(value, str) else None


@st.composite
def items(draw: st.DrawFn) -> Item:
    x, y, w, h = draw(WHOLE), draw(WHOLE), draw(LENGTH), draw(LENGTH)
    return {
        "bbox_2d": [x, y, x + w, y + h],
        "point_2d": [x + draw(LENGTH) // 2, y + draw(LENGTH) // 2],
    }


@st.composite
def moved(draw: st.DrawFn, item: Item) -> Item:
    """The same object, a little or much elsewhere."""
    reach = draw(st.sampled_from([0, 5, 12, 60]))
    shift = st.integers(-reach, reach)
    x1, y1, x2, y2 = (max(0, number + draw(shift)) for number in item["bbox_2d"])
    return {
        "bbox_2d": [x1, y1, max(x1 + 1, x2), max(y1 + 1, y2)],
        "point_2d": [max(0, number + draw(shift)) for number in item["point_2d"]],
    }


@settings(max_examples=40)  # each scores several references
@given(data=st.data())
def test_visionreasoner_equals_the_released_formula(data: st.DataObject) -> None:
    reference = data.draw(st.lists(items(), min_size=1, max_size=4))
    known = [data.draw(moved(item)) for item in reference]
    extra = data.draw(st.lists(items(), max_size=2))
    answer = data.draw(st.permutations(known[data.draw(st.integers(0, 1)) :] + extra))
    if not answer:
        answer = known
    reply = f"{THINK}<answer>{json.dumps(answer)}</answer>"

    for right in (reference, json.dumps(reference)):
        parts = weighted("visionreasoner", reply, right)
        assert parts == pytest.approx(
            {
                "format": 1.0,
                "answer_format": 2.0,
                "accuracy": visionreasoner_accuracy(answer, reference),
                "non_repeat": 1.0,
            }
        )


RIGHT = [{"bbox_2d": [10, 10, 90, 90], "point_2d": [50, 50]}]


@pytest.mark.parametrize(
    ("name", "reply", "reference", "value"),
    [
        ("all", f"{THINK}<answer>{json.dumps(RIGHT)}</answer>", RIGHT, 7.0),
        ("fenced", f"{THINK}<answer>```json\n{json.dumps(RIGHT)}\n```</answer>", RIGHT, 7.0),
        ("both empty", f"{THINK}<answer>[]</answer>", [], 7.0),
        ("both empty, as text", f"{THINK}<answer>[]</answer>", "[]", 7.0),
        ("nothing found", f"{THINK}<answer>[]</answer>", RIGHT, 2.0),
        ("a box by itself", f'{THINK}<answer>[{{"bbox_2d": [10, 10, 90, 90]}}]</answer>', RIGHT,
         1 + 1 + 0 + 1),
        ("a repetition", f"<think>A. A.</think><answer>{json.dumps(RIGHT)}</answer>", RIGHT, 7.0),
        ("two of them", f"<think>A. A. A. A.</think><answer>{json.dumps(RIGHT)}</answer>", RIGHT,
         6.0),
        ("outside of the frame",
         f'{THINK}<answer>[{{"bbox_2d": [1, 1, 900, 9], "point_2d": [2, 2]}}]</answer>', RIGHT,
         4.0),
        ("words", f"{THINK}<answer>left</answer>", RIGHT, 2.0),
        ("121 objects", f"{THINK}<answer>{json.dumps(RIGHT * 121)}</answer>", RIGHT, 2.0),
        ("no form", json.dumps(RIGHT), RIGHT, 0.0),
        ("empty", "", RIGHT, 0.0),
        ("reference", f"{THINK}<answer>{json.dumps(RIGHT)}</answer>", "left", None),
        ("reference without a point", f"{THINK}<answer>[]</answer>", [[1, 2, 3, 4]], None),
    ],
    ids=short,
)  # fmt: skip
def test_visionreasoner(name: str, reply: str, reference: Any, value: float | None) -> None:  # noqa: ANN401 - any reference
    [score] = load_reward("visionreasoner")([Rollout(completion=reply, reference=reference)])
    assert score.value == pytest.approx(value), (name, score)


def test_non_repeat_counts_repetitions_in_the_answer_too() -> None:
    """As released: sentences are cut at every full stop of the reply, decimals included."""
    two = [{"bbox_2d": [1.5, 1.5, 9.5, 9.5], "point_2d": [5.5, 5.5]}] * 2
    reply = f"{THINK}<answer>{json.dumps(two)}</answer>"

    assert weighted("visionreasoner", reply, two)["non_repeat"] == 0.0


def segzero(answer: Item, box: list[float], points: list[list[float]]) -> dict[str, float]:
    """The five released terms."""
    given_box, given = answer["bbox"], [answer["points_1"], answer["points_2"]]
    ways = [
        sum(math.dist(one, other) for one, other in zip(given, order, strict=True)) / 2
        for order in (points, points[::-1])
    ]
    inside = all(
        given_box[0] <= x <= given_box[2] and given_box[1] <= y <= given_box[3] for x, y in given
    )
    apart = sum(abs(one - other) for one, other in zip(given_box, box, strict=True)) / 4
    return {
        "format": 1.0,
        "answer_format": 1.0,
        "iou": float(pixel_iou(given_box, box) > 0.5),
        "corners": float(apart < 10),
        "points": float(inside and min(ways) < 100),
    }


@settings(max_examples=40)  # each scores several references
@given(data=st.data())
def test_seg_zero_equals_the_released_terms(data: st.DataObject) -> None:
    right, second = data.draw(items()), data.draw(items())
    given_item, given_second = data.draw(moved(right)), data.draw(moved(right))
    box, points = right["bbox_2d"], [right["point_2d"], second["point_2d"]]
    answer = {
        "bbox": given_item["bbox_2d"],
        "points_1": given_item["point_2d"],
        "points_2": given_second["point_2d"],
    }
    tagged = "<box>({},{}),({},{})</box><points>({},{}),({},{})</points>".format(
        *box, *points[0], *points[1]
    )
    plain = {"bbox": box, "points_1": points[0], "points_2": points[1]}

    for reference in (tagged, plain, json.dumps(plain)):
        reply = f"{THINK}<answer>{json.dumps(answer)}</answer>"
        assert weighted("seg-zero", reply, reference) == segzero(answer, box, points)


def test_seg_zero_of_an_unreadable_answer_is_the_form_alone() -> None:
    reference = "<box>(1,2),(30,40)</box><points>(5,6),(7,8)</points>"

    assert sum(weighted("seg-zero", f"{THINK}<answer>left</answer>", reference).values()) == 1.0
    reward = load_reward("seg-zero")
    assert reward([Rollout(completion="", reference=reference)])[0].value == 0.0
    assert reward([Rollout(completion="", reference="<box>(1,2),(30,40)</box>")])[0].value is None


def agile(blocks: list[int], right: list[list[int]], steps: int) -> float:
    """The released formula for a reply that has the form."""
    solved = len(blocks) == len(right) and sum(a == b for a, (b, _) in zip(blocks, right)) > 3.5  # noqa: B905 - as released
    return 0.8 * solved + 0.2 - (0.05 * steps if solved else 0.25)


@settings(max_examples=40)  # each scores several references
@given(
    order=st.permutations(range(4)),
    right=st.permutations(range(4)),
    same=st.booleans(),
    steps=st.integers(0, 5),
)
def test_agile_equals_the_released_formula(
    order: list[int], right: list[int], same: bool, steps: int
) -> None:
    blocks = right if same else order
    pairs = [[block, 0] for block in right]
    turns = "".join(
        f"<think>Swap {n}.</think><code>swap({n})</code>\nimage\n" for n in range(steps)
    )
    reply = f"{turns}<think>Done.</think><answer>{json.dumps(list(blocks))}</answer>"

    for reference in (pairs, json.dumps(pairs), list(right)):
        [score] = load_reward("agile")([Rollout(completion=reply, reference=reference)])
        assert score.value == pytest.approx(agile(list(blocks), pairs, steps)), score


@pytest.mark.parametrize(
    ("name", "reply", "value"),
    [
        ("no form, right", "<answer>[1, 0]</answer>", 0.8),
        ("words", "<think>x</think><answer>left</answer>", -0.25),
        ("cut off", "<think>x</think><answer>[1, 0", -0.25),
        ("empty", "", -0.25),
        (
            "many steps",
            "<think>x</think>" + "<code>x</code>" * 40 + "<answer>[1, 0]</answer>",
            0.75,
        ),
        ("wrong", "<think>x</think><answer>[0, 1]</answer>", -0.05),
    ],
    ids=short,
)
def test_agile(name: str, reply: str, value: float) -> None:
    [score] = load_reward("agile")([Rollout(completion=reply, reference=[1, 0])])
    assert score.value == pytest.approx(value), (name, score)


def test_agile_counts_the_steps_of_all_turns() -> None:
    turns = [
        Message("user", "<code>not the policy's</code>"),
        Message("assistant", "<think>a</think><code>swap(0, 1)</code>"),
        Message("user", "done"),
        Message("assistant", "<think>b</think><answer>[1, 0]</answer>"),
    ]
    reward = load_reward("agile")

    def value(**extra: object) -> Score:
        return reward([Rollout(completion=turns, reference=[1, 0], extra=extra)])[0]

    assert value().value == pytest.approx(0.95)
    assert value(steps=3).value == pytest.approx(0.85)
    assert value(steps=0).value == pytest.approx(1.0)
    assert value(steps=None).value == pytest.approx(0.95)
    for steps in (-1, 1.0, "3", True, [3]):
        got = value(steps=steps)
        assert got.value is None
        assert got.reason.startswith("steps: expected a whole number of 0 to 999999999, got ")
