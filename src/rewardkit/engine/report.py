"""What came of a run, for a person and in the side-car."""

from pathlib import Path
from typing import Any

import msgspec

from rewardkit.engine.results import Counts
from rewardkit.errors import ConfigError


class Report(msgspec.Struct, frozen=True):
    """What came of a run.

    Attributes:
        counts: What happened to the lines.
        first_rejected: The first rejected line, for a person.
        first_error: The first row that the reward failed on.
        repeats: Rows whose id occurred before.
        first_repeat: The first of them, for a person.
        restarts: Scoring workers that were replaced.
        resumed_at: Rollouts that an earlier run had scored.
    """

    counts: Counts
    first_rejected: str = ""
    first_error: str = ""
    repeats: int = 0
    first_repeat: str = ""
    restarts: int = 0
    resumed_at: int = 0

    @property
    def mean(self) -> float | None:
        """Mean reward of the scored rollouts; None when there is none."""
        return self.counts.total / self.counts.scored if self.counts.scored else None

    def counted(self) -> dict[str, int]:
        """The counts under the names that the side-car and `--json` have for them."""
        names = ("rollouts", "scored", "unjudged", "error", "rejected")
        counts = {name: getattr(self.counts, name) for name in names}
        truncated = self.counts.truncated_texts
        return {**counts, "repeated_ids": self.repeats, "truncated_texts": truncated}


class SideCounts(msgspec.Struct, frozen=True):
    """The counts in a side-car."""

    rollouts: int
    scored: int
    unjudged: int
    error: int
    rejected: int
    repeated_ids: int
    truncated_texts: int = 0


class SideCar(msgspec.Struct, frozen=True):
    """What is read of a side-car."""

    counts: SideCounts
    mean: float | None = None


def side_car(plan: dict[str, Any], report: Report) -> bytes:
    """The content of `OUT.meta.json`: without times, so that a resumed run's is the same."""
    meta = {**plan, "counts": report.counted(), "mean": report.mean}
    return msgspec.json.format(msgspec.json.encode(meta), indent=2) + b"\n"


def read_report(path: Path) -> Report:
    """The report of a run that was complete already, see [`parse_report`][]."""
    return parse_report(path.read_bytes(), str(path))


def parse_report(meta: bytes, name: str) -> Report:
    """The report of a run that was complete already, from its side-car.

    Raises:
        ConfigError: When it holds no counts.
    """
    try:
        side = msgspec.json.decode(meta, type=SideCar)
    except msgspec.DecodeError as error:
        raise ConfigError(
            f"{name}: expected the counts of the complete run, got: {error}; without --resume the "
            "run begins again"
        ) from error
    found = side.counts
    total = (side.mean or 0.0) * found.scored
    counts = Counts(
        found.rollouts,
        found.scored,
        found.unjudged,
        found.error,
        found.rejected,
        total,
        found.truncated_texts,
    )
    return Report(counts, repeats=found.repeated_ids, resumed_at=counts.rollouts)
