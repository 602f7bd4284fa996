"""How far a rollout run is, for a person at a terminal."""

import contextlib
import sys
from collections.abc import Callable, Iterator

from rewardkit.cli.rollout_options import is_first_process


@contextlib.contextmanager
def progress_bar(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show a bar while generating, on a terminal only, on the first process alone."""
    if quiet or not sys.stderr.isatty() or not is_first_process():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("loading the model", total=None)

    def show(done: int, total: int) -> None:
        bar.update(task, description="questions", completed=done, total=total)

    with bar:
        yield show
