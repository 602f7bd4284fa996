"""`score` from end to end: inputs, reward, workers, output, side-car."""

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from rewardkit.decoding import Violation, decode_rollout
from rewardkit.engine.chunks import GroupOf, Position, cut_chunks
from rewardkit.engine.output import FileSink, Sink, State, StdoutSink
from rewardkit.engine.parallel import Workers
from rewardkit.engine.rows import Counts, Job, name_of
from rewardkit.errors import ConfigError, RolloutError
from rewardkit.reading import STDIN, check_input
from rewardkit.rewards import encode, fingerprint, needs_groups, versions
from rewardkit.rewards.base import Reward

PACKINGS = {".gz": "gz", ".zst": "zst"}
END_BYTES = 2**16
FIRST_CHECK = 2**14
"""Split groups are looked for after so many groups, and each time their number has doubled."""


class Request(msgspec.Struct, frozen=True):
    """What the user asked for.

    Attributes:
        inputs: Files, `-` for standard input.
        output: A file, `-` for standard output.
        reward: The reward.
        places: Renamings of fields.
        keep: Hand the input's own fields through.
        workers: Processes that score.
        resume: Go on where an unfinished run was.
        restart: Throw an unfinished run away.
        strict: Stop at the first line that is not a rollout.
    """

    inputs: tuple[str, ...]
    output: str
    reward: Reward
    places: dict[str, tuple[str, ...]] = {}
    keep: bool = False
    workers: int = 1
    resume: bool = False
    restart: bool = False
    strict: bool = False


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


def run_score(request: Request, progress: Callable[[Position, Counts], None]) -> Report:
    """Score files of rollouts.

    Args:
        request: What to do.
        progress: Told after each chunk how far the run is.

    Raises:
        ConfigError: When inputs, output or an unfinished run don't fit.
        RolloutError: When an input is damaged, there is no rollout at all, the groups of a reward
            that needs them are torn apart, or, when strict, at the first line that is not a
            rollout. What was scored is then thrown away: another input is another run.
    """
    check_paths(request.inputs, request.output)
    config = encode(request.reward)
    whole_groups = needs_groups(request.reward)
    packing = "" if request.output == STDIN else PACKINGS.get(Path(request.output).suffix, "")
    kind = name_of(request.reward)
    job = Job(request.inputs, kind, request.places, request.keep, packing, whole_groups)
    plan = make_plan(request, config)
    sink = open_sink(request, msgspec.json.encode(plan))
    if sink.complete:
        return report_complete(request.output)
    try:
        group_of = group_finder(request.places) if whole_groups else None
        workers = Workers(request.workers, msgspec.json.encode(config), job, group_of)
        resumed_at = sink.state.counts.rollouts
        score_to_sink(request, sink, workers, group_of, progress)
        repeats = check_ids(request, sink)
        report = make_report(sink.state, *repeats, workers.restarts, resumed_at)
        check_any(request, report)
        sink.finish(side_car(plan, report))
    except RolloutError:
        if isinstance(sink, FileSink):
            sink.discard()
        raise
    finally:
        sink.close()
    return report


def score_to_sink(
    request: Request,
    sink: Sink,
    workers: Workers,
    group_of: GroupOf | None,
    progress: Callable[[Position, Counts], None],
) -> None:
    """Score what is left of the inputs."""
    next_check = FIRST_CHECK
    chunks = cut_chunks(request.inputs, sink.state.position, group_of)
    for chunk, result in workers.map(chunks):
        if request.strict and result.first_rejected:
            raise RolloutError(result.first_rejected)
        sink.write(chunk.end, result)
        progress(chunk.end, sink.state.counts)
        if group_of is not None and sink.state.groups >= next_check:
            check_groups(sink)
            next_check = 2 * sink.state.groups
    if group_of is not None:
        check_groups(sink)


def check_paths(inputs: Sequence[str], output: str) -> None:
    """Find out before any work whether inputs and output can be what they are asked to be."""
    if list(inputs).count(STDIN) > 1:
        raise ConfigError("-: expected standard input once, got it several times")
    for path in inputs:
        check_input(path)
        if STDIN not in (path, output) and os.path.exists(output):
            if os.path.samefile(path, output):
                raise ConfigError(f"{output}: expected an output apart from the inputs, got {path}")
    if output != STDIN and os.path.isdir(output):
        raise ConfigError(f"{output}: expected a file for the output, got a directory")


