"""`rewardkit compare`: what changed between two scored files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from rewardkit.analysis.comparing import ComparisonReport


def compare_command(
    a: Annotated[Path, typer.Argument(metavar="A", help="Scored file before, or -.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="Scored file after, or -.")],
    rows: Annotated[int, typer.Option("--rows", min=0, help="Changed rows to show.")] = 10,
    tolerance: Annotated[
        float, typer.Option("--tolerance", help="Values that differ by no more are equal.")
    ] = 0.0,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 when anything differs.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write there, not to standard output.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No messages.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks of errors.")] = False,
) -> None:
    """Show what changed between two scored files, matched by id."""
    from rewardkit.analysis.comparing import compare_rows
    from rewardkit.atomic import check_output
    from rewardkit.cli.results import show
    from rewardkit.scored import ScoredRow, check_inputs, read_scored

    check_tolerance(tolerance)
    check_inputs([a, b])
    if output is not None:
        check_output(output, [a, b])
    report = compare_rows(
        read_scored([a], ScoredRow),
        read_scored([b], ScoredRow),
        limit=rows,
        tolerance=tolerance,
        same_reward=same_reward(a, b),
    )
    warn(report, quiet)
    show(report, lambda: tables(report), as_json=as_json, output=output, inputs=[a, b])
    if exit_code and report.different:
        raise typer.Exit(1)


def check_tolerance(tolerance: float) -> None:
    """Refuse a tolerance that is no distance.

    Raises:
        ConfigError: When it is negative, NaN or infinite.
    """
    from rewardkit.errors import ConfigError

    if not 0.0 <= tolerance < float("inf"):
        raise ConfigError(f"--tolerance: expected a finite number from 0 on, got {tolerance}")


def same_reward(a: Path, b: Path) -> bool | None:
    """Whether the side-cars name the same reward; None where one of them is missing."""
    from rewardkit.sidecar import read_fingerprint

    fingerprint_a, fingerprint_b = read_fingerprint(a), read_fingerprint(b)
    if fingerprint_a is None or fingerprint_b is None:
        return None
    return fingerprint_a == fingerprint_b


def warn(report: "ComparisonReport", quiet: bool) -> None:
    """Say what makes a comparison doubtful."""
    from rewardkit.cli.results import note

    if report.same_reward is False:
        note("warning: A and B were scored with different rewards (their side-cars say)", quiet)
    if not report.matched:
        note("warning: no row of A has the id of a row of B", quiet)
    if report.other_group:
        text = f"{report.other_group} matched rows have another group: are these the same rollouts?"
        note(f"warning: {text}", quiet)


def tables(report: "ComparisonReport") -> list["RenderableType"]:
    """Lay a report out for a person."""
    from rewardkit.cli.results import printable

    head = (
        f"{report.matched} matched rows, {report.changed} changed; "
        f"{report.only_a.rows} only in A, {report.only_b.rows} only in B"
    )
    found: list[RenderableType] = [head, changes_table(report), means_table(report)]
    for name, alone in (("A", report.only_a), ("B", report.only_b)):
        if alone.rows:
            more = ", …" if alone.rows > len(alone.ids) else ""
            ids = ", ".join(printable(row_id, 40) for row_id in alone.ids)
            found.append(f"Only in {name}: {ids}{more}")
    for name, parts in (("A", report.parts_only_a), ("B", report.parts_only_b)):
        if parts:
            found.append(f"Parts only in {name}: {', '.join(printable(p) for p in parts[:20])}")
    if report.rows:
        found.append(rows_table(report))
    return found


def changes_table(report: "ComparisonReport") -> "Table":
    """How many rows became better or worse."""
    from rich.text import Text

    from rewardkit.cli.results import new_table, printable

    figures = ("better", "worse", "equal", "now\njudged", "no longer\njudged", "never\njudged")
    table = new_table("Rows, from A to B", ["part"], figures)
    for name, part in {"total": report.reward, **report.parts}.items():
        judged = (part.newly_judged, part.newly_unjudged, part.unjudged)
        counts = (part.better, part.worse, part.equal, *judged)
        table.add_row(Text(printable(name)), *map(str, counts))
    return table


def means_table(report: "ComparisonReport") -> "Table":
    """Means of the rows that are judged in both files."""
    from rich.text import Text

    from rewardkit.cli.results import new_table, number, printable

    columns = ("pairs", "A", "B", "B - A", "error", "95 % interval")
    table = new_table("Means of rows judged in both", ["part"], columns)
    for name, part in {"total": report.reward, **report.parts}.items():
        figures = (part.mean_a, part.mean_b, part.difference, part.error)
        interval = "-" if part.low is None else f"{number(part.low)} to {number(part.high)}"
        table.add_row(Text(printable(name)), str(part.pairs), *map(number, figures), interval)
    return table


def rows_table(report: "ComparisonReport") -> "Table":
    """The first changed rows with both reasons."""
    from rich.text import Text

    from rewardkit.cli.results import new_table, number, printable

    title = f"The first {len(report.rows)} of {report.changed} changed rows"
    table = new_table(title, ("id", "part"), ("A", "B"))
    for reason in ("reason in A", "reason in B"):
        table.add_column(reason)
    for row in report.rows:
        name = Text(printable(row.id, 40))
        table.add_row(name, "total", number(row.reward_a), number(row.reward_b), "", "")
        for part in row.parts:
            values = [number(side.value if side else None) for side in (part.a, part.b)]
            reasons = [Text(printable(side.reason if side else "")) for side in (part.a, part.b)]
            table.add_row("", Text(printable(part.part)), *values, *reasons)
    return table
