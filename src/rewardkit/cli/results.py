"""Showing results: tables for people, JSON for programs, on standard output or in a file."""

import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from rewardkit.atomic import check_output, is_special, replacing
from rewardkit.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

PLAIN_WIDTH = 160
"""Columns where nobody knows how wide the reader's window is: pipes and files."""


def printable(text: str, limit: int = 80) -> str:
    r"""Make text from a file harmless and short enough to show.

    Replies get into ids and reasons, and a terminal obeys the control characters in them.

    >>> printable("a\x1b[31m\nb")
    'a\\x1b[31m\\nb'
    """
    shown = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[: limit + 1]
    )
    return shown if len(text) <= limit else shown[:limit] + "…"


def number(value: float | None) -> str:
    """A figure for a table; a dash where there is none.

    >>> number(0.37234), number(None), number(1.0)
    ('0.3723', '-', '1')
    """
    return "-" if value is None else f"{value:.4g}"


def new_table(title: str, names: Sequence[str], figures: Sequence[str]) -> "Table":
    """Begin a table.

    Args:
        title: Stands above it; may be empty.
        names: Columns of text, which wrap in a narrow window.
        figures: Columns of figures, which never do: half a number is a wrong one.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD)
    for name in names:
        table.add_column(name, overflow="fold")
    for figure in figures:
        table.add_column(figure, justify="right", no_wrap=True)
    return table


def note(text: str, quiet: bool) -> None:
    """Write a message for a person to standard error."""
    if not quiet:
        print(f"rewardkit: {text}", file=sys.stderr)


def show(
    report: msgspec.Struct,
    tables: Callable[[], Sequence["RenderableType"]],
    *,
    as_json: bool,
    output: Path | None = None,
    inputs: Sequence[Path] = (),
) -> None:
    """Write a report.

    Args:
        report: All figures.
        tables: Makes what a person reads of it.
        as_json: Write JSON instead.
        output: A file to write to; standard output if None or `-`.
        inputs: Files that must not be overwritten.

    Raises:
        ConfigError: When the output is an input or can't be written.
    """
    if output is not None and str(output) == "-":
        output = None
    if as_json:
        text = msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n"
    elif output is None and sys.stdout.isatty():
        text = ""
    else:
        text = render(tables())
    if output is not None:
        write_text(output, text, inputs)
    elif text:
        # A pipe in another encoding than UTF-8 has no block characters; that is no reason to fail.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        sys.stdout.write(text)
    else:
        from rich.console import Console

        # Names and reasons may hold square brackets, which are no markup.
        Console(markup=False, highlight=False).print(*tables(), sep="\n")


def render(parts: Sequence["RenderableType"]) -> str:
    """Render tables as plain text, without colours and without blanks at the ends of lines."""
    from rich.console import Console

    buffer = io.StringIO()
    console = Console(
        file=buffer, width=PLAIN_WIDTH, no_color=True, force_terminal=False, markup=False
    )
    console.print(*parts, sep="\n")
    return "".join(line.rstrip() + "\n" for line in buffer.getvalue().splitlines())


def check_place(output: Path, inputs: Sequence[Path]) -> None:
    """Refuse an output that can't be written, or is an input; for a command, before its work.

    Raises:
        ConfigError: Naming the output.
    """
    check_output(output, inputs)
    if not output.parent.is_dir():
        raise ConfigError(f"{output}: expected a folder {output.parent}, got nothing at this path")


def write_text(output: Path, text: str, inputs: Sequence[Path]) -> None:
    """Write a result to a file, whole or not at all; to a device or a pipe as it is."""
    check_place(output, inputs)
    if is_special(output):
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise ConfigError(
                f"{output}: expected to write there, got: {error.strerror}"
            ) from error
        return
    with replacing([output]) as (stream,):
        stream.write(text.encode())
