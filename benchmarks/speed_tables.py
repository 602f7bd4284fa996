"""What rounds of judging come to, as Markdown."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from workloads import Workload


class Measured(NamedTuple):
    """One runner on one workload.

    Attributes:
        round_ms: Mean time of a reply in each round, in ms.
        accepted: What it accepts, the same in each round.
    """

    round_ms: list[float]
    accepted: list[bool]


def table(workload: Workload, names: Sequence[str], measured: Sequence[Measured]) -> str:
    """One line a runner, ratio of its time to the first one's last."""
    labels = [job.right for job in workload.jobs]
    right, wrong = labels.count(True), labels.count(False)
    lines = [
        f"| verifier | right accepted (of {right:,}) | wrong accepted (of {wrong:,}) "
        f"| accepted, no label (of {labels.count(None):,}) "
        "| ms a reply, median | fastest | slowest | ratio |",
        "|---" + "|--:" * 7 + "|",
    ]
    base = median(measured[0].round_ms)
    for name, (round_ms, accepted) in zip(names, measured, strict=True):
        counts = [
            sum(yes for yes, label in zip(accepted, labels, strict=True) if label is wanted)
            for wanted in (True, False, None)
        ]
        cells = [f"{count:,}" for count in counts]
        cells += [f"{ms:.3g}" for ms in (median(round_ms), min(round_ms), max(round_ms))]
        lines.append(f"| {name} | {' | '.join(cells)} | {median(round_ms) / base:.1f} |")
    return "\n".join(lines)
