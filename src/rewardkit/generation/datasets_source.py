"""Questions of a `datasets` path: a hub id, a folder that it saved, or a folder of data files."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from rewardkit.errors import ConfigError

BATCH = 256
"""Rows that are taken from Arrow at a time."""


class DatasetPath(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of a data set.

    Attributes:
        dataset: A hub id, a folder that `save_to_disk` wrote, or one of parquet, JSON or other
            files that `datasets` reads.
        name: Of the data set's configuration.
        split: Such as `train`, or `train[:1000]`.
        revision: Of a hub id.
    """

    dataset: str
    name: str | None = None
    split: str = "train"
    revision: str | None = None

    def __str__(self) -> str:
        """What to call it in messages and in ids, such as `me/sums/easy:train`."""
        return f"{self.dataset}{f'/{self.name}' if self.name else ''}:{self.split}"

    @property
    def folder(self) -> bytes | None:
        """The folder that relative images begin at; None for a hub id."""
        return os.fsencode(os.path.abspath(self.dataset)) if os.path.isdir(self.dataset) else None


def iter_rows(source: DatasetPath) -> Iterator[dict[str, Any]]:
    """Give the rows as plain values, images undecoded: `{"bytes": ..., "path": ...}`.

    A column `image` counts as `images` where there is no such column; ids and groups that are
    numbers become text, and a row without id gets one of the data set's name and the row's number.

    Raises:
        ConfigError: When the data set can't be had; of a split that it lacks, with those it has.
    """
    rows = open_dataset(source).with_format("arrow")  # which leaves images and all else encoded
    for start, table in enumerate(rows.iter(BATCH)):
        for number, fields in enumerate(table.to_pylist(), start=start * BATCH):
            yield _as_fields(fields, f"{source}:{number}")


def open_dataset(source: DatasetPath) -> Any:  # noqa: ANN401 - `datasets` has no types
    """The data set, memory-mapped.

    Raises:
        ConfigError: As `iter_rows`.
    """
    try:
        import datasets
    except ImportError as error:
        raise ConfigError(f"{source}: expected datasets installed: rewardkit[train]") from error
    folder = Path(source.dataset)
    local = source.dataset.startswith((".", "/", "~"))
    if local and not folder.is_dir():
        raise ConfigError(f"{source}: expected a folder or a hub id, got no such folder")
    try:
        if (folder / "dataset_dict.json").is_file() or (folder / "state.json").is_file():
            return _saved(source, datasets.load_from_disk(source.dataset))
        return datasets.load_dataset(
            source.dataset, source.name, split=source.split, revision=source.revision
        )
    except (OSError, RuntimeError, ValueError, datasets.exceptions.DatasetsError) as error:
        cause = error.__cause__ or error
        raise ConfigError(f"{source}: expected a data set, got: {_line(cause)}") from error


def _saved(source: DatasetPath, loaded: Any) -> Any:  # noqa: ANN401 - `datasets` has no types
    """The split of what `save_to_disk` wrote: several by name, or a single one without a name."""
    if not isinstance(loaded, dict):
        return loaded
    if source.split not in loaded:
        raise ConfigError(f"{source}: expected one of the splits {', '.join(loaded)}")
    return loaded[source.split]


def _as_fields(fields: dict[str, Any], row_id: str) -> dict[str, Any]:
    if fields.get("images") is None and fields.get("image") is not None:
        fields["images"] = fields.pop("image")
    for name in ("id", "group"):
        if isinstance(fields.get(name), int):
            fields[name] = str(fields[name])
    if fields.get("id") is None:
        fields["id"] = row_id
    return fields


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
