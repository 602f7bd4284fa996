"""The table of replies in docs/templates.md is what the template does."""

import re
from pathlib import Path

import pytest

from rewardkit.templates import load_template

_PAGE = Path(__file__).parents[2] / "docs" / "templates.md"
_ROW = re.compile(r"^\| (`+) ?(.*?) ?\1 \| (\S.*?) \| (.*?) ?\|$", re.MULTILINE)


def _rows() -> list[tuple[str, str, str]]:
    text = _PAGE.read_text(encoding="utf-8")
    table = text.partition("| reply | answer | faults |")[2].partition("\n\n")[0]
    rows = [(row[1].replace("\\n", "\n"), row[2], row[3]) for row in _ROW.findall(table)]
    assert len(rows) == table.count("\n") - 1, "a row of the table could not be read"
    return rows


@pytest.mark.parametrize(("reply", "answer", "faults"), _rows())
def test_documented_reply_is_read_as_documented(reply: str, answer: str, faults: str) -> None:
    parsed = load_template("think-answer").parse(reply)
    found = f"{parsed.answer.status}: {parsed.answer.text}"
    assert (found if parsed.answer.found else parsed.answer.status) == answer
    assert [fault.kind for fault in parsed.faults] == [k for k in faults.split(", ") if k]
