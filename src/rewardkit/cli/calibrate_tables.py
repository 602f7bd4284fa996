"""The tables of `rewardkit calibrate`."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from rewardkit.analysis.calibration import Spread
    from rewardkit.analysis.calibration_report import CalibrationReport, PartCalibration

FIGURES: "Final[tuple[tuple[str, Callable[[Spread], float | None]], ...]]" = (
    ("mean", lambda side: side.mean),
    ("1 %", lambda side: side.q01),
    ("5 %", lambda side: side.q05),
    ("25 %", lambda side: side.q25),
    ("50 %", lambda side: side.q50),
    ("75 %", lambda side: side.q75),
    ("95 %", lambda side: side.q95),
    ("99 %", lambda side: side.q99),
)
"""What is shown of each side."""


def tables(report: "CalibrationReport") -> "list[RenderableType]":
    """Lay a report out for a person."""
    from rewardkit.cli.results import printable

    head = f"{report.drawn} of {report.rows} rollouts, text: {report.text}, seed {report.seed}"
    found: list[RenderableType] = [head]
    options = {option.part: option for option in report.options}
    for part in report.parts:
        found += ["", heading(part), quantiles(part), *judgement(part)]
        option = options.get(part.part)
        if option is not None:
            where = f"in the file, at {part.part}" if part.part else "in the file"
            found.append(option.option or f"saturate_at: {option.saturate_at:g} ({where})")
    return [printable(line, 1000) if isinstance(line, str) else line for line in found]


def heading(part: "PartCalibration") -> str:
    """Which part, and what it looked at."""
    mode = f", text mode {part.text_mode}" if part.text_mode else ""
    name = part.part or part.kind
    return (
        f"{name}: {part.encoder}{mode}: {part.matching.pairs} matching pairs with {part.shown} "
        f"{'images' if part.kind == 'clip-score' else 'sets of captions'}"
    )


def quantiles(part: "PartCalibration") -> "Table":
    """Where the cosines lie, a line for each figure: it fits a narrow window."""
    from rewardkit.cli.results import new_table, number

    table = new_table("", ["cosines"], ("matching", "mismatched"))
    sides = (part.matching, part.mismatched)
    table.add_row("pairs", *(str(side.pairs) for side in sides))
    for name, read in FIGURES:
        table.add_row(name, *(number(read(side)) for side in sides))
    return table


def judgement(part: "PartCalibration") -> list[str]:
    """What the figures come to, a line each."""
    from rewardkit.cli.results import number

    lines = [
        f"AUC {number(part.auc)} (0.5 is guessing), overlap {number(part.overlap)} (0 is best)",
        f"text truncated: {percent(part.truncated)} of the pairs",
    ]
    if part.unseen:
        lines.append(f"not seen: {part.unseen} of {part.rows} rows, first: {part.unseen_reason}")
    if part.unsaid:
        lines.append(f"no text: {part.unsaid} of {part.rows} rows, first: {part.unsaid_reason}")
    proposal = part.proposal
    if proposal.saturate_at is None:
        return [*lines, f"no saturate_at proposed: {proposal.reason}"]
    return [
        *lines,
        f"proposed saturate_at {proposal.saturate_at:g}: {proposal.reason}",
        f"it pays matching pairs {number(proposal.matching_mean)} on average, "
        f"{percent(proposal.matching_in_full)} in full; mismatched ones "
        f"{number(proposal.mismatched_mean)}, {percent(proposal.mismatched_in_full)} in full",
    ]


def percent(share: float | None) -> str:
    """A share for a person.

    >>> percent(0.125), percent(None)
    ('12.5 %', '-')
    """
    return "-" if share is None else f"{100 * share:.1f} %"
