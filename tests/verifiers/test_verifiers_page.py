"""The tables of docs/verifiers.md say what the verifiers do."""

import re
from pathlib import Path

import pytest

from rewardkit.verifiers import verify

PAGE = Path(__file__).parents[2] / "docs" / "verifiers.md"
ROW = re.compile(r"\| `(?P<answer>[^`]+)` \| `(?P<reference>[^`]+)` \| `(?P<status>\w+)` \|")
TASKS = ("math", "number", "choice", "label", "labels", "text", "boxes", "points", "jigsaw")
PETS = ("cat", "dog", "bird", "None of the above")


def rows(task: str) -> list[re.Match[str]]:
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {task}\n")[1].split("\n## ")[0]
    return [row for line in section.splitlines() if (row := ROW.match(line))]


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_right_and_wrong_examples(task: str) -> None:
    right = [row["status"] == "correct" for row in rows(task)]

    assert any(right) and not all(right)


@pytest.mark.parametrize(
    ("task", "answer", "reference", "status"),
    [
        (task, row["answer"], row["reference"], row["status"])
        for task in TASKS
        for row in rows(task)
    ],
)
def test_example_has_the_verdict_of_the_page(
    task: str, answer: str, reference: str, status: str
) -> None:
    assert verify(answer, reference, task, PETS).status == status
