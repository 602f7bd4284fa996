"""What a person reads of a demo."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rewardkit.cli.results import new_table, printable

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from rewardkit.digits.demo_report import DemoReport
    from rewardkit.digits.held_out_figures import Estimate


def tables_of(report: "DemoReport") -> "Sequence[RenderableType]":
    """All that is shown, in its order."""
    return [stage_table(report), gain_table(report), example_table(report), *lines_of(report)]


def share(estimate: "Estimate") -> str:
    """A share in per cent with its standard error, without the sign, which the title has."""
    return "-" if estimate.value is None else f"{100 * estimate.value:.1f}{error_of(estimate)}"


def error_of(estimate: "Estimate") -> str:
    """What stands behind a figure in per cent or points."""
    return "" if estimate.error is None else f" ± {100 * estimate.error:.1f}"


def percent(value: float | None) -> str:
    """A share in per cent; a dash where there is none.

    >>> percent(0.505), percent(None)
    ('50.5 %', '-')
    """
    return "-" if value is None else f"{100 * value:.1f} %"


def points(estimate: "Estimate") -> str:
    """A difference of shares in points with its standard error."""
    return "-" if estimate.value is None else f"{100 * estimate.value:+.1f}{error_of(estimate)}"


def stage_table(report: "DemoReport") -> "Table":
    """How well the policy does after each stage."""
    questions = report.stages[0].questions if report.stages else 0
    table = new_table(
        f"Greedy replies to {questions} questions on unseen digits: % right ± error",
        ["after"],
        ["answers", "digits", "both digits", "format", "tokens"],
    )
    for one in report.stages:
        figures = [share(x) for x in (one.accuracy, one.perception, one.both, one.format)]
        length = "-" if one.tokens.value is None else f"{one.tokens.value:.1f}"
        table.add_row(one.stage, *figures, length)
    return table


def gain_table(report: "DemoReport") -> "Table":
    """What the stages have over the first one."""
    first = report.stages[0].stage if report.stages else "the first stage"
    table = new_table(
        f"Gain over {first}, question by question: points ± error",
        ["after"],
        ["answers", "digits", "both digits"],
    )
    for one in report.gains:
        table.add_row(one.stage, points(one.accuracy), points(one.perception), points(one.both))
    return table


def example_table(report: "DemoReport") -> "Table":
    """Some replies: the first question of each kind."""
    table = new_table(
        "Replies to the first question of each kind", ["question", "after", "reply", "right"], ()
    )
    for example in report.examples:
        name = f"{example.id}: {example.kind}"
        for number, reply in enumerate(example.replies):
            shown = printable(reply.completion)
            right = "yes" if reply.right else "no"
            table.add_row("" if number else name, reply.stage, shown, right)
    return table


def lines_of(report: "DemoReport") -> list[str]:
    """What is said in a line each."""
    lines = []
    if report.sampled is not None:
        found = report.sampled
        lines.append(f"sampling: {found.easy} easy, {found.medium} medium, {found.hard} hard")
    auc = report.scorer
    lines += [
        "scorer, a stand-in for FG-CLIP trained on digits with their labels: AUC on unseen scans "
        f"{auc.one_wrong:.3f} (one digit wrong), {auc.both_wrong:.3f} (both), "
        f"{auc.swapped:.3f} (swapped)",
        f"rewards: {percent(report.timing.reward_share)} of the GRPO steps' time",
        f"seconds in all: {report.timing.seconds:.0f}",
        *(f"plot: {path}" for path in report.plots),
    ]
    return lines
