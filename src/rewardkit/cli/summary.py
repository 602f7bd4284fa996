"""`rewardkit summary`: what scored files say."""

from pathlib import Path
from typing import Annotated

import typer

CORRECT_AT_HELP = "Values from here on are right."
PART_HELP = "The part that tells right from wrong; 'reward' is the total. Default: accuracy."


def summary_command(
    scored: Annotated[list[Path], typer.Argument(metavar="SCORED…", help="Scored files, or -.")],
    part: Annotated[str | None, typer.Option("--part", help=PART_HELP)] = None,
    correct_at: Annotated[float, typer.Option("--correct-at", help=CORRECT_AT_HELP)] = 1.0,
    k: Annotated[str, typer.Option("--k", help="The k of pass@k, such as 1,2,4,8.")] = "",
    reasons: Annotated[int, typer.Option("--reasons", min=0, help="Reasons of a kind.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write there, not to standard output.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No messages.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks of errors.")] = False,
) -> None:
    """Show what scored files say: means, spread, questions without variance, pass@k, reasons."""
    from rewardkit.analysis.parts import check_correct_at
    from rewardkit.analysis.summarising import Summary
    from rewardkit.atomic import check_output
    from rewardkit.cli.results import note, show
    from rewardkit.cli.summary_tables import tables
    from rewardkit.scored import KeptRow, read_scored

    check_correct_at(correct_at)
    ks = read_ks(k)
    if output is not None:
        check_output(output, scored)
    figures = Summary(correct_at)
    for row in read_scored(scored, KeptRow):
        figures.add(row)
    report = figures.report(part, ks, reasons)
    if not report.rows:
        note("no scored rows in the input", quiet)
    show(report, lambda: tables(report), as_json=as_json, output=output, inputs=scored)


def read_ks(text: str) -> list[int] | None:
    """Read the option `--k`.

    Returns:
        Positive numbers in ascending order; None where the option is empty.

    Raises:
        ConfigError: For anything but positive numbers with commas between.

    >>> read_ks("8,1")
    [1, 8]
    >>> read_ks("0")
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: --k: expected numbers from 1 to 999999, such as 1,2,4,8, got '0'
    """
    from rewardkit.errors import ConfigError

    if not text:
        return None
    parts = [part.strip() for part in text.split(",")]
    # The length is looked at first: a number of thousands of digits is not even converted.
    if not all(0 < len(p) <= 6 and p.isascii() and p.isdigit() and int(p) for p in parts):
        wanted = "numbers from 1 to 999999, such as 1,2,4,8"
        raise ConfigError(f"--k: expected {wanted}, got {text[:80]!r}")
    return sorted({int(part) for part in parts})
