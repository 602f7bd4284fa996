"""What the verifier benchmarks read, and the pairs that they make of it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pairs import Pair, boxed, crossed, read_pairs

from rewardkit.verifiers import verify


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n\n", encoding="utf-8")
    return path


ROWS: dict[str, tuple[dict[str, object], str, Pair]] = {
    "pair": (
        {"id": "a", "reference": "1/2", "answer": "0.5", "equivalent": True},
        "pairs",
        Pair("a", "1/2", "0.5", True),
    ),
    "pair of another task": (
        {"id": "a", "reference": "B", "answer": "(B)", "equivalent": True, "task": "choice"},
        "pairs",
        Pair("a", "B", "(B)", True, "choice"),
    ),
    "pair without id": (
        {"reference": 7, "answer": "8", "equivalent": False},
        "pairs",
        Pair("1", "7", "8", False),
    ),
    "rollout": (
        {"id": "a", "completion": "9 * 8 = 72\nA: 72", "reference": "72", "correct": True},
        "rollouts",
        Pair("a", "72", "72", True),
    ),
    "rollout without an answer": (
        {"id": "a", "completion": "", "reference": "72", "correct": False},
        "rollouts",
        Pair("a", "72", "", False),
    ),
    "rollout without a label": (
        {"id": "a", "completion": "A: 72", "reference": "72"},
        "rollouts",
        Pair("a", "72", "72", None),
    ),
    "gold": ({"id": "a", "reference": "p"}, "golds", Pair("a", "p", r"\boxed{p}", True)),
}


@pytest.mark.parametrize(("row", "kind", "pair"), ROWS.values(), ids=ROWS)
def test_lines_are_told_apart(
    row: dict[str, object], kind: str, pair: Pair, tmp_path: Path
) -> None:
    assert read_pairs(write(tmp_path / "data.jsonl", [row])) == (kind, [pair])


def test_a_file_without_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"data\.jsonl: expected JSON lines, got none"):
        read_pairs(write(tmp_path / "data.jsonl", []))


def test_a_line_that_lacks_a_field_is_named(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"reference": "7", "answer": "7", "equivalent": True},
        {"reference": "7", "equivalent": True},
    ]
    with pytest.raises(SystemExit, match=r"data\.jsonl, line 2: no field 'answer'"):
        read_pairs(write(tmp_path / "data.jsonl", rows))


GOLDS = [Pair(f"row {i}", text, boxed(text), True) for i, text in enumerate("78987")]


def test_all_pairs_of_golds_differ_in_text_and_none_comes_twice() -> None:
    pairs = crossed(GOLDS, 0, seed=0)
    couples = {frozenset(pair.id.split(" for ")) for pair in pairs}
    assert len(pairs) == len(couples) == 8  # of 10, two have the same text
    assert all(pair.equivalent is None and pair.answer != boxed(pair.reference) for pair in pairs)


@given(count=st.integers(1, 12), seed=st.integers(0, 5))
def test_drawn_pairs_are_some_of_all_and_the_same_for_a_seed(count: int, seed: int) -> None:
    drawn = crossed(GOLDS, count, seed)
    everything = {frozenset(pair.id.split(" for ")) for pair in crossed(GOLDS, 0, seed=0)}
    couples = [frozenset(pair.id.split(" for ")) for pair in drawn]
    assert len(couples) == len(set(couples)) == min(count, 8)
    assert set(couples) <= everything
    assert drawn == crossed(GOLDS, count, seed)


def test_a_gold_in_a_box_is_judged_by_what_the_box_holds() -> None:
    assert verify(boxed("7"), "7").correct
    assert boxed(boxed("7")) == boxed("7")
