"""The output appears whole or not at all, wherever a run is cut off."""

import os
import shutil
from pathlib import Path

import pytest

from rewardkit.engine.chunks import Position
from rewardkit.engine.file_sink import FileSink, is_complete
from rewardkit.engine.results import ChunkResult, Counts, hash_text
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
    assert is_complete(tmp_path / "out", sink.meta_path, PLAN)
    assert not is_complete(tmp_path / "out", sink.meta_path, b'{"reward":"other"}')


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


STEPS = ["copyfile", "replace 1", "unlink", "fsync", "replace 2", "replace 3"]
STEPS += [f"unlink {name}" for name in ("state.json", "plan.json", "output", "lock")]


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

    unlink = Path.unlink

    def die_at_unlink(path: Path, missing_ok: bool = False) -> None:
        if step == f"unlink {path.name}":
            raise Killed
        unlink(path, missing_ok)

    out = tmp_path / "out"
    sink = begin(out)
    sink.write(Position(0, 5, 1), result("one\n", "bad\n"))
    with monkeypatch.context() as patch:
        if step.startswith("unlink "):
            patch.setattr(Path, "unlink", die_at_unlink)
        elif step.startswith("replace"):
            patch.setattr(os, "replace", die_at_replace)
        else:
            owner = {"copyfile": shutil, "fsync": os}.get(step, Path)
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


DAMAGE = {
    "state of zeros": ("state.json", b"\0" * 99, "malformed"),
    "state of another kind": ("state.json", b"[]", "Expected `object`"),
    "negative size": ("state.json", b'{"output": -1}', "Expected `int` >= 0"),
    "empty plan": ("plan.json", b"", "truncated"),
    "plan of another kind": ("plan.json", b"7", "Expected `object`"),
    "output cut off": ("output", b"on", "output of 2 bytes instead of 4"),
    "ids cut off": ("ids", b"", "ids of 0 bytes instead of 8"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_unfinished_run_is_one_line_and_never_zeros(tmp_path: Path, kind: str) -> None:
    name, data, message = DAMAGE[kind]
    sink = begin(tmp_path / "out")
    sink.write(Position(0, 5, 1), result("one\n"))
    sink.close()
    (sink.folder / name).write_bytes(data)

    with pytest.raises(ConfigError, match="expected the files of an unfinished run") as error:
        begin(tmp_path / "out", resume=True)

    assert message in str(error.value)
    assert "--restart" in str(error.value)
    assert not (tmp_path / "out").exists()
    begin(tmp_path / "out", restart=True).finish(META)
    assert names(tmp_path) == ["out", "out.meta.json"]


def test_output_that_went_away_is_not_made_of_nothing(tmp_path: Path) -> None:
    sink = begin(tmp_path / "out")
    sink.write(Position(0, 5, 1), result("one\n"))
    sink.close()
    (sink.folder / "output").unlink()

    with pytest.raises(ConfigError, match="got no output"):
        begin(tmp_path / "out", resume=True)


@pytest.mark.parametrize("meta", [b"", b"7", b"{}", b"\xff", b"[" * 9999])
def test_damaged_side_car_is_no_complete_run(tmp_path: Path, meta: bytes) -> None:
    (tmp_path / "out").write_bytes(b"old\n")
    (tmp_path / "out.meta.json").write_bytes(meta)
    sink = begin(tmp_path / "out", resume=True)

    assert not sink.complete
    sink.discard()


def test_link_keeps_pointing_to_the_output(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "far" / "real")

    sink = begin(tmp_path / "out")
    sink.write(Position(0, 5, 1), result("one\n"))
    sink.finish(META)

    assert (tmp_path / "out").is_symlink()
    assert names(tmp_path / "far") == ["real", "real.meta.json"]
    assert (tmp_path / "out").read_bytes() == b"one\n"


def test_file_in_the_way_of_the_unfinished_run(tmp_path: Path) -> None:
    (tmp_path / "out.partial").write_text("mine")

    with pytest.raises(ConfigError, match=r"out.partial: expected this place free.*got a file"):
        begin(tmp_path / "out")


def test_strangers_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "thesis.tex").write_text("mine")

    begin(tmp_path / "out").discard()

    assert names(tmp_path / "out.partial") == ["thesis.tex"]
