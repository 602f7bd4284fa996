"""What a run is asked to do, and what makes two runs the same."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from rewardkit.engine.results import PARQUET
from rewardkit.errors import ConfigError
from rewardkit.places import file_system, is_url, size_of, without_secrets
from rewardkit.reading import STDIN, check_input, open_bytes
from rewardkit.rewards import encode, fingerprint, versions
from rewardkit.rewards.base import Reward

PACKINGS = {".gz": "gz", ".zst": "zst", ".parquet": PARQUET}
PLAIN = (".jsonl", ".json", ".ndjson")
"""Endings of names that say JSON lines."""

END_BYTES = 2**16


class RayOptions(msgspec.Struct, frozen=True):
    """How to score on Ray.

    Attributes:
        address: The cluster, as `ray.init` takes it; None starts Ray on this machine.
        gpus: GPUs, or the part of one, that each scoring actor gets; None is one where the reward
            has a model and the cluster GPUs, else none.
    """

    address: str | None = None
    gpus: float | None = None


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
        parquet: Write Parquet where the output's name doesn't say what it is.
        named: Put the input's name before a default id also where there is one input.
        ray: Score on Ray, and how; None scores in processes of this machine.
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
    parquet: bool = False
    named: bool = False
    ray: RayOptions | None = None

    @property
    def packing(self) -> str:
        """How the output is packed, by its name; Parquet is a packing like the others."""
        suffix = Path(self.output).suffix
        unsaid = PARQUET if self.parquet and suffix not in PLAIN else ""
        return PACKINGS.get(suffix, unsaid)


def check_paths(inputs: Iterable[str], output: str) -> None:
    """Find out before any work whether inputs and output can be what they are asked to be.

    Raises:
        ConfigError: Naming the path.
    """
    inputs = list(inputs)
    if inputs.count(STDIN) > 1:
        raise ConfigError("-: expected standard input once, got it several times")
    for path in inputs:
        check_input(path)
    if output == STDIN:
        return
    if is_url(output):
        file_system(output)  # whether there is such a kind
    elif os.path.isdir(output):
        raise ConfigError(f"{output}: expected a file for the output, got a directory")
    check_apart(inputs, output)


def check_apart(inputs: Iterable[str], *outputs: str) -> None:
    """Refuse an output that would replace an input.

    Raises:
        ConfigError: Naming both.
    """
    inputs = list(inputs)
    names = dict(zip(inputs, inputs, strict=True))  # of URLs nothing more is known
    files = {identity(path): path for path in inputs if os.path.isfile(path)}
    for output in outputs:
        for written in written_for(output):
            path = names.get(written)
            if path is None and os.path.exists(written):
                path = files.get(identity(written))
            if path is not None:
                raise ConfigError(
                    f"{printed(output)}: expected an output apart from the inputs, got "
                    f"{printed(path)}, which this run would replace"
                )


def written_for(output: str) -> tuple[str, ...]:
    """The files that a run may write: its output and what stands beside it."""
    return output, f"{output}.rejected.jsonl", f"{output}.meta.json"


def identity(path: str) -> tuple[int, int]:
    """What two names of one file have in common."""
    found = os.stat(path)
    return found.st_dev, found.st_ino


def make_plan(request: Request) -> dict[str, Any]:
    """What makes two runs the same: what goes in, and what is done to it."""
    plan = {
        "fingerprint": fingerprint(request.reward),
        "reward": encode(request.reward),
        "versions": versions(request.reward),
        "inputs": describe_inputs(request.inputs),
        "fields": {field: list(places) for field, places in request.places.items()},
        "keep": request.keep,
        "strict": request.strict,
    }
    if request.packing == PARQUET:
        plan["format"] = PARQUET
    if request.named:
        plan["named"] = True
    return plan


def describe_inputs(paths: Iterable[str]) -> list[dict[str, Any]]:
    """Name, size and a hash of both ends of each input; of a pipe only the name is known."""
    return [describe_input(path) for path in paths]


def describe_input(path: str) -> dict[str, Any]:
    """Describe one input."""
    if path == STDIN or not (is_url(path) or os.path.isfile(path)):
        return {"path": printed(path)}
    size = size_of(path) if is_url(path) else os.stat(path).st_size
    digest = hashlib.sha256()
    with open_bytes(path) as stream:
        digest.update(stream.read(END_BYTES))
        stream.seek(max(0, size - END_BYTES))
        digest.update(stream.read(END_BYTES))
    return {"path": printed(path), "bytes": size, "ends": digest.hexdigest()[:16]}


def printed(path: str) -> str:
    r"""A path as text; bytes that are not UTF-8 are written out, a URL's secrets are left out.

    >>> printed("caf\udce9.jsonl"), printed("ftp://me:pw@host/a.jsonl")
    ('caf\\udce9.jsonl', 'ftp://host/a.jsonl')
    """
    return without_secrets(path.encode("utf-8", "backslashreplace").decode())
