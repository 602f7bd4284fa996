"""`rewardkit verify`: one answer, one reference, one verdict with its reason."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rewardkit.types import Verdict


def verify_command(
    answer: Annotated[str, typer.Argument(help="The answer; - is standard input.")],
    reference: Annotated[str, typer.Argument(help="What is right.")],
    task: Annotated[
        str,
        typer.Option(
            "--task",
            "-t",
            help="math, number, choice, label, labels, text, boxes, points or jigsaw.",
        ),
    ] = "math",
    choice: Annotated[
        list[str] | None,
        typer.Option("--choice", help="An option of a choice question, in order; repeatable."),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option("--template", help="Take ANSWER as a whole reply of this template."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Judge one answer. Exit code 0: correct, 1: not.

    Put -- before an answer that begins with a hyphen and is not a number.
    """
    if answer == "-":
        answer = sys.stdin.buffer.read().decode("utf-8", "replace")
    verdict = find_verdict(answer, reference, task, choice or [], template)
    if as_json:
        import msgspec

        print(json.dumps(msgspec.to_builtins(verdict)))
    elif not quiet:
        show(verdict)
    if not verdict.correct:
        raise typer.Exit(1)


def find_verdict(
    answer: str, reference: str, task: str, choices: list[str], template: str | None
) -> "Verdict":
    """Judge an answer, or a whole reply where a template is named."""
    if template is None:
        from rewardkit.verifiers import verify as judge

        return judge(answer, reference, task, choices)
    from rewardkit.rewards import Accuracy
    from rewardkit.types import Rollout

    rollout = Rollout(completion=answer, reference=reference, task=task, choices=choices)
    return Accuracy(template=template).verdicts([rollout])[0]


def show(verdict: "Verdict") -> None:
    """Print a verdict for a person."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    color = "green" if verdict.correct else "yellow" if verdict.value is None else "red"
    table = Table.grid(padding=(0, 2))
    table.add_row("status", Text(verdict.status, style=f"bold {color}"))
    for name in ("answer", "reference", "rule", "reason"):
        value = getattr(verdict, name)
        table.add_row(name, Text("none" if value is None else value))
    Console(highlight=False, soft_wrap=True).print(table)
