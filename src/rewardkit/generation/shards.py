"""The files of several processes put together, as one process would have written them."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from rewardkit.atomic import replacing
from rewardkit.engine.results import pack
from rewardkit.generation.rollout_plan import side_car
from rewardkit.reading import iter_lines

PACKED_LINES = 1000
"""Lines of one member of a packed file."""


class Named(msgspec.Struct, frozen=True):
    """What is read of a line: its question."""

    group: str = ""
    id: str = ""


def shard_path(output: Path, rank: int, ranks: int) -> Path:
    """Where a process writes its share."""
    return Path(f"{output}.{rank}-of-{ranks}")


def rejected_path(path: Path) -> Path:
    """Where the questions stand that could not be put to the model."""
    return Path(f"{path}.rejected.jsonl")


def meta_path(path: Path) -> Path:
    """Where the side-car stands."""
    return Path(f"{path}.meta.json")


def merge_shards(
    output: Path, ranks: int, places: Mapping[str, int], packing: str, plan: dict[str, Any]
) -> None:
    """Make the output of the files of all processes: rejected lines first, its side-car last.

    Args:
        output: The output.
        ranks: Processes.
        places: The place of each question.
        packing: How the output is packed: `gz`, `zst` or empty.
        plan: What goes into the side-car, besides counts.
    """
    shards = [shard_path(output, rank, ranks) for rank in range(ranks)]
    rejected = [path for path in map(rejected_path, shards) if path.exists()]
    meta_path(output).unlink(missing_ok=True)  # it belongs to the old output
    refused = 0
    if rejected:
        refused = _merge(rejected, rejected_path(output), places, "")
    else:
        rejected_path(output).unlink(missing_ok=True)
    rollouts = _merge(shards, output, places, packing)
    with replacing([meta_path(output)]) as (stream,):
        stream.write(side_car(plan, rollouts, refused))


def remove_shards(output: Path, ranks: int) -> None:
    """Leave nothing of what was put together."""
    for rank in range(ranks):
        shard = shard_path(output, rank, ranks)
        for path in (shard, rejected_path(shard), meta_path(shard)):
            path.unlink(missing_ok=True)


def _merge(paths: Sequence[Path], into: Path, places: Mapping[str, int], packing: str) -> int:
    """Gives how many lines there are."""
    lines, count = (
        heapq.merge(*(_placed(path, places) for path in paths), key=lambda pair: pair[0]),
        0,
    )
    with replacing([into]) as (stream,):
        while some := list(islice(lines, PACKED_LINES)):
            stream.write(pack(b"".join(line for _, line in some), packing))
            count += len(some)
    return count


def _placed(path: Path, places: Mapping[str, int]) -> Iterator[tuple[int, bytes]]:
    """The lines of a file, each with the place of its question."""
    decode = msgspec.json.Decoder(Named).decode
    for _, line in iter_lines(path):
        named = decode(line)
        yield places[named.group or named.id], line + b"\n"
