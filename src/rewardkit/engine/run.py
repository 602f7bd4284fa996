"""`score` from end to end: inputs, reward, workers, output, side-car."""

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec

from rewardkit.atomic import is_special
from rewardkit.engine.checks import check_any, check_groups, check_ids, check_models
from rewardkit.engine.chunks import Position
from rewardkit.engine.engines import Engine, Engines, open_engines
from rewardkit.engine.file_sink import FileSink, refuse_full_disk
from rewardkit.engine.image_paths import folders_of
from rewardkit.engine.parquet_output import write_parquet
from rewardkit.engine.plan import Request, check_paths, describe_inputs, make_plan, printed
from rewardkit.engine.report import Report, parse_report, side_car
from rewardkit.engine.results import PARQUET, Counts
from rewardkit.engine.rows import Job, name_of
from rewardkit.engine.state import Sink
from rewardkit.engine.stream_sink import STDOUT, StreamSink
from rewardkit.engine.url_sink import UrlSink
from rewardkit.engine.work import Work
from rewardkit.errors import ConfigError, RolloutError
from rewardkit.parquet_lines import check_installed
from rewardkit.places import is_url
from rewardkit.rewards import needs_groups

FIRST_CHECK = 2**14
"""Split groups are looked for after so many groups, and each time their number has doubled."""


def run_score(
    request: Request,
    progress: Callable[[Position, Counts], None],
    engines: Engines | None = None,
) -> Report:
    """Score files of rollouts.

    Args:
        request: What to do.
        progress: Told after each chunk how far the run is.
        engines: Makes the engine; None for one of this run's own.

    Raises:
        ConfigError: When inputs, output or an unfinished run don't fit, a reward's model can't be
            had, or the disk is full.
        RolloutError: When an input is damaged or changes while it is read, there is no rollout at
            all, the groups of a reward that needs them are torn apart, or, when strict, at the
            first line that is not a rollout. What was scored is then thrown away: another input
            is another run.
    """
    check_paths(request.inputs, request.output)
    check_models(request.reward)
    plan = make_plan(request)
    sink = open_sink(request, msgspec.json.encode(plan))
    if isinstance(sink, FileSink | UrlSink) and sink.complete:
        return parse_report(sink.read_meta(), f"{printed(request.output)}.meta.json")
    try:
        with nullcontext(engines) if engines else open_engines(request) as opened:
            report = score_to_sink(request, plan, sink, progress, opened)
        sink.finish(side_car(plan, report))
    except RolloutError:
        sink.discard()
        raise
    except ConfigError:
        if not sink.state.counts.rollouts:  # nothing is lost, and nothing to go on with
            sink.discard()
        raise
    except OSError as error:
        if isinstance(sink, FileSink | UrlSink):
            refuse_full_disk(error, sink.folder)
        raise
    finally:
        sink.close()
    return report


def open_sink(request: Request, plan: bytes) -> Sink:
    """Open the output."""
    convert = write_parquet if request.packing == PARQUET else None
    if convert:
        check_installed()
    if is_url(request.output):
        return UrlSink(request.output, plan, request.resume, request.restart, convert)
    to_file = request.output != STDOUT and not is_special(Path(request.output))
    if convert and not to_file:
        got = "standard output" if request.output == STDOUT else request.output
        raise ConfigError(f"--format parquet: expected an output file, got {got}")
    if to_file:
        return FileSink(Path(request.output), plan, request.resume, request.restart, convert)
    if request.resume:
        got = "standard output" if request.output == STDOUT else request.output
        raise ConfigError(f"--resume: expected an output file to go on with, got {got}")
    return StreamSink(request.output)


def score_to_sink(
    request: Request,
    plan: dict[str, Any],
    sink: Sink,
    progress: Callable[[Position, Counts], None],
    engines: Engines,
) -> Report:
    """Score what is left of the inputs, and look at them as a whole."""
    job = Job(
        tuple(map(printed, request.inputs)),
        name_of(request.reward),
        request.places,
        request.keep,
        request.packing,
        needs_groups(request.reward),
        folders_of(request.inputs),
        request.named,
    )
    config = msgspec.json.encode(plan["reward"])
    paths = tuple(map(os.fsencode, request.inputs))
    work = Work(paths, config, job, request.workers, plan["versions"])
    resumed_at = sink.state.counts.rollouts
    engine = engines.open(work)
    score_chunks(request, sink, engine, progress)
    if describe_inputs(request.inputs) != plan["inputs"]:
        names = ", ".join(job.names)
        raise RolloutError(f"{names}: expected inputs that stay as they are, got one that changed")
    repeats = check_ids(request, sink)
    state = sink.state
    report = Report(
        state.counts,
        state.first_rejected,
        state.first_error,
        *repeats,
        engine.restarts,
        resumed_at,
    )
    if not request.named:  # a folder's shard may be empty
        check_any(request, report)
    return report


def score_chunks(
    request: Request,
    sink: Sink,
    engine: Engine,
    progress: Callable[[Position, Counts], None],
) -> None:
    """Score what is left of the inputs."""
    next_check = FIRST_CHECK
    whole_groups = needs_groups(request.reward)
    for end, result in engine.results(sink.state.position):
        if request.strict and result.first_rejected:
            raise RolloutError(result.first_rejected)
        sink.write(end, result)
        progress(end, sink.state.counts)
        if whole_groups and sink.state.groups >= next_check:
            check_groups(sink)
            next_check = 2 * sink.state.groups
    if whole_groups:
        check_groups(sink)
