"""Reading scored files: the lines that `rewardkit score` wrote, checked as they come.

A field that is missing, of another type or at odds with another one stops the reading with its
place: a figure made of half-understood lines would be a wrong figure. It is a `ConfigError`, as the
caller named a file that is not a scored one; `compare --exit-code` keeps 1 for 'something differs'.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from rewardkit.decoding import Violation, decode_object, read_violation
from rewardkit.errors import ConfigError, RolloutError
from rewardkit.reading import STDIN, check_input, iter_lines
from rewardkit.types import Message, Rollout

MAX_VALUE = 1e100
"""Larger values would overflow in a variance; no reward comes near."""


class PartScore(msgspec.Struct, frozen=True):
    """What one part of a reward was worth; None is 'not judged'."""

    value: float | None
    reason: str = ""


class ScoredRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a scored file.

    Attributes:
        id: The rollout's id; ids may repeat.
        group: The question; its rollouts may lie apart, and in several files.
        reward: The total, None where it is not judged.
        status: How the scoring of this rollout ended.
        scores: The parts by name; parts of parts have dots in their names.
    """

    id: str
    group: str
    reward: float | None
    status: Literal["scored", "unjudged", "error"]
    scores: dict[str, PartScore] = {}


class KeptRow(ScoredRow, frozen=True, kw_only=True):
    """A scored line with those kept fields of the input that tell the reply's length."""

    completion: msgspec.Raw = msgspec.Raw(b"null")
    completion_tokens: msgspec.Raw = msgspec.Raw(b"null")


Row = TypeVar("Row", bound=ScoredRow)

_tokens = msgspec.json.Decoder(int | None)
_completion = msgspec.json.Decoder(str | list[Message] | None)


def reply_tokens(row: KeptRow) -> int | None:
    """Length of the reply in tokens, None where the line doesn't have it."""
    try:
        tokens = _tokens.decode(row.completion_tokens)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return None if tokens is None or not 0 <= tokens < 2**53 else tokens


def reply_characters(row: KeptRow) -> int | None:
    """Length of the reply in characters, None where the line has no readable completion.

    >>> line = b'{"id":"1","group":"q","reward":1,"status":"scored","completion":"A: 72"}'
    >>> row = msgspec.json.decode(line, type=KeptRow)
    >>> reply_characters(row)
    5
    """
    try:
        completion = _completion.decode(row.completion)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return None if completion is None else len(Rollout(completion=completion).text)


def check_inputs(paths: Sequence[Path]) -> None:
    """Find out before any work whether all inputs can be opened.

    Raises:
        ConfigError: When one can't, or standard input is named twice.
    """
    if sum(str(path) == STDIN for path in paths) > 1:
        raise ConfigError("inputs: expected '-' (standard input) at most once, got it twice")
    for path in paths:
        check_input(path)


def read_scored(paths: Sequence[Path], row_type: type[Row]) -> Iterator[Row]:
    """Give the rows of scored files, one after another.

    Raises:
        ConfigError: When a file can't be opened, and for the first line that is not a scored one,
            with file, line and field.
    """
    for row, _ in read_scored_lines(paths, row_type):
        yield row


def read_scored_lines(paths: Sequence[Path], row_type: type[Row]) -> Iterator[tuple[Row, bytes]]:
    """Give the rows of scored files together with their lines, see [`read_scored`][]."""
    decode = msgspec.json.Decoder(row_type).decode
    check_inputs(paths)
    for path in paths:
        for number, line in iter_input(path):
            try:
                row = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise ConfigError(f"{path}:{number}: {explain(line, error)}") from error
            if violation := contradiction(row):
                raise ConfigError(f"{path}:{number}: {violation}")
            yield row, line


def iter_input(path: Path) -> Iterator[tuple[int, bytes]]:
    """Give the lines of a file that has to be right as a whole, with their numbers.

    Raises:
        ConfigError: Also when it is damaged, or a line is too long.
    """
    try:
        yield from iter_lines(path)
    except RolloutError as error:
        raise ConfigError(str(error)) from error


def explain(line: bytes, error: Exception) -> Violation:
    """Say which field of a line is not what a scored line has there."""
    fields = decode_object(line)
    if isinstance(fields, Violation):
        return fields
    missing = [name for name in ("id", "group", "reward", "status") if name not in fields]
    if missing:
        have = ", ".join(list(fields)[:8]) or "an empty object"
        return Violation("", f"the field '{missing[0]}' of scored lines", f"fields {have}"[:200])
    if isinstance(error, msgspec.ValidationError):
        return read_violation(str(error), fields)
    return Violation("", "a line of `rewardkit score`", str(error))


def contradiction(row: ScoredRow) -> Violation | None:
    """Find a value out of bounds, or a status that the reward gives the lie to."""
    if (row.reward is not None) != (row.status == "scored"):
        wanted = "a number" if row.status == "scored" else "null"
        return Violation("reward", f"{wanted} where status is {row.status}", f"{row.reward}")
    if row.reward is not None and abs(row.reward) > MAX_VALUE:
        return Violation("reward", f"a number within ±{MAX_VALUE:g}", f"{row.reward:g}")
    for name, part in row.scores.items():
        if part.value is not None and abs(part.value) > MAX_VALUE:
            field = f"scores.{name}.value"
            return Violation(field, f"a number within ±{MAX_VALUE:g}", f"{part.value:g}")
    return None
