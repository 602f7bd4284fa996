"""A tiny run of the accuracy benchmark, and its tables."""

import json
from pathlib import Path

import pytest
from accuracy_tables import Tally, accuracy_table, percentile, tally
from hypothesis import given
from hypothesis import strategies as st
from isolated import Timed
from pairs import Pair
from peers import PEERS, Opinion
from verifier_accuracy import acceptances, benchmark, otherwise

PAIRS: list[dict[str, object]] = [
    {"id": "same", "reference": "1/2", "answer": "0.5", "equivalent": True},
    {"id": "other", "reference": "1/2", "answer": "0.6", "equivalent": False},
    {"id": "mislabelled", "reference": "7", "answer": "8", "equivalent": True},
    {"id": "label", "reference": "dog", "answer": "Dog", "equivalent": True, "task": "label"},
]
GOLDS: list[dict[str, object]] = [
    {"id": "half", "reference": "1/2"},
    {"id": "0.5", "reference": "0.5"},
]


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_tiny_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = PEERS["trl"]._replace(modules=("no_such_module",))
    monkeypatch.setitem(PEERS, "trl", missing)
    data = [write(tmp_path / "pairs.jsonl", PAIRS), write(tmp_path / "golds.jsonl", GOLDS)]
    report, rows = benchmark(data, ["rewardkit", "trl"], cross=5, seed=0, limit_s=30.0)
    lines = [[cell.strip() for cell in line.split("|")] for line in report.splitlines()]
    pairs, others, golds, mixed, start = (line for line in lines if line[1:2] == ["rewardkit"])
    assert pairs[2:6] == ["1", "0", "0", "0"]
    assert others[2:4] == ["1", "0"]
    assert golds[2:5] == ["2", "0", "0"]
    assert mixed[2:5] == ["1", "0", "0"]
    assert {line[-2] for line in (pairs, others, golds, mixed)} == {"1"}
    assert float(start[3]) > 0
    assert report.count("| trl | not installed: `pip install --no-deps trl packaging` |") == 4
    assert "* half for 0.5: rewardkit" in report or "* 0.5 for half: rewardkit" in report
    assert str(tmp_path) not in report
    assert [row["id"] for row in rows[:1]] == ["mislabelled"]
    assert rows[0]["file"] == "pairs.jsonl"
    assert len(rows) == 2  # and the pair of golds that is accepted


def timed(*accepted: bool | None, note: str = "") -> list[Timed]:
    return [Timed(Opinion(yes, note), 0.001 * n) for n, yes in enumerate(accepted, 1)]


LABELLED = [
    Pair("a", "1", "1", True),
    Pair("b", "1", "2", False),
    Pair("c", "1", "3", False),
    Pair("d", "1", "4", None),
]


def test_what_is_counted() -> None:
    assert tally(LABELLED, timed(True, True, None, True)) == Tally(
        right=1, wrong=1, unlabelled=1, unjudged=1, lost=0,
        p50_ms=2.0, p99_ms=4.0, max_ms=4.0, mean_ms=2.5,
    )  # fmt: skip
    assert tally(LABELLED, timed(None, None, None, None, note="hung")).lost == 4
    with pytest.raises(ValueError, match="shorter"):
        tally(LABELLED, timed(True))


def test_ratio_compares_mean_times_and_comes_last() -> None:
    slow = [Timed(one.opinion, 4 * one.seconds) for one in timed(True, False, False, True)]
    table = accuracy_table(
        LABELLED, {"fast": timed(True, False, False, False), "slow": slow}, {"gone": "get it"}
    ).splitlines()
    assert table[0].startswith(
        "| verifier | right accepted (of 1) | wrong accepted (of 2) | accepted, no label (of 1) |"
    )
    assert table[2] == "| fast | 1 | 0 | 0 | 0 | 0 | 2 | 4 | 4 | 2.5 | 1 |"
    assert table[3] == "| slow | 1 | 0 | 1 | 0 | 0 | 8 | 16 | 16 | 10 | 4 |"
    assert table[4].startswith("| gone | not installed: `get it` |")
    assert {line.count("|") for line in table} == {table[0].count("|")}


def test_rows_other_than_labelled_have_all_opinions() -> None:
    results = {"ours": timed(None, True, False, False), "peer": timed(True, True, True, True)}
    rows = otherwise(LABELLED, results)
    assert [row["id"] for row in rows] == ["a", "b", "d"]
    assert rows[0]["opinions"] == {
        "ours": {"accepted": None, "note": ""},
        "peer": {"accepted": True, "note": ""},
    }


def test_accepted_pairs_without_a_label_are_listed() -> None:
    results = {"ours": timed(True, True, True, False), "peer": timed(True, True, True, True)}
    assert acceptances(LABELLED, results) == "Accepted:\n\n* d: peer"
    assert acceptances(LABELLED[:3], {"ours": timed(True, True, True)}) == ""


@given(
    values=st.lists(st.integers(0, 99), min_size=1),
    share=st.floats(0, 1, exclude_min=True, allow_subnormal=False),
)
def test_percentile_is_the_smallest_value_that_covers_the_share(
    values: list[int], share: float
) -> None:
    found = percentile(values, share)
    covered = {value: sum(other <= value for other in values) for value in values}
    enough = [value for value, count in covered.items() if count >= share * len(values) - 1e-9]
    assert found == min(enough)
