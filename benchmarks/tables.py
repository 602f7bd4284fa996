"""What a benchmark found, as Markdown."""

from collections.abc import Sequence
from typing import NamedTuple

from process_tree import MIB, Run, peak_until


class Line(NamedTuple):
    """One line of the table.

    Attributes:
        name: What ran.
        rows: How many rollouts it judged.
        seconds: Wall clock; of the command with its start-up.
        cpu_s: Processor time of all its processes, in seconds.
        cores: How many cores it could use.
        agreed: Share of labelled rows judged as labelled, None without labels.
    """

    name: str
    rows: int
    seconds: float
    cpu_s: float
    cores: int
    agreed: float | None

    @property
    def rate(self) -> float:
        """Rollouts a second."""
        return self.rows / self.seconds


def table(lines: Sequence[Line], base: Line) -> str:
    """The lines as Markdown, ratio of rollouts a second and core to those of `base` last."""
    head = "| what | rollouts | s | CPU s | rollouts/s | per core | as labelled | ratio per core |"
    text = [head, "|---|--:|--:|--:|--:|--:|--:|--:|"]
    for line in lines:
        agreed = "no labels" if line.agreed is None else f"{line.agreed:.2%}"
        per_core = line.rate / line.cores
        ratio = per_core / (base.rate / base.cores)
        text.append(
            f"| {line.name} | {line.rows:,} | {line.seconds:.1f} | {line.cpu_s:.1f} "
            f"| {line.rate:,.0f} | {per_core:,.0f} | {agreed} | {ratio:.1f} |"
        )
    return "\n".join(text)


def memory_table(run: Run, total: int) -> str:
    """Resident memory on the way as Markdown; `total` is the size of the output in bytes."""
    text = ["| of the output written | peak so far, all processes, MiB |", "|--:|--:|"]
    for share in (0.1, 0.5, 1.0):
        text.append(f"| {share:.0%} | {peak_until(run.samples, share, total) / MIB:,.0f} |")
    return "\n".join(text)
