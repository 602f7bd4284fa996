"""Folders, patterns and URLs as inputs and outputs."""

import gzip
import json
import os
from pathlib import Path
from typing import TypedDict, Unpack

import psutil
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from rewardkit.engine.chunks import Position
from rewardkit.engine.inputs import expand_inputs
from rewardkit.engine.plan import Request
from rewardkit.engine.report import Report
from rewardkit.engine.results import Counts
from rewardkit.engine.run import run_score
from rewardkit.engine.shards import run_all, split
from rewardkit.engine.url_sink import stage_of
from rewardkit.errors import ConfigError, RolloutError
from rewardkit.rewards import load_reward

REWARD = load_reward({"kind": "constant", "value": 0.5})


class Options(TypedDict, total=False):
    """What a test asks of a run besides inputs and output."""

    keep: bool
    workers: int
    resume: bool
    parquet: bool


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def memory() -> MemoryFileSystem:
    system = MemoryFileSystem()
    system.store.clear()
    system.pseudo_dirs[:] = [""]
    return system


def line(number: int) -> bytes:
    return json.dumps({"completion": f"é {number}"}).encode() + b"\n"


def folder(name: str = "in") -> None:
    Path(name).mkdir()
    Path(name, "part-0.jsonl").write_bytes(line(0) + line(1))
    Path(name, "part-1.jsonl").write_bytes(b"")
    Path(name, "part-10.jsonl.gz").write_bytes(gzip.compress(line(10)))
    Path(name, "part-2.jsonl").write_bytes(line(2) + b"bad\n")
    for other in ("README.md", ".part-0.jsonl", "part-0.jsonl.rejected.jsonl", "x.meta.json"):
        Path(name, other).write_bytes(b"no rollout\n")
    Path(name, "deeper.jsonl").mkdir()


SHARDS = ("in/part-0.jsonl", "in/part-1.jsonl", "in/part-10.jsonl.gz", "in/part-2.jsonl")


def run(*inputs: str, output: str, **options: Unpack[Options]) -> Report:
    request = Request(expand_inputs(inputs), output, REWARD, **options)
    return run_all(request, lambda position, counts: None)


def test_folder_stands_for_its_shards_in_order_of_names() -> None:
    folder()

    assert expand_inputs(["in"]) == SHARDS
    assert expand_inputs(["in/"]) == SHARDS
    assert expand_inputs(["in/part-1*", "-"]) == (SHARDS[1], SHARDS[2], "-")


def test_file_whose_name_is_a_pattern_is_itself() -> None:
    Path("a[1].jsonl").write_bytes(line(0))
    Path("a1.jsonl").write_bytes(line(0))

    assert expand_inputs(["a[1].jsonl"]) == ("a[1].jsonl",)


@pytest.mark.parametrize("given", ["empty", "no-*.jsonl", "memory://none"])
def test_nothing_found_is_named(given: str, memory: MemoryFileSystem) -> None:
    Path("empty").mkdir()

    with pytest.raises(ConfigError, match="expected"):
        run(given, output="out.jsonl")
    assert not Path("out.jsonl.partial").exists()


def test_folder_in_file_out_is_one_run() -> None:
    folder()

    run("in", output="out.jsonl")

    rows = [json.loads(text) for text in Path("out.jsonl").read_text().splitlines()]
    ids = ["in/part-0.jsonl:1", "in/part-0.jsonl:2", "in/part-10.jsonl.gz:1", "in/part-2.jsonl:1"]
    assert [row["id"] for row in rows] == ids


def test_folder_in_folder_out_has_a_shard_for_each() -> None:
    folder()

    report = run("in", output="out/")
    run("in", output="whole.jsonl")

    assert report.counts.rollouts == 4
    assert report.counts.rejected == 1
    found = b""
    for shard in SHARDS:
        path = Path("out", Path(shard).name)
        found += gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        assert Path(f"{path}.meta.json").exists()
    assert found == Path("whole.jsonl").read_bytes()  # with the same ids, too


def test_interrupted_folder_goes_on_at_its_shard() -> None:
    folder()
    run("in", output="whole/")
    seen: list[int] = []

    def stop(position: Position, counts: Counts) -> None:
        seen.append(position.source)
        if position.source == 2:
            raise KeyboardInterrupt

    request = Request(expand_inputs(["in"]), "out/", REWARD)
    with pytest.raises(KeyboardInterrupt):
        run_all(request, stop)
    done = Path("out/part-0.jsonl").stat().st_mtime_ns
    report = run("in", output="out/", resume=True)

    assert report.counts.rollouts == 4
    assert Path("out/part-0.jsonl").stat().st_mtime_ns == done
    for path in Path("whole").iterdir():
        assert Path("out", path.name).read_bytes() == path.read_bytes()
    assert len(list(Path("out").iterdir())) == len(list(Path("whole").iterdir()))


def test_shards_share_their_workers_until_one_dies() -> None:
    folder()
    Path("in/part-3.jsonl").write_bytes(line(3))
    Path("pid.py").write_text(
        "import os\nfrom rewardkit import Score\n"
        "def pid(rollouts):\n"
        "    if any(r.text == 'é 10' for r in rollouts):\n"
        "        os._exit(1)\n"
        "    return [Score(1.0, str(os.getpid())) for r in rollouts]\n"
    )
    request = Request(expand_inputs(["in"]), "out/", load_reward("pid.py:pid"))

    report = run_all(request, lambda position, counts: None)

    assert report.counts.scored == 4
    assert report.restarts == 2  # of the row's two trials, none of another shard
    first, last = (reasons(f"out/part-{k}.jsonl") for k in (0, 2))
    assert len(first) == len(last) == 1
    assert last == reasons("out/part-3.jsonl")
    assert first != last
    assert not any(psutil.pid_exists(int(pid)) for pid in first | last)


