"""The table of docs/verifiers-math.md says what is so."""

import re
from pathlib import Path

import pytest

from rewardkit.verifiers.math.symbolic_job import Job
from rewardkit.verifiers.math.symbolic_worker import judge

PAGE = Path(__file__).parents[3] / "docs" / "verifiers-math.md"
ROWS = re.findall(r"^\| `(.+?)` \| `(.+?)` \| (\w+) \|", PAGE.read_text("utf-8"), re.MULTILINE)


def test_the_table_is_there() -> None:
    assert len(ROWS) > 15


@pytest.mark.parametrize(("reference", "answer", "status"), ROWS)
def test_row(reference: str, answer: str, status: str) -> None:
    assert judge(Job(answer, reference)).status == status
