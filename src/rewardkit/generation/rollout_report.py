"""What came of a rollout run."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from rewardkit.decoding import shorten
from rewardkit.errors import ConfigError
from rewardkit.generation.asking import RefusedQuestion
from rewardkit.generation.shards import rejected_path
from rewardkit.reading import iter_lines
from rewardkit.types import Rollout

Row = TypeVar("Row")


class Figures(msgspec.Struct):
    """Figures of replies; they add up.

    Attributes:
        rollouts: Replies.
        truncated: Those that hit the token limit.
        tokens: Of all replies.
    """

    rollouts: int = 0
    truncated: int = 0
    tokens: int = 0

    def add(self, rows: "Iterable[Rollout | Line]") -> None:
        """Take replies into account."""
        for row in rows:
            self.rollouts += 1
            self.truncated += row.truncated
            self.tokens += row.completion_tokens or 0


class Line(msgspec.Struct, frozen=True):
    """What is read of a line of the output."""

    completion_tokens: int | None = None
    truncated: bool = False


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a run.

    Attributes:
        questions: Questions that were asked for.
        rejected: Those that could not be put to the model.
        first_rejected: The first of them, for a person.
        figures: Of the replies.
        resumed_at: Rollouts that an earlier run had.
    """

    questions: int
    rejected: int = 0
    first_rejected: str = ""
    figures: Figures
    resumed_at: int = 0


def read_report(output: Path, questions: int, resumed_at: int | None = 0) -> Report:
    """What came of a run whose output is complete, from its files.

    Args:
        output: The output.
        questions: Questions that were asked for.
        resumed_at: Rollouts that an earlier run had, None for all.

    Raises:
        ConfigError: When a line is none of ours.
    """
    figures = Figures()
    for line in _lines(output, Line):
        figures.add([line])
    rejected, first = 0, ""
    if rejected_path(output).exists():
        for refused in _lines(rejected_path(output), RefusedQuestion):
            rejected, first = rejected + 1, first or str(refused)
    return Report(
        questions=questions,
        rejected=rejected,
        first_rejected=first,
        figures=figures,
        resumed_at=figures.rollouts if resumed_at is None else resumed_at,
    )


def _lines(path: Path, kind: type[Row]) -> Iterator[Row]:
    decode = msgspec.json.Decoder(kind).decode
    for number, line in iter_lines(path):
        try:
            yield decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{path}:{number}: expected a line of ours, got {shorten(line)}"
            ) from error
