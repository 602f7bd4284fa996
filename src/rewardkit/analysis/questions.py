"""Lines of questions: from a data set, passed through, or made of a question's first rollout."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from rewardkit.decoding import Violation, decode_object, default_group, rename
from rewardkit.errors import ConfigError
from rewardkit.formats import Places
from rewardkit.scored import iter_input

RATE = "pass_rate"

OWN_FIELDS = ("id", "group", "reward", "status", "scores")
ROLLOUT_FIELDS = ("completion", "completion_tokens", "truncated")

_raw_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


class QuestionLine(msgspec.Struct, frozen=True):
    """One question as it is written.

    Attributes:
        group: Number of its group, None where no rollout answers it.
        name: Its group, or what else it is known by.
        line: JSON without line break.
    """

    group: int | None
    name: str
    line: bytes


def dropped_fields(more: Sequence[str]) -> frozenset[str]:
    """Fields of a scored line that belong to the rollout, not to its question."""
    clashes = (f"input_{name}" for name in OWN_FIELDS)
    own = (name for name in OWN_FIELDS if name != "group")
    return frozenset((*own, *clashes, *ROLLOUT_FIELDS, *more))


def question_of(line: bytes, dropped: frozenset[str]) -> bytes:
    """Make a question of a rollout's scored line; values and their order stay as they are.

    Raises:
        ConfigError: When the line holds nothing of the question.

    >>> question_of(b'{"group":"q","prompt":"2+2?","completion":"4"}', dropped_fields([]))
    b'{"group":"q","prompt":"2+2?"}'
    """
    fields = _raw_object.decode(line)
    kept = {name: value for name, value in fields.items() if name not in dropped}
    if set(kept) <= {"group"}:
        raise ConfigError(
            "questions: expected the input's own fields in the scored lines, got none: "
            "score with --keep, or name the questions' file with --data"
        )
    return msgspec.json.encode(kept)


def spooled_questions(spool: BinaryIO, names: Sequence[str]) -> Iterator[QuestionLine]:
    """Give the questions whose lines were put aside, in the order of their groups."""
    spool.seek(0)
    for group, name in enumerate(names):
        yield QuestionLine(group, name, spool.readline().rstrip(b"\n"))


def data_questions(path: Path, places: Places, groups: Mapping[str, int]) -> Iterator[QuestionLine]:
    """Give the lines of a data set, each with the group that its rollouts have.

    A question is known by its `group`; where it has none, by its `id` if rollouts have it as their
    group, else by the group that scoring gives to its prompt.

    Args:
        path: JSONL of questions.
        places: Renamings, see [`read_renamings`][rewardkit.formats.read_renamings].
        groups: Numbers of the groups that have rollouts.

    Raises:
        ConfigError: For a line that is not a question, with file and line.
    """
    for number, line in iter_input(path):
        fields = decode_object(line)
        if isinstance(fields, Violation):
            raise ConfigError(f"{path}:{number}: {fields}")
        name = question_name(rename(fields, places) if places else fields, groups)
        if not name:
            have = ", ".join(list(fields)[:8]) or "an empty object"
            got = f"expected a group, an id or a prompt, got fields {have}"
            raise ConfigError(f"{path}:{number}: {got}"[:300])
        yield QuestionLine(groups.get(name), name, line)


def question_name(fields: Mapping[str, Any], groups: Mapping[str, int]) -> str:
    """Name the group of a question's rollouts; empty where nothing tells it.

    >>> question_name({"id": 7, "prompt": "2+2?"}, {"7": 0})
    '7'
    """
    group, own_id = as_name(fields.get("group")), as_name(fields.get("id"))
    if group or own_id in groups:
        return group or own_id
    prompt = fields.get("prompt")
    return default_group(prompt, own_id) if isinstance(prompt, str | list) else own_id


def as_name(value: object) -> str:
    """A string or whole number as a name; anything else names nothing."""
    if isinstance(value, bool):
        return ""
    return str(value) if isinstance(value, str | int) else ""


def add_rate(question: QuestionLine, rate: float | None) -> bytes:
    """Add the share of right rollouts at the end of a question's line; the rest stays as it is.

    Raises:
        ConfigError: When the line has such a field already.

    >>> add_rate(QuestionLine(0, "q", b'{"id": 1.50}'), 0.25)
    b'{"id": 1.50,"pass_rate":0.25}'
    """
    fields = decode_object(question.line)
    if isinstance(fields, Violation) or RATE in fields:
        raise ConfigError(
            f"question '{question.name[:80]}': field '{RATE}': expected none, or no --add-rate"
        )
    comma = b"," if fields else b""
    added = comma + msgspec.json.encode({RATE: rate})[1:]
    return question.line.removesuffix(b"}") + added