def group_finder(places: dict[str, tuple[str, ...]]) -> GroupOf:
    """Make the function that finds a line's group."""

    def group_of(line: bytes, number: int) -> str | None:
        rollout = decode_rollout(line, places, str(number))
        return None if isinstance(rollout, Violation) else rollout.group

    return group_of


def make_plan(request: Request, config: dict[str, Any]) -> dict[str, Any]:
    """What makes two runs the same: what goes in, and what is done to it."""
    return {
        "fingerprint": fingerprint(request.reward),
        "reward": config,
        "versions": versions(),
        "inputs": [describe_input(path) for path in request.inputs],
        "fields": {field: list(places) for field, places in request.places.items()},
        "keep": request.keep,
        "strict": request.strict,
    }


def describe_input(path: str) -> dict[str, Any]:
    """Name, size and a hash of both ends of an input; of a pipe nothing but the name is known."""
    if path == STDIN or not os.path.isfile(path):
        return {"path": path}
    size = os.stat(path).st_size
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        digest.update(stream.read(END_BYTES))
        stream.seek(max(0, size - END_BYTES))
        digest.update(stream.read(END_BYTES))
    return {"path": path, "bytes": size, "ends": digest.hexdigest()[:16]}


def open_sink(request: Request, plan: bytes) -> Sink:
    """Open the output."""
    if request.output != STDIN:
        return FileSink(Path(request.output), plan, request.resume, request.restart)
    if request.resume:
        raise ConfigError("--resume: expected an output file to go on with, got standard output")
    return StdoutSink()


def check_groups(sink: Sink) -> None:
    """Refuse groups that are torn apart: what is relative to a group would be wrong."""
    repeats = sink.repeats("groups")
    if repeats.count:
        raise RolloutError(
            "field 'group': expected the rollouts of a group on neighbouring lines, as this reward "
            f"compares them, got {repeats.count} groups in several places; sort the input by group"
        )


def check_ids(request: Request, sink: Sink) -> tuple[int, str]:
    """Look for ids that occur twice: they are scored, named, and under --strict an error."""
    repeats = sink.repeats("ids")
    if repeats.first is None or repeats.original is None:
        return 0, ""
    first = (
        f"field 'id': expected ids that are unique, got {repeats.count} repeated; rollout "
        f"{repeats.first + 1} has the id of rollout {repeats.original + 1}"
    )
    if request.strict:
        raise RolloutError(f"{', '.join(request.inputs)}: {first}")
    return repeats.count, first


def check_any(request: Request, report: Report) -> None:
    """Refuse inputs without a single rollout."""
    if report.counts.rollouts:
        return
    names = ", ".join(request.inputs)
    if report.counts.rejected:
        raise RolloutError(
            f"{names}: expected rollouts, got none in {report.counts.rejected} lines; first: "
            f"{report.first_rejected}"
        )
    raise RolloutError(f"{names}: expected at least one line of JSON, got an empty input")


def make_report(
    state: State, repeats: int, first_repeat: str, restarts: int, resumed_at: int
) -> Report:
    """Put together what came of a run."""
    return Report(
        state.counts,
        state.first_rejected,
        state.first_error,
        repeats,
        first_repeat,
        restarts,
        resumed_at,
    )


def side_car(plan: dict[str, Any], report: Report) -> bytes:
    """The content of `OUT.meta.json`: without times, so that a resumed run's is the same."""
    counts = msgspec.to_builtins(report.counts)
    del counts["total"]
    meta = {**plan, "counts": {**counts, "repeated_ids": report.repeats}, "mean": report.mean}
    return msgspec.json.format(msgspec.json.encode(meta), indent=2) + b"\n"


def report_complete(output: str) -> Report:
    """The report of a run that was complete already, from its side-car."""
    meta = msgspec.json.decode(Path(f"{output}.meta.json").read_bytes())
    counts = meta["counts"]
    repeats = counts.pop("repeated_ids")
    restored = Counts(**counts, total=(meta["mean"] or 0.0) * counts["scored"])
    return Report(restored, repeats=repeats, resumed_at=restored.rollouts)
