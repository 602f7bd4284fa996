"""Showing results."""

import io
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.cli.results import printable, show
from rewardkit.errors import ConfigError


class Report(msgspec.Struct, frozen=True):
    """A report of one figure."""

    mean: float | None


@given(st.text(), st.integers(1, 50))
def test_any_text_becomes_one_harmless_line(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert shown.isprintable()
    assert (text == shown) or not text[: limit + 1].isprintable() or len(text) > limit


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("a\tb", r"a\tb", id="tab"),
        pytest.param("\ud800", r"\ud800", id="half a surrogate pair"),
        pytest.param("x" * 81, "x" * 80 + "…", id="long"),
        pytest.param("Straße 中文", "Straße 中文", id="other scripts"),
    ],
)
def test_printable(text: str, wanted: str) -> None:
    assert printable(text) == wanted


def test_a_narrow_encoding_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer, encoding="ascii"))
    show(Report(None), lambda: ["|▁█|"], as_json=False)
    sys.stdout.flush()
    assert buffer.getvalue() == b"|??|\n"


def test_nulls_stay_nulls(capsys: pytest.CaptureFixture[str]) -> None:
    show(Report(None), list, as_json=True)
    assert capsys.readouterr().out == '{\n  "mean": null\n}\n'


class Terminal(io.StringIO):
    """A standard output that a person looks at."""

    def isatty(self) -> bool:
        """A terminal."""
        return True


def test_square_brackets_are_no_markup_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    show(Report(None), lambda: ["[bold]7[/bold] [/nothing]"], as_json=False)
    assert terminal.getvalue().strip() == "[bold]7[/bold] [/nothing]"


def test_a_device_that_takes_nothing_is_one_clear_error() -> None:
    with pytest.raises(ConfigError, match=r"/dev/full: expected to write there, got: No space"):
        show(Report(None), list, as_json=True, output=Path("/dev/full"))