def reasons(path: str) -> set[str]:
    """The reasons of the scored lines of a file."""
    rows = [json.loads(text) for text in Path(path).read_text().splitlines()]
    return {part["reason"] for row in rows for part in row["scores"].values()}


def test_shards_of_parquet_by_format() -> None:
    folder()

    run("in", output="out/", parquet=True)

    names = {path.name for path in Path("out").iterdir() if path.suffix == ".parquet"}
    assert names == {f"part-{k}.parquet" for k in (0, 1, 10, 2)}
    assert Path("out/part-10.parquet").read_bytes()[:4] == b"PAR1"


def test_inputs_of_one_name_do_not_write_over_each_other() -> None:
    folder("a")
    folder("b")

    with pytest.raises(ConfigError, match=r"got a/part-0.jsonl and b/part-0.jsonl"):
        run("a", "b", output="out/")
    assert not Path("out").exists()


def test_rejected_lines_of_one_and_output_of_another_do_not_meet() -> None:
    folder()

    with pytest.raises(
        ConfigError, match=r"got in/part-0.jsonl and in/part-0.jsonl.rejected.jsonl"
    ):
        run("in/part-0.jsonl*", output="out/")


def test_looking_for_inputs_among_outputs_takes_a_look_at_each_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("in").mkdir()
    for k in range(50):
        Path("in", f"{k}.jsonl").write_bytes(line(k))
    request = Request(expand_inputs(["in"]), "out/", REWARD)
    looks = 0
    stat = os.stat

    def count(path: str | int, **options: bool) -> os.stat_result:
        nonlocal looks
        looks += 1
        return stat(path, **options)

    monkeypatch.setattr(os, "stat", count)

    assert len(split(request)) == 50
    assert looks < 10 * 50


def test_output_that_is_a_link_to_an_input_is_refused() -> None:
    folder()
    Path("out").mkdir()
    Path("out/part-2.jsonl").symlink_to(Path("in/part-0.jsonl").absolute())

    with pytest.raises(ConfigError, match=r"out/part-2.jsonl: expected .* got in/part-0.jsonl"):
        run("in", output="out/")


def test_folder_into_itself_is_refused() -> None:
    folder()
    before = sorted(Path("in").iterdir())

    with pytest.raises(ConfigError, match="expected an output apart from the inputs"):
        run("in", output="in/")
    assert sorted(Path("in").iterdir()) == before


def test_folder_without_a_rollout_is_an_error() -> None:
    Path("in").mkdir()
    Path("in/a.jsonl").write_bytes(b"")

    with pytest.raises(RolloutError, match="expected at least one line of JSON"):
        run("in", output="out/")


def test_url_in_and_out(memory: MemoryFileSystem) -> None:
    folder()
    for path in SHARDS:
        memory.pipe_file(f"/{path}", Path(path).read_bytes())
    run("in", output="here.jsonl")

    run("memory://in", output="memory://out.jsonl")

    here = Path("here.jsonl").read_text()
    assert memory.cat_file("/out.jsonl").decode().replace("memory://in", "in") == here
    assert memory.exists("/out.jsonl.meta.json")
    assert memory.exists("/out.jsonl.rejected.jsonl")
    assert not stage_of("memory://out.jsonl").exists()
    assert {path.name for path in Path().iterdir()} == {
        *("in", "here.jsonl", "here.jsonl.meta.json", "here.jsonl.rejected.jsonl")
    }


def test_interrupted_run_into_a_url_goes_on(memory: MemoryFileSystem) -> None:
    folder()
    run("in", output="here.jsonl")

    def stop(position: Position, counts: Counts) -> None:
        if position.source == 2:
            raise KeyboardInterrupt

    request = Request(expand_inputs(["in"]), "memory://out.jsonl", REWARD)
    with pytest.raises(KeyboardInterrupt):
        run_score(request, stop)
    assert not memory.exists("/out.jsonl")
    with pytest.raises(ConfigError, match="add --resume"):
        run("in", output="memory://out.jsonl")
    run("in", output="memory://out.jsonl", resume=True)

    assert memory.cat_file("/out.jsonl") == Path("here.jsonl").read_bytes()
    assert memory.cat_file("/out.jsonl.meta.json") == Path("here.jsonl.meta.json").read_bytes()
    again = run("in", output="memory://out.jsonl", resume=True)
    assert again.resumed_at == 4
    assert not stage_of("memory://out.jsonl").exists()


def test_killed_while_sending_is_sent_with_resume(
    memory: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder()
    with monkeypatch.context() as patch:

        def fail(self: object, source: str, target: str) -> None:
            raise OSError("connection reset")

        patch.setattr(MemoryFileSystem, "put_file", fail)
        with pytest.raises(ConfigError, match=r"connection reset; .* --resume sends it"):
            run("in", output="memory://out.jsonl")
    report = run("in", output="memory://out.jsonl", resume=True)

    assert report.resumed_at == 4
    assert memory.exists("/out.jsonl")
    assert memory.exists("/out.jsonl.meta.json")
    assert not stage_of("memory://out.jsonl").exists()


def test_unknown_kind_of_place_is_one_line() -> None:
    folder()

    for inputs, output in (("nowhere://x", "out.jsonl"), ("in", "nowhere://x")):
        with pytest.raises(ConfigError, match=r"nowhere://x: expected a file system that fsspec"):
            run(inputs, output=output)
