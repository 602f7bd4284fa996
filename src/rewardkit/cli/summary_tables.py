"""What `rewardkit summary` shows a person."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from rewardkit.analysis.part_figures import PartSummary
    from rewardkit.analysis.summarising import SummaryReport


def tables(report: "SummaryReport") -> list["RenderableType"]:
    """Lay a report out for a person."""
    from rewardkit.cli.results import printable

    head = (
        f"{report.rows} rollouts of {report.groups} questions: {report.scored} scored, "
        f"{report.unjudged} unjudged, {report.errors} errors"
    )
    parts = {"total": report.reward, **report.parts}
    found: list[RenderableType] = [head, figures_table(parts), variance_table(parts, report)]
    if report.pass_at_k:
        found.append(pass_table(report))
    found.extend(reason_tables(report))
    found.extend(length_table(report))
    if any(part.reasons_missed for part in parts.values()):
        most = max(parts, key=lambda name: parts[name].reasons_missed)
        missed = parts[most].reasons_missed
        found.append(f"Counts of reasons are lower bounds ({printable(most)}: at most +{missed}).")
    return found


def figures_table(parts: dict[str, "PartSummary"]) -> "Table":
    """Mean, spread and histogram of each part."""
    from rich.text import Text

    from rewardkit.cli.results import new_table, number, printable

    figures = ("judged", "unjudged", "mean", "std", "min", "max", "min … max")
    table = new_table("Rewards, and how they are spread", ["part"], figures)
    for name, part in parts.items():
        values = map(number, (part.mean, part.std, part.min, part.max))
        counts = (str(part.judged), str(part.unjudged))
        table.add_row(Text(printable(name)), *counts, *values, Text(f"|{part.line}|"))
    return table


def variance_table(parts: dict[str, "PartSummary"], report: "SummaryReport") -> "Table":
    """Questions without variance."""
    from rich.text import Text

    from rewardkit.cli.results import new_table, number, printable

    title = f"Questions whose rollouts are all equal (right is from {number(report.correct_at)} on)"
    figures = ("questions", "all right", "all wrong", "else equal", "share", "fewer than 2")
    table = new_table(title, ["part"], [name.replace(" ", "\n", 1) for name in figures])
    for name, part in parts.items():
        groups = part.groups
        counts = [groups.groups, groups.all_right, groups.all_wrong, groups.all_equal]
        cells = [*map(str, counts), number(groups.share), str(groups.left_out)]
        table.add_row(Text(printable(name)), *cells)
    return table


def pass_table(report: "SummaryReport") -> "Table":
    """pass@k of the part that tells right from wrong."""
    from rewardkit.cli.results import new_table, number, printable

    title = f"pass@k by {printable(report.correctness)}"
    table = new_table(title, [], ("k", "pass@k", "questions", "fewer than k"))
    for found in report.pass_at_k:
        table.add_row(str(found.k), number(found.value), str(found.groups), str(found.left_out))
    return table


def reason_tables(report: "SummaryReport") -> list["Table"]:
    """Why rows are not judged, and why they are not right."""
    from rich.text import Text

    from rewardkit.cli.results import new_table, printable

    found = []
    for title in ("Not judged", f"Below {report.correct_at:g}"):
        table = new_table(title, [], ["rows"])
        for name in ("part", "reason", "such as"):
            table.add_column(name)
        for name, part in report.parts.items():
            reasons = part.unjudged_reasons if title == "Not judged" else part.low_reasons
            for top in reasons:
                texts = (printable(name), printable(top.reason, 60), printable(top.example, 60))
                table.add_row(str(top.count), *map(Text, texts))
        if table.row_count:
            found.append(table)
    return found


def length_table(report: "SummaryReport") -> list["RenderableType"]:
    """Length against reward, or how to get it."""
    from rewardkit.cli.results import new_table, number

    length = report.length
    if length is None:
        return ["Length against reward: score with --keep to have it."]
    title = (
        f"Length in {length.unit} against reward: Pearson {number(length.pearson)}, "
        f"Spearman {number(length.spearman)}, {length.rows} rows"
    )
    if length.sampled < length.rows:
        title += f", of which {length.sampled} by chance"
    table = new_table("", [], ("from", "to", "rows", "mean reward"))
    for found in length.bins:
        counts = [found.shortest, found.longest, found.n]
        table.add_row(*map(str, counts), number(found.mean_reward))
    return [title, table]
