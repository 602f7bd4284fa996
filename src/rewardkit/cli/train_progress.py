"""How far `rewardkit train` is: a line that moves on a terminal, one a minute elsewhere."""

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rewardkit.trainer.metrics import Progress

SHOWN = ("reward", "loss", "watch/accuracy", "greedy/all/accuracy", "questions/easy")
"""Figures that a line has room for."""

EVERY_S = 60.0
"""Seconds between lines in a pipe or a file."""


@contextlib.contextmanager
def progress_line(
    stages: list[str], quiet: bool, every_s: float = EVERY_S
) -> "Iterator[Progress | None]":
    """Show stage, step, figures and time to go on standard error.

    Args:
        stages: Their names, in order.
        quiet: Show nothing.
        every_s: Seconds between lines where there is no terminal.
    """
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bars(stages) as show:
            yield show
    else:
        yield plain_lines(every_s)


def plain_lines(every_s: float) -> "Progress":
    """Print a line when a stage begins to report, and then every so many seconds.

    >>> import contextlib, sys
    >>> with contextlib.redirect_stderr(sys.stdout):
    ...     plain_lines(60.0)("rl", 3, 200, {"reward": 0.25})
    rewardkit: rl 3/200 reward 0.25
    """
    stage_now, begun, first, last = "", 0.0, 0, 0.0

    def show(stage: str, step: int, total: int, figures: dict[str, float]) -> None:
        nonlocal stage_now, begun, first, last
        now = time.monotonic()
        if stage != stage_now:
            stage_now, begun, first = stage, now, step
        elif now - last < every_s:
            return
        last = now
        left = ""
        if step > first and total:
            minutes = (now - begun) / (step - first) * (total - step) / 60
            left = f", {minutes:.0f} min left"
        of = f"{step}/{total}" if total else ""
        line = " ".join(filter(None, ("rewardkit:", stage, of, shown(figures))))
        print(f"{line}{left}", file=sys.stderr, flush=True)

    return show


def shown(figures: dict[str, float]) -> str:
    """Those figures that there is room for.

    >>> shown({"loss": 0.5, "epoch": 1.0})
    'loss 0.5'
    """
    return " ".join(f"{name} {figures[name]:.3g}" for name in SHOWN if name in figures)


@contextlib.contextmanager
def _bars(stages: list[str]) -> "Iterator[Progress]":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeLeft())
    with Progress(
        *columns, TextColumn("{task.fields[figures]}"), console=Console(stderr=True)
    ) as bar:
        tasks = {name: bar.add_task(name, total=None, start=False, figures="") for name in stages}

        def show(stage: str, step: int, total: int, figures: dict[str, float]) -> None:
            bar.start_task(tasks[stage])
            bar.update(tasks[stage], completed=step, total=total or None)
            if shown(figures):
                bar.update(tasks[stage], figures=shown(figures))

        yield show
