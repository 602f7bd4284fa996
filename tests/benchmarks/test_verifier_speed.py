"""A tiny run of the speed benchmark, and its parts."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from speed_tables import Measured, table
from verifier_speed import answer_in, benchmark, caches, exact_share, forget, measure
from workloads import Job, Workload, of_long_replies, read_workloads

from rewardkit.verifiers.math import exact

FILES: dict[str, list[dict[str, object]]] = {
    "rollouts": [
        {"completion": "9 * 8 = 72\nA: 72", "reference": "72", "correct": True},
        {"completion": "9 + 8 = 17\nA: 17", "reference": "72", "correct": False},
    ],
    "golds": [{"reference": r"\frac{1}{2}"}, {"reference": "3"}, {"reference": r"\{1, 2\}"}],
    "pairs": [
        {"reference": "7", "answer": "7.0", "equivalent": True},
        {"reference": "B", "answer": "B", "equivalent": True, "task": "choice"},
    ],
}


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def loads(tmp_path: Path) -> list[Workload]:
    paths = [write(tmp_path / f"{name}.jsonl", rows) for name, rows in FILES.items()]
    return [load for path in paths for load in read_workloads(path, 10, seed=0)]


def test_a_tiny_run_reports_both_on_every_workload(loads: list[Workload]) -> None:
    loads.append(of_long_replies(2, seed=0, size=300))
    report = benchmark(loads, rounds=1)
    lines = [[cell.strip() for cell in line.split("|")] for line in report.splitlines()]
    ours = [line for line in lines if line[1:2] == ["rewardkit"]]
    theirs = [line for line in lines if line[1:2] == ["math-verify"]]
    assert [line[2:5] for line in ours] == [
        ["1", "0", "0"],
        ["3", "0", "0"],
        ["2", "0", "0"],
        ["0", "0", "0"],
        ["1", "0", "0"],
        ["1", "0", "0"],
    ]
    assert [line[2:5] for line in theirs] == [line[2:5] for line in ours]
    assert {line[-2] for line in ours} == {"1.0"}
    assert report.count("The exact tier decides ") == len(ours)


def test_workloads_of_each_kind_of_file(loads: list[Workload]) -> None:
    rollouts, golds, plain, shifted, pairs = loads
    assert rollouts.template == "gsm8k"
    assert [job.right for job in rollouts.jobs] == [True, False]
    assert [job.reference for job in golds.jobs] == [row["reference"] for row in FILES["golds"]]
    assert [job.reference for job in plain.jobs] == [r"\frac{1}{2}", "3"]
    assert [job.reply for job in shifted.jobs] == [job.reply for job in golds.jobs]
    assert [job.reference for job in shifted.jobs] == ["3", r"\{1, 2\}", r"\frac{1}{2}"]
    assert list(pairs.jobs) == [Job("7.0", "7", True)]


def test_every_second_long_reply_is_wrong() -> None:
    workload = of_long_replies(4, seed=0, size=200)
    assert [job.right for job in workload.jobs] == [True, False, True, False]
    for job in workload.jobs:
        verdict = exact.compare(answer_in(job.reply, workload.template), job.reference)
        assert verdict is not None
        assert verdict.correct is job.right


def test_the_first_round_does_not_count_and_runners_alternate() -> None:
    calls: list[str] = []

    def runner(name: str, jobs: Sequence[Job]) -> list[bool]:
        calls.append(name)
        return [True for _ in jobs]

    jobs = [Job("7", "7", True)]
    first, second = measure([lambda j: runner("a", j), lambda j: runner("b", j)], jobs, rounds=2)
    assert calls == ["a", "b"] * 3
    assert len(first.round_ms) == len(second.round_ms) == 2
    assert first.accepted == [True]


def test_readings_are_forgotten() -> None:
    assert exact.compare(r"\sqrt{2}+1", r"1+\sqrt{2}") is not None
    assert any(cache.cache_info().currsize for cache in caches())
    forget()
    assert not any(cache.cache_info().currsize for cache in caches())


def test_share_of_the_exact_tier() -> None:
    jobs = [Job("7", "7", True), Job(r"\int_0^1 x\,dx", r"\sum_n a_n", False)]
    assert exact_share(Workload("two", "", jobs)) == 0.5


def test_medians_and_ratio() -> None:
    jobs = [Job("7", "7", True), Job("8", "7", False), Job("9", "7", None)]
    lines = table(
        Workload("three", "", jobs),
        ["ours", "peer"],
        [
            Measured([1.0, 9.0, 2.0], [True, False, False]),
            Measured([5.0], [True, True, True]),
        ],
    ).splitlines()
    assert lines[2] == "| ours | 1 | 0 | 0 | 2 | 1 | 9 | 1.0 |"
    assert lines[3] == "| peer | 1 | 1 | 1 | 5 | 5 | 5 | 2.5 |"
    assert len({line.count("|") for line in lines}) == 1
