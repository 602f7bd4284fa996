"""One chunk of lines to one chunk of scored lines: all the work that is done in parallel."""

from collections import Counter
from typing import Any

import msgspec

from rewardkit.decoding import Violation, decode_object, decode_rollout
from rewardkit.engine.chunks import Chunk
from rewardkit.engine.image_paths import with_absolute_images
from rewardkit.engine.results import ChunkResult, Counts, hash_runs, hash_text, pack
from rewardkit.reading import MAX_LINE_BYTES
from rewardkit.rewards.base import Reward
from rewardkit.rewards.truncation import TRUNCATED
from rewardkit.scoring import Outcome, Status, score_batch
from rewardkit.types import Rollout, Score


class PartScore(msgspec.Struct, frozen=True):
    """One part of a reward in a scored line."""

    value: float | None
    reason: str


class ScoredLine(msgspec.Struct, frozen=True):
    """A line of the output; the fields are a contract."""

    id: str
    group: str
    reward: float | None
    status: Status
    scores: dict[str, PartScore]


class RejectedLine(msgspec.Struct, frozen=True):
    """A line of the file of rejected lines: where, expected, got, and the line itself."""

    file: str
    line: int
    field: str
    expected: str
    got: str
    text: str

    def __str__(self) -> str:
        """The one line that a person reads."""
        return f"{self.file}:{self.line}: {Violation(self.field, self.expected, self.got)}"


class Job(msgspec.Struct, frozen=True):
    """What is done to every line.

    Attributes:
        names: The inputs as the user named them.
        places: Renamings of fields.
        kind: Name of the reward's only part where it has no parts.
        keep: Whether the input's own fields are handed through.
        packing: How the output is packed: `gz`, `zst`, `parquet` or empty.
        whole_groups: Whether the reward looks at all rollouts of a question.
        folders: Where relative images of each input begin, as `folder_of` has them.
        named: Whether a default id has its input's name in front also where there is one input.
    """

    names: tuple[str, ...]
    kind: str
    places: dict[str, tuple[str, ...]] = {}
    keep: bool = False
    packing: str = ""
    whole_groups: bool = False
    folders: tuple[bytes, ...] = ()
    named: bool = False

    def line_id(self, source: int, number: int) -> str:
        """The id of a rollout that brings none: its line number, after the file if several."""
        several = self.named or len(self.names) > 1
        return f"{self.names[source]}:{number}" if several else str(number)


def score_chunk(chunk: Chunk, job: Job, reward: Reward) -> ChunkResult:
    """Score the lines of a chunk; a line that is not a rollout is set apart."""
    rollouts, kept, rejected = read_chunk(chunk, job)
    outcomes = score_batch(reward, rollouts)
    encoder = msgspec.json.Encoder()
    output = bytearray()
    counts = Counts(rollouts=len(rollouts), rejected=len(rejected))
    tally = Counter(outcome.status for outcome in outcomes)
    counts.scored, counts.unjudged, counts.error = (
        tally[status] for status in ("scored", "unjudged", "error")
    )
    first_error = ""
    for i, (rollout, outcome) in enumerate(zip(rollouts, outcomes, strict=True)):
        line = to_line(rollout, outcome, job.kind)
        counts.total += outcome.score.value or 0.0
        counts.truncated_texts += any(TRUNCATED in part.reason for part in line.scores.values())
        if outcome.status == "error" and not first_error:
            first_error = f"id '{rollout.id}': {outcome.score.reason}"
        output += encoder.encode(add_kept(line, kept[i]) if job.keep else line)
        output += b"\n"
    return ChunkResult(
        pack(bytes(output), job.packing),
        b"".join(encoder.encode(line) + b"\n" for line in rejected),
        str(rejected[0]) if rejected else "",
        first_error,
        b"".join(hash_text(rollout.id) for rollout in rollouts),
        hash_runs(rollouts) if job.whole_groups else b"",
        counts,
    )


def read_chunk(
    chunk: Chunk, job: Job
) -> tuple[list[Rollout], list[dict[str, Any]], list[RejectedLine]]:
    """Read a chunk's lines into rollouts, the fields that they came with, and rejected lines."""
    rollouts: list[Rollout] = []
    kept: list[dict[str, Any]] = []
    rejected: list[RejectedLine] = []
    name = job.names[chunk.start.source]
    folder = job.folders[chunk.start.source] if job.folders else b""
    for number, line in chunk.lines():
        result = decode_rollout(line, job.places, job.line_id(chunk.start.source, number))
        if isinstance(result, Violation):
            text = line.decode("utf-8", "backslashreplace")
            rejected.append(
                RejectedLine(name, number, result.field, result.expected, result.got, text)
            )
            continue
        rollouts.append(with_absolute_images(result, folder) if folder else result)
        if job.keep:
            fields = decode_object(line)
            kept.append({} if isinstance(fields, Violation) else fields)
    if chunk.oversized:
        limit, got = f"a line of at most {MAX_LINE_BYTES} bytes", f"{chunk.oversized} bytes"
        rejected.append(RejectedLine(name, chunk.end.line, "", limit, got, ""))
    return rollouts, kept, rejected


def to_line(rollout: Rollout, outcome: Outcome, kind: str) -> ScoredLine:
    """Put a rollout's outcome into the form of the output."""
    score = outcome.score
    scores: dict[str, PartScore] = {}
    flatten(score.parts or {kind: score}, "", scores)
    return ScoredLine(rollout.id, rollout.group, score.value, outcome.status, scores)


def flatten(parts: dict[str, Score], prefix: str, into: dict[str, PartScore]) -> None:
    """Name each part, and the parts of parts with a dot between."""
    for name, part in parts.items():
        into[prefix + name] = PartScore(part.value, part.reason)
        flatten(part.parts, f"{prefix}{name}.", into)


def add_kept(line: ScoredLine, fields: dict[str, Any]) -> dict[str, Any]:
    """Add the input's own fields; one that has the name of ours is kept as `input_<name>`.

    >>> line = ScoredLine("1", "q", 1.0, "scored", {})
    >>> list(add_kept(line, {"id": "1", "reward": 0.5, "step": 3}))
    ['id', 'group', 'reward', 'status', 'scores', 'input_reward', 'step']
    """
    row: dict[str, Any] = {name: getattr(line, name) for name in line.__struct_fields__}
    for name, value in fields.items():
        if name not in row:
            row[name] = value
        elif row[name] != value:
            row[f"input_{name}"] = value
    return row


def name_of(reward: Reward) -> str:
    """What a reward's only part is called: its kind."""
    config = getattr(reward, "__struct_config__", None)
    return str(getattr(config, "tag", None) or getattr(reward, "__name__", type(reward).__name__))
