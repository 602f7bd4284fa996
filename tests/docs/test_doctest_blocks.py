"""Doctests in docstrings become blocks of code on the reference pages."""

import doctest
import runpy
from pathlib import Path

import griffe
import pytest

EXTENSION = Path(__file__).parents[2] / "docs" / "doctest_blocks.py"

CASES = {
    "none": ("One line.", "One line."),
    "at the end": ("A.\n\n>>> 1\n1", "A.\n\n```pycon\n>>> 1\n1\n```"),
    "in the middle": ("A.\n\n>>> 1\n1\n\nB.", "A.\n\n```pycon\n>>> 1\n1\n```\n\nB."),
    "two": (">>> 1\n1\n\n>>> 2\n2", "```pycon\n>>> 1\n1\n```\n\n```pycon\n>>> 2\n2\n```"),
    "several lines": (
        ">>> for i in [1]:\n...     i\n1\n>>> 2\n2",
        "```pycon\n>>> for i in [1]:\n...     i\n1\n>>> 2\n2\n```",
    ),
    "fenced already": ("```pycon\n>>> 1\n1\n```", "```pycon\n>>> 1\n1\n```"),
    "in a section": ("Returns:\n    >>> 1\nEnd.", "Returns:\n    >>> 1\nEnd."),
}


def read_docstring(code: str) -> str | None:
    """The docstring of a module's `f` as the reference pages get it."""
    extensions = griffe.load_extensions(str(EXTENSION))
    files = {"__init__.py": code}
    with griffe.temporary_visited_package("some", files, extensions=extensions) as package:
        docstring = package["f"].docstring
    return None if docstring is None else str(docstring.value)


@pytest.mark.parametrize(("text", "fenced"), CASES.values(), ids=CASES)
def test_doctests_are_fenced(text: str, fenced: str) -> None:
    assert read_docstring(f"def f():\n    {text!r}") == fenced
    assert read_docstring(f"def f():\n    {fenced!r}") == fenced


def test_what_has_no_docstring_keeps_none() -> None:
    assert read_docstring("def f(): pass") is None


def test_its_own_doctest_runs(capsys: pytest.CaptureFixture[str]) -> None:
    namespace = runpy.run_path(str(EXTENSION))
    assert ">>>" in namespace["fence_doctests"].__doc__
    doctest.run_docstring_examples(namespace["fence_doctests"], namespace)
    assert capsys.readouterr().out == ""
