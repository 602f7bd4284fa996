"""How far `rewardkit score` is, for a person at a terminal."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence

from rewardkit.engine.chunks import Position
from rewardkit.engine.results import Counts


@contextlib.contextmanager
def progress_bar(
    inputs: Sequence[str], quiet: bool
) -> Iterator[Callable[[Position, Counts], None]]:
    """Show a bar while scoring, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield lambda position, counts: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    sizes = [unpacked_size(path) for path in inputs]
    total = sum(size or 0 for size in sizes) if None not in sizes else None
    bar = Progress(
        SpinnerColumn(),
        BarColumn(),
        TextColumn("{task.fields[rollouts]:,} rollouts, {task.fields[rate]:,.0f}/s"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("score", total=total, rollouts=0, rate=0.0)
    begin: int | None = None

    def show(position: Position, counts: Counts) -> None:
        nonlocal begin
        begin = counts.rollouts if begin is None else begin  # what an earlier run did is no speed
        before = sum(size or 0 for size in sizes[: position.source])
        elapsed = bar.tasks[0].elapsed or 0.0
        rate = (counts.rollouts - begin) / elapsed if elapsed else 0.0
        done = before + position.offset
        bar.update(task, completed=done, rollouts=counts.rollouts, rate=rate)

    with bar:
        yield show


def unpacked_size(path: str) -> int | None:
    """Bytes of an input; None where they can't be known before it is read."""
    if not os.path.isfile(path) or path.endswith((".gz", ".zst", ".parquet")):
        return None
    return os.stat(path).st_size
