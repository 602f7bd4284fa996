"""Every row of every table of docs/verifiers-math-exact.md."""

import re
from pathlib import Path

import pytest

from rewardkit.verifiers.math.exact import compare

PAGE = Path(__file__).parents[3] / "docs" / "verifiers-math-exact.md"
ROW = re.compile(r"^\| `(.+)` \| `(.+)` \| (\w+) \|$", re.MULTILINE)
ROWS: list[tuple[str, str, str]] = ROW.findall(PAGE.read_text(encoding="utf-8"))


def test_no_row_of_the_page_is_overlooked() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if "`" in line]
    assert len(ROWS) == sum(line.startswith("| `") for line in lines) > 100


@pytest.mark.parametrize(("reference", "answer", "wanted"), ROWS)
def test_the_page_says_what_happens(reference: str, answer: str, wanted: str) -> None:
    verdict = compare(answer, reference)
    assert (verdict.status if verdict is not None else "unknown") == wanted
