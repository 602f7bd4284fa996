"""A tiny run of the throughput benchmark, and its parts one by one."""

import json
from pathlib import Path

import pytest
from math_verify_loop import Row, run_loop, stated_answer
from process_tree import MIB, Run, Sample
from score_throughput import agreement, benchmark, read_rows
from tables import Line, memory_table, table

ROWS = [
    {"completion": "9 * 8 = 72\nA: 72", "reference": "72", "correct": True},
    {"completion": "9 + 8 = 17\nA: 17", "reference": "72", "correct": False},
    {"completion": "7 / 2 = 3.5\nA: 3.5", "reference": "3.5", "correct": True},
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "rollouts.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8")
    return path


def test_a_tiny_run_reports_both_and_agrees_with_the_labels(data: Path) -> None:
    report = benchmark(data, copies=2, workers=1, reward="gsm8k", peer_rows=2)
    lines = [[cell.strip() for cell in line.split("|")] for line in report.splitlines()]
    ours, careful, plain = (line for line in lines if len(line) == 10 and "%" in line[7])
    assert ours[1:3] == ["`rewardkit score`, 1 workers", "6"]
    assert careful[1:3] == ["math-verify, each reference parsed once", "2"]
    assert plain[1:3] == ["math-verify", "2"]
    assert plain[-2] == "1.0"
    assert {line[7] for line in (ours, careful, plain)} == {"100.00%"}
    assert str(data.parent) not in report


def test_rows_are_read_without_blank_lines(data: Path) -> None:
    data.write_text(data.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    assert read_rows(data) == [
        Row(str(r["completion"]), str(r["reference"]), r["correct"] is True) for r in ROWS
    ]


@pytest.mark.parametrize(
    ("completion", "answer"),
    [("A: 7", "7"), ("A: 5\nA: 7\n", "7"), ("7", "7"), ("", "")],
    ids=["one", "the last", "none", "empty"],
)
def test_stated_answer(completion: str, answer: str) -> None:
    assert stated_answer(completion) == answer


@pytest.mark.parametrize("parse_once", [True, False])
def test_loop_judges_with_math_verify(parse_once: bool) -> None:
    rows = [Row("A: 72", "72", True), Row("A: 17", "72", False), Row("", "72", None)]
    result = run_loop(rows, parse_once=parse_once)
    assert result.correct == [True, False, False]
    assert result.seconds > 0
    assert result.cpu_s >= 0


@pytest.mark.parametrize(
    ("judged", "labels", "share"),
    [
        ([True, False], [True, False], 1.0),
        ([True, True], [True, False], 0.5),
        ([None, True], [False, True], 0.5),
        ([True, True], [None, True], 1.0),
        ([True], [None], None),
    ],
    ids=["all", "half", "unjudged never agrees", "only labelled rows count", "no labels"],
)
def test_agreement(
    judged: list[bool | None], labels: list[bool | None], share: float | None
) -> None:
    assert agreement(judged, [Row("", "", label) for label in labels]) == share


def test_agreement_needs_a_judgement_for_each_row() -> None:
    with pytest.raises(ValueError, match="longer"):
        agreement([True], [Row("", "", True), Row("", "", True)])


def test_ratio_compares_rates_per_core() -> None:
    fast, base = Line("fast", 800, 10.0, 15.0, 2, 1.0), Line("base", 20, 1.0, 0.9, 1, None)
    rows = table([fast, base], base).splitlines()
    assert rows[2] == "| fast | 800 | 10.0 | 15.0 | 80 | 40 | 100.00% | 2.0 |"
    assert rows[3] == "| base | 20 | 1.0 | 0.9 | 20 | 20 | no labels | 1.0 |"


def test_memory_is_told_on_the_way() -> None:
    run = Run(0, 1.0, 1.0, [Sample(5, 10 * MIB), Sample(50, 30 * MIB), Sample(100, 20 * MIB)])
    assert memory_table(run, 100).splitlines()[2:] == [
        "| 10% | 10 |",
        "| 50% | 30 |",
        "| 100% | 30 |",
    ]
