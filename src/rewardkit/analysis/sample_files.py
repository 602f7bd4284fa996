"""From scored files to files of easy, medium and hard questions."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from rewardkit.analysis.questions import (
    QuestionLine,
    add_rate,
    data_questions,
    dropped_fields,
    question_of,
    spooled_questions,
)
from rewardkit.analysis.sampling import DIFFICULTIES, Bounds, Tally
from rewardkit.atomic import check_output, replacing
from rewardkit.errors import ConfigError
from rewardkit.formats import Places
from rewardkit.scored import ScoredRow, check_inputs, read_scored_lines

MAX_NAMES = 10
"""Questions that a report names; their files have them all."""


class Source(msgspec.Struct, frozen=True):
    """Where the questions come from.

    Attributes:
        scored: Scored files.
        data: The questions' own file, whose lines are passed through; None to make questions of
            the first rollouts.
        places: Renamings for the questions' file.
        drop: Fields of the rollouts that are not the question's.
    """

    scored: Sequence[Path]
    data: Path | None = None
    places: Places = {}
    drop: tuple[str, ...] = ()

    @property
    def inputs(self) -> list[Path]:
        """All files that are read."""
        return [*self.scored, *([self.data] if self.data is not None else [])]


class Named(msgspec.Struct):
    """Some questions: how many, and the names of the first."""

    questions: int = 0
    names: list[str] = []

    def add(self, name: str) -> None:
        """Take in one question."""
        self.questions += 1
        if len(self.names) < MAX_NAMES:
            self.names.append(name)


class SampleReport(msgspec.Struct, frozen=True):
    """How many questions went where.

    Attributes:
        part: The part that tells right from wrong.
        correct_at: A rollout is right from this value on.
        rollouts: Rows read.
        judged: Rows that are judged by the part.
        questions: Questions by difficulty.
        files: Files by difficulty.
        few: Questions with too few judged rollouts, but with some rollouts.
        without_rollouts: Questions of the data that no rollout answers; they are in the file `few`.
        without_question: Groups of rollouts that the data doesn't have; they are in no file.
    """

    part: str
    correct_at: float
    rollouts: int
    judged: int
    questions: dict[str, int]
    files: dict[str, str]
    few: Named
    without_rollouts: Named
    without_question: Named


def write_sample_files(
    source: Source,
    folder: Path,
    bounds: Bounds,
    *,
    part: str | None = None,
    with_rate: bool = False,
) -> SampleReport:
    """Write `easy.jsonl`, `medium.jsonl`, `hard.jsonl` and `few.jsonl`, one line a question.

    Questions keep the order of the data set, else that of their first rollouts.

    Args:
        source: Where rollouts and questions come from.
        folder: Where the files go; it is made if needed.
        bounds: Where easy ends and hard begins.
        part: The part that tells right from wrong, None for the usual one.
        with_rate: Add the share of right rollouts to each question.

    Raises:
        ConfigError: When a file can't be read or written, an output is an input, or no row
            has the part; also for a line that is not what it should be.
    """
    check_inputs(source.inputs)
    paths = [folder / f"{name}.jsonl" for name in DIFFICULTIES]
    for path in paths:
        check_output(path, source.inputs)
    tally = Tally(bounds, part)
    with tempfile.TemporaryFile() as spool:
        count(source, tally, spool)
        chosen = tally.part()
        make_folder(folder)
        questions = read_questions(source, tally, spool)
        written = write(questions, tally, paths, with_rate)
    return SampleReport(
        part=chosen,
        correct_at=bounds.correct_at,
        rollouts=tally.rollouts,
        judged=tally.judged(),
        questions=dict(zip(DIFFICULTIES, written.counts, strict=True)),
        files=dict(zip(DIFFICULTIES, map(str, paths), strict=True)),
        few=written.few,
        without_rollouts=written.without_rollouts,
        without_question=written.without_question(tally.groups.numbers),
    )


def count(source: Source, tally: Tally, spool: BinaryIO) -> None:
    """Count the rollouts; put each question's line aside where there is no data set."""
    dropped = dropped_fields(source.drop)
    for row, line in read_scored_lines(source.scored, ScoredRow):
        if tally.add(row) and source.data is None:
            spool.write(question_of(line, dropped) + b"\n")


def read_questions(source: Source, tally: Tally, spool: BinaryIO) -> Iterator[QuestionLine]:
    """Give the questions' lines in their order."""
    groups = tally.groups.numbers
    if source.data is None:
        return spooled_questions(spool, list(groups))
    return data_questions(source.data, source.places, groups)


def make_folder(folder: Path) -> None:
    """Make the folder unless it is there.

    Raises:
        ConfigError: When it can't be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder}: expected a folder, got: {error.strerror}") from error


class Written:
    """What was written."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.counts = [0] * len(DIFFICULTIES)
        self.few = Named()
        self.without_rollouts = Named()
        self.met: set[int] = set()

    def without_question(self, groups: dict[str, int]) -> Named:
        """Groups that no question was met for."""
        named = Named()
        for name, group in groups.items():
            if group not in self.met:
                named.add(name)
        return named


def write(
    questions: Iterator[QuestionLine], tally: Tally, paths: Sequence[Path], with_rate: bool
) -> Written:
    """Write each question to its difficulty's file; the files appear together at the end."""
    written = Written()
    with replacing(paths) as streams:
        for question in questions:
            found = tally.question(question.group)
            place = DIFFICULTIES.index(found.difficulty)
            line = add_rate(question, found.rate) if with_rate else question.line
            streams[place].write(line + b"\n")
            written.counts[place] += 1
            if question.group is None:
                written.without_rollouts.add(question.name)
                continue
            written.met.add(question.group)
            if found.difficulty == "few":
                written.few.add(question.name)
    return written
