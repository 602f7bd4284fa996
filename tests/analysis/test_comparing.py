"""Two files, row by row, against a slow matching."""

import random
from collections import defaultdict
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.analysis.comparing import compare_rows
from rewardkit.analysis.matching import Matcher
from rewardkit.analysis.paired import change
from rewardkit.scored import PartScore, ScoredRow

IDS = st.lists(st.sampled_from("abcd"), max_size=12)


def row(
    row_id: str, reward: float | None, parts: dict[str, float | None] | None = None, group: str = ""
) -> ScoredRow:
    scores = {name: PartScore(value, f"worth {value}") for name, value in (parts or {}).items()}
    status: Literal["unjudged", "scored"] = "unjudged" if reward is None else "scored"
    return ScoredRow(id=row_id, group=group or row_id, reward=reward, status=status, scores=scores)


@pytest.mark.parametrize(
    ("a", "b", "tolerance", "wanted"),
    [
        (0.0, 1.0, 0.0, "better"),
        (1.0, 0.0, 0.0, "worse"),
        (1.0, 1.0, 0.0, "equal"),
        (1.0, 1.1, 0.2, "equal"),
        (None, 0.0, 0.0, "newly_judged"),
        (0.0, None, 0.0, "newly_unjudged"),
        (None, None, 0.0, "unjudged"),
    ],
)
def test_change(a: float | None, b: float | None, tolerance: float, wanted: str) -> None:
    assert change(a, b, tolerance) == wanted


@given(IDS, IDS)
def test_the_kth_row_of_an_id_meets_the_kth(ids_a: list[str], ids_b: list[str]) -> None:
    matcher = Matcher()
    a = [row(name, float(i)) for i, name in enumerate(ids_a)]
    b = [row(name, float(i)) for i, name in enumerate(ids_b)]
    found = [(n, x.reward, y.reward) for n, x, y in matcher.pairs(a, b)]
    places: dict[str, list[int]] = defaultdict(list)
    for i, name in enumerate(ids_b):
        places[name].append(i)
    wanted = []
    for i, name in enumerate(ids_a):
        if places[name]:
            wanted.append((i + 1, float(i), float(places[name].pop(0))))
    assert sorted(found) == wanted
    left_a = sum(len(rows) for rows in matcher.waiting_a.values())
    left_b = sum(len(rows) for rows in matcher.waiting_b.values())
    assert (left_a, left_b) == (len(ids_a) - len(found), len(ids_b) - len(found))


def test_files_in_the_same_order_wait_for_nothing() -> None:
    rows = [row(str(i % 3), 1.0) for i in range(50)]
    matcher = Matcher()
    most = 0
    for _ in matcher.pairs(rows, rows):
        most = max(most, len(matcher.waiting_a) + len(matcher.waiting_b))
    assert most <= 1


def test_what_became_of_rows_and_parts() -> None:
    a = [
        row("1", 0.0, {"x": 0.0, "old": 1.0}),
        row("2", 1.0, {"x": 1.0}),
        row("3", None, {"x": None}),
        row("4", 1.0, {"x": 1.0}),
        row("5", 0.5, {"x": 0.5}),
        row("6", 1.0),
    ]
    b = [
        row("1", 1.0, {"x": 1.0, "new": 1.0}),
        row("2", 0.0, {"x": 0.0}),
        row("3", 1.0, {"x": 1.0}),
        row("4", None, {"x": None}),
        row("5", 0.5, {"x": 0.5}),
        row("7", 1.0),
    ]
    report = compare_rows(a, b)
    reward = report.reward
    assert (reward.better, reward.worse, reward.equal) == (1, 1, 1)
    assert (reward.newly_judged, reward.newly_unjudged, reward.unjudged) == (1, 1, 0)
    assert (reward.pairs, reward.mean_a, reward.mean_b, reward.difference) == (3, 0.5, 0.5, 0.0)
    assert (report.matched, report.changed, report.different) == (5, 4, True)
    assert (report.only_a.ids, report.only_b.ids) == (["6"], ["7"])
    assert (report.parts_only_a, report.parts_only_b) == (["old"], ["new"])
    assert [(r.row, r.id, r.change) for r in report.rows] == [
        (1, "1", "better"),
        (2, "2", "worse"),
        (3, "3", "newly_judged"),
        (4, "4", "newly_unjudged"),
    ]
    changed = report.rows[0].parts
    assert [part.part for part in changed] == ["x", "old", "new"]
    assert changed[0].a == PartScore(0.0, "worth 0.0")
    assert (changed[1].b, changed[2].a) == (None, None)


def test_a_part_may_change_while_the_reward_does_not() -> None:
    report = compare_rows([row("1", 1.0, {"x": 0.0})], [row("1", 1.0, {"x": 1.0})])
    assert (report.changed, report.reward.equal) == (1, 1)
    assert [part.part for part in report.rows[0].parts] == ["x"]


def test_another_reason_alone_is_no_change() -> None:
    a, b = row("1", 1.0, {"x": 1.0}), row("1", 1.0, {"x": 1.0})
    b.scores["x"] = PartScore(1.0, "another reason")
    assert not compare_rows([a], [b]).different


def test_another_group_is_told() -> None:
    assert compare_rows([row("1", 1.0, group="p")], [row("1", 1.0, group="q")]).other_group == 1


def test_tolerance() -> None:
    a, b = [row("1", 0.5, {"x": 0.5})], [row("1", 0.5 + 1e-12, {"x": 0.5 - 1e-12})]
    assert compare_rows(a, b).different
    assert not compare_rows(a, b, tolerance=1e-9).different


@given(st.permutations(range(8)), st.integers(0, 9))
def test_the_first_changed_rows_are_those_of_a_in_any_order(order: list[int], limit: int) -> None:
    a = [row(str(i), 0.0) for i in range(8)]
    b = [row(str(i), 1.0) for i in order]
    report = compare_rows(a, b, limit=limit)
    assert [found.id for found in report.rows] == [str(i) for i in range(min(limit, 8))]
    assert report.changed == 8


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    drawn = random.Random(3)
    held = 0
    for _ in range(200):
        # Ten questions of four rollouts that share their question's difference; the truth is 0.
        shifts = [drawn.gauss(0, 1) for _ in range(10)]
        a = [row(str(i), 0.0, group=str(i // 4)) for i in range(40)]
        b = [row(str(i), shifts[i // 4] + drawn.gauss(0, 0.1)) for i in range(40)]
        reward = compare_rows(a, b).reward
        assert reward.low is not None
        assert reward.high is not None
        held += reward.low <= 0.0 <= reward.high
    assert 180 <= held <= 200


def test_nothing_matched_has_no_means() -> None:
    reward = compare_rows([], []).reward
    assert (reward.mean_a, reward.difference, reward.error, reward.low) == (None, None, None, None)
