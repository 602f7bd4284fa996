"""Figures of a run: one JSON line each, the same after a resumed run as after a whole one."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from rewardkit.atomic import replacing

Progress: TypeAlias = Callable[[str, int, int, dict[str, float]], None]
"""Is told stage, step, steps in all (0 where unknown) and figures."""


class Metrics:
    """Writes figures to a file and tells whoever watches.

    Attributes:
        path: The file; one process writes, all read.
    """

    def __init__(
        self, path: Path, writes: bool, progress: Progress | None = None, stage: str = ""
    ) -> None:
        """Describe the file; nothing is written yet."""
        self.path, self._writes, self._progress, self._stage = path, writes, progress, stage
        self.history: list[dict[str, Any]] = []

    def of(self, stage: str) -> "Metrics":
        """The same for the figures of one stage."""
        return Metrics(self.path, self._writes, self._progress, stage)

    def rewind(self, step: int) -> None:
        """Forget what the stage logged after a step, and read what it logged up to there."""
        if not self.path.exists():
            return
        lines = [line for line in self.path.read_text("utf-8").splitlines() if line.endswith("}")]
        rows = [json.loads(line) for line in lines]
        kept = [row for row in rows if row["stage"] != self._stage or row["step"] <= step]
        self.history = [row for row in kept if row["stage"] == self._stage]
        if self._writes:
            with replacing([self.path]) as (stream,):
                stream.writelines(json.dumps(row).encode() + b"\n" for row in kept)

    def log(self, step: int, figures: Mapping[str, float], total: int = 0) -> None:
        """Write figures at a step; NaN and infinity, which JSON lacks, are left out."""
        kept = {name: value for name, value in figures.items() if abs(value) < float("inf")}
        row = {"stage": self._stage, "step": step, **kept}
        self.history.append(row)
        if not self._writes:
            return
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(row) + "\n")
        if self._progress is not None:
            self._progress(self._stage, step, total, kept)

    def show(self, step: int, total: int) -> None:
        """Tell whoever watches how far the stage is, without writing."""
        if self._writes and self._progress is not None:
            self._progress(self._stage, step, total, {})

    def last(self) -> dict[str, float]:
        """The latest value of each figure of the stage."""
        found: dict[str, float] = {}
        for row in self.history:
            found |= {name: row[name] for name in row if name not in ("stage", "step")}
        return found
