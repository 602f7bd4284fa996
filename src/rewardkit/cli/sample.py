"""`rewardkit sample`: questions into easy, medium and hard files."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rewardkit.analysis.sample_files import SampleReport

DATA_HELP = "The questions' file: its lines are passed through. Default: each first rollout's."
FIELD_HELP = "Where the questions' file keeps a field, such as prompt=problem."


def sample_command(
    scored: Annotated[list[Path], typer.Argument(metavar="SCORED…", help="Scored files, or -.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files.")],
    data: Annotated[Path | None, typer.Option("--data", help=DATA_HELP)] = None,
    part: Annotated[
        str | None, typer.Option("--part", help="The part that tells right from wrong.")
    ] = None,
    correct_at: Annotated[
        float, typer.Option("--correct-at", help="Rollouts are right from this value on.")
    ] = 1.0,
    easy_at: Annotated[
        float, typer.Option("--easy-at", help="Easy from this share of right rollouts on.")
    ] = 1.0,
    hard_at: Annotated[
        float, typer.Option("--hard-at", help="Hard up to this share of right rollouts.")
    ] = 0.0,
    min_rollouts: Annotated[
        int, typer.Option("--min-rollouts", help="Judged rollouts that a question needs.")
    ] = 2,
    drop: Annotated[
        list[str] | None, typer.Option("--drop", help="Leave a field of the rollouts out.")
    ] = None,
    field: Annotated[list[str] | None, typer.Option("--field", help=FIELD_HELP)] = None,
    format: Annotated[str | None, typer.Option("--format", help="Renamings by name.")] = None,
    add_rate: Annotated[
        bool, typer.Option("--add-rate", help="Add the share of right rollouts as pass_rate.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write the report as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No messages and no table.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Tracebacks of errors.")] = False,
) -> None:
    """Split questions into easy, medium and hard by how many of their rollouts are right."""
    from rewardkit.analysis.sample_files import Source, write_sample_files
    from rewardkit.analysis.sampling import Bounds
    from rewardkit.cli.results import note, show
    from rewardkit.errors import ConfigError
    from rewardkit.formats import read_renamings

    bounds = Bounds(
        correct_at=correct_at, easy_at=easy_at, hard_at=hard_at, min_rollouts=min_rollouts
    )
    if data is None and (field or format):
        raise ConfigError("--field, --format: expected --data with them, got none")
    if data is not None and drop:
        raise ConfigError("--drop: expected no --data with it, whose lines are passed through")
    places = read_renamings(format, field or [])
    source = Source(scored, data, places, tuple(drop or ()))
    report = write_sample_files(source, output, bounds, part=part, with_rate=add_rate)
    for message in messages(report):
        note(message, quiet)
    if as_json or not quiet:
        show(report, lambda: tables(report), as_json=as_json)


def messages(report: "SampleReport") -> Iterator[str]:
    """Name the questions that are not what the caller may expect."""
    from rewardkit.cli.results import printable

    for named, text in (
        (report.few, "questions with too few judged rollouts"),
        (report.without_rollouts, "questions of the data without rollouts"),
        (report.without_question, "groups of rollouts that are not in the data"),
    ):
        if named.questions:
            names = ", ".join(printable(name, 40) for name in named.names)
            more = ", …" if named.questions > len(named.names) else ""
            yield f"{text}: {named.questions} ({names}{more})"


def tables(report: "SampleReport") -> list["RenderableType"]:
    """Lay a report out for a person."""
    from rich.text import Text

    from rewardkit.cli.results import new_table, number, printable

    head = (
        f"{report.rollouts} rollouts, {report.judged} of them judged by {printable(report.part)}, "
        f"right from {number(report.correct_at)} on"
    )
    table = new_table("", ["difficulty"], ("questions", "share"))
    table.add_column("file")
    total = sum(report.questions.values())
    for name, count in report.questions.items():
        share = number(count / total if total else None)
        table.add_row(name, str(count), share, Text(printable(report.files[name], 200)))
    return [head, table]
