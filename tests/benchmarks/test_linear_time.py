"""The benchmark of linear time sees a quadratic parser, and covers every reward that reads text."""

import linear_time
import pytest


def test_quadratic_work_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear_time, "subjects", lambda: {"quadratic": len})
    monkeypatch.setattr(linear_time, "best_time_s", lambda run, text: float(len(text)) ** 2)

    [(name, _, _, growth)] = linear_time.measure(1000)

    assert name == "quadratic"
    assert growth == linear_time.GROWTH**2


def test_every_subject_runs_on_every_text() -> None:
    subjects = linear_time.subjects()

    for run in subjects.values():
        for unit in linear_time.UNITS.values():
            run(unit * 20)

    assert {f"verify {task}" for task in ("math", "number", "choice", "text")} <= set(subjects)


def test_table_has_a_line_for_each_subject() -> None:
    text = linear_time.table([("x", "(", 0.5, 4.0)], 10)

    assert "| x | ( | 500.0 | 4.0 |" in text.splitlines()
