"""Killed before each step of finishing, one after the other, a run goes on to the same files."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from rewardkit.engine.engines import LocalEngines
from rewardkit.engine.plan import Request
from rewardkit.engine.run import run_score
from rewardkit.rewards import load_reward

REWARD = load_reward({"kind": "constant", "value": 0.5})
MOST_STEPS = 60


class KilledError(BaseException):
    """In the place of the system's signal: nothing in the package catches it."""


class Steps:
    """Counts what changes files, and dies before the one that was asked for."""

    def __init__(self, last: int) -> None:
        """Die before step `last`, the first is 0."""
        self.left = last

    def __call__(self, do: Callable[..., Any]) -> Callable[..., Any]:
        """The same, but for the one before which it dies; after that all do nothing."""

        def step(*args: object, **options: object) -> object:
            self.left -= 1
            if self.left < 0:
                raise KilledError
            return do(*args, **options)

        return step


@pytest.fixture
def engines() -> Iterator[LocalEngines]:
    with contextlib.closing(LocalEngines()) as kept:
        yield kept


def score(output: str, engines: LocalEngines, resume: bool = False) -> None:
    request = Request(("in.jsonl",), output, REWARD, resume=resume)
    run_score(request, lambda position, counts: None, engines)


def files(folder: Path | MemoryFileSystem) -> dict[str, bytes]:
    if isinstance(folder, MemoryFileSystem):
        return {name: folder.cat_file(name) for name in folder.find("/out")}
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("place", ["out/o.jsonl", "out/o.parquet", "memory://out/o.parquet"])
def test_killed_before_each_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engines: LocalEngines, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.jsonl").write_text('{"completion": "a"}\nbad\n{"completion": "b"}\n')
    memory = MemoryFileSystem()
    out = memory if place.startswith("memory") else Path("out")
    for number in range(MOST_STEPS):
        memory.store.clear()
        shutil.rmtree("out", ignore_errors=True)
        Path("out").mkdir()
        score(place, engines)  # what an older run has left is in the way of each step, too
        wanted = files(out)
        steps = Steps(number)
        with monkeypatch.context() as patch:
            for owner, name in (
                *((os, name) for name in ("replace", "fsync")),
                *((Path, name) for name in ("unlink", "rmdir", "write_bytes")),
                *((MemoryFileSystem, name) for name in ("put_file", "rm_file")),
                (shutil, "copyfile"),
            ):
                patch.setattr(owner, name, steps(getattr(owner, name)))
            try:
                score(place, engines)
            except KilledError:
                pass
            else:
                assert number > 10
                return
        score(place, engines, resume=True)

        assert files(out) == wanted, number
        assert not list(Path().glob("*.sending"))
    raise AssertionError(f"it takes more than {MOST_STEPS} steps")
