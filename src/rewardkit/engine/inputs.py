"""What a user names as input to the files that are read: folders, patterns, URLs."""

import glob
import os
from collections.abc import Iterable

from rewardkit.errors import ConfigError
from rewardkit.places import is_url, list_urls, without_secrets
from rewardkit.reading import STDIN

ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
"""What is taken for a shard in a folder."""

BESIDE = (".rejected.jsonl",)
"""What a run leaves beside its output, and is none."""


def expand_inputs(inputs: Iterable[str]) -> tuple[str, ...]:
    """Put the files in the place of folders and patterns.

    A folder stands for the files right in it that end as `ENDINGS` say, hidden ones left out; a
    pattern (`*`, `?`, `[…]`, `**`) for what it fits. Both in the order of their names, character by
    character: `part-10` comes before `part-2`. A file whose own name has such characters is itself.

    Raises:
        ConfigError: When a folder or a pattern holds no such file.
    """
    return tuple(file for given in inputs for file in expand(given))


def expand(given: str) -> list[str]:
    """The files that one input stands for."""
    if is_url(given):
        return sorted_shards(given, list_urls(given))
    if given == STDIN or os.path.isfile(given):
        return [given]
    if os.path.isdir(given):
        return sorted_shards(given, (entry.path for entry in os.scandir(given)))
    if glob.has_magic(given) and not os.path.exists(given):
        found = sorted(path for path in glob.glob(given, recursive=True) if os.path.isfile(path))
        if not found:
            raise ConfigError(f"{given}: expected files that fit this pattern, got none")
        return found
    return [given]


def sorted_shards(given: str, paths: Iterable[str]) -> list[str]:
    """Those of a folder's files that are shards; one alone is what the user named."""
    paths = sorted(paths)
    if paths == [given]:
        return paths
    found = [path for path in paths if is_shard(path) and (is_url(path) or os.path.isfile(path))]
    if not found:
        ends = ", ".join(ENDINGS)
        raise ConfigError(f"{without_secrets(given)}: expected files that end in {ends}, got none")
    return found


def is_shard(path: str) -> bool:
    """Whether a file of a folder is one to score, by its name.

    >>> is_shard("d/part-0.jsonl.gz"), is_shard("d/.part-0.jsonl"), is_shard("d/README.md")
    (True, False, False)
    """
    name = path.rpartition("/")[2] if is_url(path) else os.path.basename(path)
    return name.endswith(ENDINGS) and not name.endswith(BESIDE) and not name.startswith(".")
