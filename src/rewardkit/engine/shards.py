"""One output for all inputs, or a folder with one for each."""

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from rewardkit.engine.checks import check_any
from rewardkit.engine.chunks import Position
from rewardkit.engine.engines import open_engines
from rewardkit.engine.plan import PACKINGS, Request, check_apart, printed, written_for
from rewardkit.engine.report import Report
from rewardkit.engine.results import PARQUET, Counts
from rewardkit.engine.run import run_score
from rewardkit.errors import ConfigError
from rewardkit.places import is_url
from rewardkit.reading import STDIN

Progress = Callable[[Position, Counts], None]


def run_all(request: Request, progress: Progress) -> Report:
    """Score the inputs into one file, or each into one of its own where the output is a folder.

    Raises:
        ConfigError: As `run_score`; also when two inputs of a folder's run bear one name.
        RolloutError: As `run_score`; the shards that were complete by then stay.
    """
    if not is_folder(request.output):
        return run_score(request, progress)
    requests = split(request)
    if not is_url(request.output):
        make_folder(request.output)
    whole = Report(Counts())
    with open_engines(request) as engines:
        for source, one in enumerate(requests):
            done = msgspec.structs.replace(whole.counts)  # a copy

            def tell(position: Position, counts: Counts, source: int = source) -> None:
                so_far = msgspec.structs.replace(done)  # noqa: B023 - called before the next round
                so_far.add(counts)
                progress(Position(source, position.offset, position.line), so_far)

            whole = add(whole, run_score(one, tell, engines))
    check_any(request, whole)
    return whole


def make_folder(output: str) -> None:
    """Make the folder of the outputs, where it isn't there.

    Raises:
        ConfigError: When it can't be made.
    """
    try:
        Path(output).mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{output}: expected a folder that can be made, got: {error.strerror}"
        ) from error


def is_folder(output: str) -> bool:
    """Whether the output is a folder: a name that ends in a slash."""
    return output.endswith("/")


def split(request: Request) -> list[Request]:
    """A request for each input, whose output has the input's name.

    A shard's packing is the input's, but with `--format parquet` and for what is none of ours.

    Raises:
        ConfigError: When one output would be written over another, or over an input.
    """
    taken: dict[str, str] = {}
    requests = []
    for path in request.inputs:
        output = f"{request.output.rstrip('/')}/{shard_name(path, request.parquet)}"
        for written in written_for(output):
            if written in taken:
                raise ConfigError(
                    f"{printed(request.output)}: expected inputs of different names, got "
                    f"{printed(taken[written])} and {printed(path)}"
                )
            taken[written] = path
        requests.append(msgspec.structs.replace(request, inputs=(path,), output=output, named=True))
    check_apart(request.inputs, *(one.output for one in requests))
    return requests


def shard_name(path: str, parquet: bool) -> str:
    """What the output of one input is called.

    >>> shard_name("in/part-0.jsonl.gz", False), shard_name("in/part-0.jsonl.gz", True)
    ('part-0.jsonl.gz', 'part-0.parquet')
    """
    if path == STDIN:
        raise ConfigError("-: expected files where the output is a folder, got standard input")
    name = path.rpartition("/")[2] if is_url(path) else os.path.basename(path)
    if not parquet:
        return name
    stem = name
    for ending in (*(e for e, packing in PACKINGS.items() if packing != PARQUET), ".jsonl"):
        stem = stem.removesuffix(ending)
    return stem.removesuffix(".parquet") + ".parquet"


def add(whole: Report, one: Report) -> Report:
    """Put the report of one more shard to those before."""
    whole.counts.add(one.counts)
    return Report(
        whole.counts,
        whole.first_rejected or one.first_rejected,
        whole.first_error or one.first_error,
        whole.repeats + one.repeats,
        whole.first_repeat or one.first_repeat,
        whole.restarts + one.restarts,
        whole.resumed_at + one.resumed_at,
    )
