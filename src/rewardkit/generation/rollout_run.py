"""`rewardkit rollout` from end to end: batches, output, side-car, and several processes."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from rewardkit.engine.file_sink import FileSink, is_complete, refuse_full_disk
from rewardkit.engine.state import Sink
from rewardkit.engine.stream_sink import StreamSink
from rewardkit.errors import ConfigError, RolloutError
from rewardkit.generation.rollout_plan import Request, side_car
from rewardkit.generation.rollout_prepare import Progress, Run, is_stream, prepare
from rewardkit.generation.rollout_report import Report, read_report
from rewardkit.generation.rollouts import write_replies
from rewardkit.generation.shards import merge_shards, meta_path, remove_shards, shard_path


def run_rollout(request: Request, progress: Progress) -> Report:
    """Generate rollouts of a model on questions.

    Under `accelerate launch` every process writes a file of its own, and the first one puts them
    together at the end.

    Args:
        request: What to do.
        progress: Is told how far this process is.

    Returns:
        What came of it, for all processes.

    Raises:
        ConfigError: When data, model, output or an unfinished run don't fit, or the disk is full.
        RolloutError: When a line is no question, none could be put to the model, or, when strict,
            at the first that can't be. What was written stays for `resume`.
    """
    run = prepare(request, progress)
    if run.share[1] > 1:
        return _run_share(run)
    sink = open_sink(request, msgspec.json.encode(run.plan))
    if isinstance(sink, FileSink) and sink.complete:
        return read_report(sink.path, len(run.work.rows), resumed_at=None)
    before = sink.state.counts.rollouts
    _fill(run, sink, _finish)
    if isinstance(sink, FileSink):
        return read_report(sink.path, len(run.work.rows), before)
    state = sink.state
    return Report(
        questions=len(run.work.rows),
        rejected=state.counts.rejected,
        first_rejected=state.first_rejected,
        figures=run.figures,
    )


def open_sink(request: Request, plan: bytes) -> Sink:
    """Open the output.

    Raises:
        ConfigError: When it can't be written, or an unfinished run is in the way.
    """
    if is_stream(request.output):
        return StreamSink(request.output)
    return FileSink(Path(request.output), plan, request.resume, request.restart)


def _finish(run: Run, sink: Sink) -> None:
    """Make the output of one process appear."""
    counts = sink.state.counts
    if not counts.rollouts:
        raise nothing_made(sink.state.first_rejected)
    sink.finish(side_car(run.plan, counts.rollouts, counts.rejected))


def nothing_made(first: str) -> RolloutError:
    """The error for data of which no question could be put to the model."""
    return RolloutError(
        f"expected questions that can be put to the model, got none; first: {first}"
    )


def _fill(run: Run, sink: Sink, finish: Callable[[Run, Sink], None]) -> None:
    """Write what is left of a share; what is written stays for another try."""
    try:
        write_replies(sink, run.work, run.load, run.progress, run.share)
        finish(run, sink)
    except (ConfigError, RolloutError):
        if not sink.state.counts.rollouts:  # nothing is lost, and nothing to go on with
            sink.discard()
        raise
    except OSError as error:
        if isinstance(sink, FileSink):
            refuse_full_disk(error, sink.folder)
        raise
    finally:
        sink.close()


def _run_share(run: Run) -> Report:
    """One of several processes: write a share, wait for the others, put all together."""
    from accelerate import PartialState

    ranks, output = PartialState(), Path(run.request.output)
    plan = msgspec.json.encode(run.plan)
    complete = run.request.resume and is_complete(output, meta_path(output), plan)
    ranks.wait_for_everyone()
    if not complete:
        path = shard_path(output, *run.share)
        sink = FileSink(path, plan, run.request.resume, run.request.restart)
        if not sink.complete:
            _fill(run, sink, lambda run, sink: sink.finish(plan))
    ranks.wait_for_everyone()
    if ranks.is_main_process:
        if not complete:
            shards = [shard_path(output, rank, run.share[1]) for rank in range(run.share[1])]
            if not any(shard.stat().st_size for shard in shards):
                raise nothing_made(read_report(shards[0], 0).first_rejected)
            places = {row.id: i for i, row in enumerate(run.work.rows)}
            merge_shards(output, run.share[1], places, run.request.packing, run.plan)
        remove_shards(output, run.share[1])
    ranks.wait_for_everyone()
    return read_report(output, len(run.work.rows))
