"""The output appears whole or not at all, wherever a run is cut off."""

import os
import shutil
from pathlib import Path

import pytest

from rewardkit.engine.chunks import Position
from rewardkit.engine.output import FileSink, is_complete
from rewardkit.engine.rows import ChunkResult, Counts, hash_text
from rewardkit.errors import ConfigError

PLAN = b'{"reward":"r","inputs":["a"]}'
META = b'{"reward":"r","inputs":["a"],"counts":{}}\n'


def result(text: str, rejected: str = "") -> ChunkResult:
    counts = Counts(rollouts=1, scored=1, rejected=bool(rejected), total=1.0)
    return ChunkResult(
        text.encode(), rejected.encode(), rejected, "", hash_text(text), hash_text(text), counts
    )


def begin(path: Path, plan: bytes = PLAN, resume: bool = False, restart: bool = False) -> FileSink:
    return FileSink(path, plan, resume, restart)


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_output_appears_when_it_is_complete(tmp_path: Path) -> None:
    sink = begin(tmp_path / "out")
    sink.write(Position(0, 5, 1), result("one\n", "bad\n"))
    assert names(tmp_path) == ["out.partial"]

    sink.finish(META)

    assert names(tmp_path) == ["out", "out.meta.json", "out.rejected.jsonl"]
    assert (tmp_path / "out").read_bytes() == b"one\n"
    assert (tmp_path / "out.rejected.jsonl").read_bytes() == b"bad\n"
    assert is_complete(tmp_path / "out", PLAN)
    assert not is_complete(tmp_path / "out", b'{"reward":"other"}')


def test_what_follows_the_state_is_cut_off(tmp_path: Path) -> None:
    sink = begin(tmp_path / "out")
    sink.write(Position(0, 5, 1), result("one\n"))
    sink.close()
    for name in ("output", "rejected", "ids"):
        with (sink.folder / name).open("ab") as stream:
            stream.write(b"half a line of a killed run")

    again = begin(tmp_path / "out", resume=True)
    assert again.state.position == Position(0, 5, 1)
    assert again.state.counts.total == 1.0
    again.write(Position(0, 9, 2), result("two\n"))
    assert again.repeats("ids").count == 0
    again.finish(META)

    assert (tmp_path / "out").read_bytes() == b"one\ntwo\n"


STEPS = ["copyfile", "replace 1", "unlink", "fsync", "replace 2", "replace 3", "rmtree"]


@pytest.mark.parametrize("step", STEPS)
def test_cut_off_while_finishing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class Killed(BaseException):
        pass

    calls = 0

    def die(*args: object, **options: object) -> None:
        raise Killed

    replace = os.replace

    def die_at_replace(source: str | Path, target: str | Path) -> None:
        nonlocal calls
        if not str(source).endswith("state.json.new"):
            calls += 1
            if step == f"replace {calls}":
                raise Killed
        replace(source, target)

    out = tmp_path / "out"
    sink = begin(out)
    sink.write(Position(0, 5, 1), result("one\n", "bad\n"))
    with monkeypatch.context() as patch:
        if step.startswith("replace"):
            patch.setattr(os, "replace", die_at_replace)
        else:
            owner = {"copyfile": shutil, "rmtree": shutil, "fsync": os}.get(step, Path)
            patch.setattr(owner, step, die)
        with pytest.raises(Killed):
            sink.finish(META)
    sink._open.close()  # the system would

    again = begin(out, resume=True)
    if not again.complete:
        again.finish(META)

    assert names(tmp_path) == ["out", "out.meta.json", "out.rejected.jsonl"]
    assert out.read_bytes() == b"one\n"
    assert (tmp_path / "out.meta.json").read_bytes() == META
    assert (tmp_path / "out.rejected.jsonl").read_bytes() == b"bad\n"


def test_complete_output_is_left_alone_on_resume(tmp_path: Path) -> None:
    sink = begin(tmp_path / "out")
    sink.write(Position(0, 5, 1), result("one\n"))
    sink.finish(META)

    again = begin(tmp_path / "out", resume=True)

    assert again.complete
    assert names(tmp_path) == ["out", "out.meta.json"]


def test_other_plan_does_not_go_on(tmp_path: Path) -> None:
    sink = begin(tmp_path / "out")
    sink.write(Position(0, 5, 1), result("one\n"))
    sink.close()

    with pytest.raises(ConfigError, match="reward: expected that of the unfinished run, r, got s"):
        begin(tmp_path / "out", b'{"reward":"s","inputs":["a"]}', resume=True)
    with pytest.raises(ConfigError, match="add --resume"):
        begin(tmp_path / "out")
    fresh = begin(tmp_path / "out", restart=True)
    assert fresh.state.output == 0
    fresh.finish(META)
    assert (tmp_path / "out").read_bytes() == b""


def test_two_runs_refuse_each_other(tmp_path: Path) -> None:
    sink = begin(tmp_path / "out")

    with pytest.raises(ConfigError, match="got one that writes now"):
        begin(tmp_path / "out", resume=True)
    sink.discard()
    assert names(tmp_path) == []
