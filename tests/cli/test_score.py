"""`rewardkit score` as a user runs it: real files, real worker processes, real kills."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
import zstandard

COMMAND = [sys.executable, "-m", "rewardkit", "score"]
YAML = """\
kind: weighted
parts:
  accuracy: {weight: 0.9, kind: accuracy, template: gsm8k, task: number}
  brief: {weight: 0.1, kind: length, shape: inverse, limit: 5}
"""


def run(*args: str | Path, stdin: bytes = b"", cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *map(str, args)], input=stdin, capture_output=True, cwd=cwd, timeout=60
    )


def rollout(number: int, **fields: object) -> dict[str, object]:
    answer = number % 7
    return {
        "id": f"r{number}",
        "group": f"q{number // 4}",
        "completion": f"The sum is {number}.\nA: {answer}",
        "reference": str(answer if number % 3 else answer + 1),
        "completion_tokens": number % 10,
    } | fields


def write(path: Path, rows: Sequence[dict[str, Any] | bytes]) -> Path:
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    if path.suffix == ".zst":
        data = zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()
    return [msgspec.json.decode(line) for line in data.splitlines()]


@pytest.fixture
def rollouts(tmp_path: Path) -> Path:
    (tmp_path / "r.yaml").write_text(YAML)
    return write(tmp_path / "in.jsonl", [rollout(i) for i in range(40)])


def test_scores_each_line_in_order(rollouts: Path, tmp_path: Path) -> None:
    result = run("in.jsonl", "--reward", "r.yaml", "-o", "out.jsonl", cwd=tmp_path)

    assert result.returncode == 0, result.stderr
    assert result.stdout == b""
    rows = read(tmp_path / "out.jsonl")
    assert [row["id"] for row in rows] == [f"r{i}" for i in range(40)]
    for i, row in enumerate(rows):
        assert list(row) == ["id", "group", "reward", "status", "scores"]
        accuracy, brief = float(i % 3 != 0), 1.0 if i % 10 <= 5 else 5 / (i % 10)
        assert row["scores"]["accuracy"]["value"] == accuracy
        assert row["scores"]["brief"]["value"] == pytest.approx(brief)
        assert row["reward"] == pytest.approx(0.9 * accuracy + 0.1 * brief)
        assert row["status"] == "scored"
        assert row["scores"]["accuracy"]["reason"]
    assert not (tmp_path / "out.jsonl.partial").exists()
    assert not (tmp_path / "out.jsonl.rejected.jsonl").exists()


def test_side_car_tells_reward_versions_and_counts(rollouts: Path, tmp_path: Path) -> None:
    rows = [rollout(0), rollout(1, reference=None), rollout(2, completion=5), rollout(0)]
    write(rollouts, rows)
    run("in.jsonl", "-r", "gsm8k", "-o", "out.jsonl", cwd=tmp_path)

    meta = msgspec.json.decode((tmp_path / "out.jsonl.meta.json").read_bytes())

    assert meta["counts"] == {
        "rollouts": 3,
        "scored": 2,
        "unjudged": 1,
        "error": 0,
        "rejected": 1,
        "repeated_ids": 1,
        "truncated_texts": 0,
    }
    assert meta["mean"] == 0.0
    assert len(meta["fingerprint"]) == 64
    assert meta["reward"]["kind"] == "accuracy"
    assert "rewardkit" in meta["versions"]
    assert meta["inputs"][0]["path"] == "in.jsonl"


@pytest.mark.parametrize("packing", ["", ".gz", ".zst"])
def test_packed_inputs_and_outputs(rollouts: Path, tmp_path: Path, packing: str) -> None:
    data = rollouts.read_bytes()
    packed = {"": data, ".gz": gzip.compress(data), ".zst": zstandard.compress(data)}[packing]
    (tmp_path / f"packed.jsonl{packing}").write_bytes(packed)

    name = f"packed.jsonl{packing}"
    result = run(name, "-r", "r.yaml", "-o", f"out.jsonl{packing}", cwd=tmp_path)

    assert result.returncode == 0, result.stderr
    assert len(read(tmp_path / f"out.jsonl{packing}")) == 40


def test_stdin_to_stdout_is_quiet_in_a_pipe(rollouts: Path, tmp_path: Path) -> None:
    result = run("-", "-r", "r.yaml", "-q", stdin=rollouts.read_bytes(), cwd=tmp_path)
    run("in.jsonl", "-r", "r.yaml", "-o", "out.jsonl", cwd=tmp_path)

    assert result.stdout == (tmp_path / "out.jsonl").read_bytes()
    assert result.stderr == b""


def test_several_inputs_and_default_ids(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        write(tmp_path / name, [b'{"completion": "A: 1", "reference": "1"}', b""] * 2)

    result = run("a.jsonl", "b.jsonl", "-r", "gsm8k", cwd=tmp_path)

    rows = [msgspec.json.decode(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["a.jsonl:1", "a.jsonl:3", "b.jsonl:1", "b.jsonl:3"]


def test_keep_hands_own_fields_through(tmp_path: Path) -> None:
    row = rollout(1, step=3, reward=0.25, nested={"é": [1, None]})
    write(tmp_path / "in.jsonl", [row])

    result = run("in.jsonl", "-r", "gsm8k", "--keep", cwd=tmp_path)

    kept = msgspec.json.decode(result.stdout)
    assert kept["step"] == 3
    assert kept["nested"] == {"é": [1, None]}
    assert kept["input_reward"] == 0.25
    assert kept["reward"] == 1.0
    assert kept["completion"] == row["completion"]


def test_renamed_fields(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", [{"out": {"text": "A: 1"}, "gold": "1"}])

    result = run(
        *("in.jsonl", "-r", "gsm8k", "--field", "completion=out.text", "--field", "reference=gold"),
        cwd=tmp_path,
    )

    assert msgspec.json.decode(result.stdout)["reward"] == 1.0


def test_set_changes_an_option(rollouts: Path, tmp_path: Path) -> None:
    weights = ("--set", "parts.accuracy.weight=0", "--set", "parts.brief.weight=2")

    result = run("in.jsonl", "-r", "r.yaml", *weights, cwd=tmp_path)

    assert msgspec.json.decode(result.stdout.splitlines()[0])["reward"] == 2.0


BAD_LINES = [
    b"not JSON",
    b'{"completion": 5}',
    b'{"prompt": "only"}',
    b'{"completion": "a", "reference": NaN}',
    b'{"completion": "\xff"}',
    b'{"completion": "\x00"}',
    b"[]",
]


def test_rejected_lines_are_kept_apart(tmp_path: Path) -> None:
    good = json.dumps(rollout(1)).encode()
    write(tmp_path / "in.jsonl", [good, *BAD_LINES, good])

    result = run("in.jsonl", "-r", "gsm8k", "-o", "out.jsonl", cwd=tmp_path)

    assert result.returncode == 0
    assert b"warning: 7 lines rejected" in result.stderr
    assert b"first: in.jsonl:2: expected JSON" in result.stderr
    rejected = read(tmp_path / "out.jsonl.rejected.jsonl")
    assert [row["line"] for row in rejected] == [2, 3, 4, 5, 6, 7, 8]
    for row, line in zip(rejected, BAD_LINES, strict=True):
        assert row["file"] == "in.jsonl"
        assert row["text"] == line.decode("utf-8", "backslashreplace")
        assert row["expected"]
        assert row["got"]
    assert len(read(tmp_path / "out.jsonl")) == 2


def test_rejected_file_of_an_older_run_goes_away(tmp_path: Path) -> None:
    for rows in ([b"nope", json.dumps(rollout(1)).encode()], [json.dumps(rollout(1)).encode()]):
        write(tmp_path / "in.jsonl", rows)
        assert run("in.jsonl", "-r", "gsm8k", "-o", "o.jsonl", cwd=tmp_path).returncode == 0

    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "in.jsonl",
        "o.jsonl",
        "o.jsonl.meta.json",
    ]


@pytest.mark.parametrize("line", BAD_LINES)
def test_strict_stops_and_leaves_nothing(tmp_path: Path, line: bytes) -> None:
    write(tmp_path / "in.jsonl", [json.dumps(rollout(1)).encode(), line])

    result = run("in.jsonl", "-r", "gsm8k", "-o", "out.jsonl", "--strict", cwd=tmp_path)

    assert result.returncode == 1
    assert result.stderr.startswith(b"rewardkit: error: in.jsonl:2: ")
    assert result.stderr.count(b"\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["in.jsonl"]


def test_strict_is_one_when_a_row_is_not_judged(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", [rollout(1, reference=None)])

    result = run("in.jsonl", "-r", "gsm8k", "-o", "out.jsonl", "--strict", cwd=tmp_path)

    assert result.returncode == 1
    [row] = read(tmp_path / "out.jsonl")
    assert (row["reward"], row["status"]) == (None, "unjudged")


def test_repeated_ids_are_scored_and_named(tmp_path: Path) -> None:
    write(tmp_path / "in.jsonl", [rollout(1), rollout(2), rollout(1)])

    result = run("in.jsonl", "-r", "gsm8k", "-o", "out.jsonl", cwd=tmp_path)
    strict = run("in.jsonl", "-r", "gsm8k", "-o", "strict.jsonl", "--strict", cwd=tmp_path)

    assert result.returncode == 0
    assert b"field 'id': expected ids that are unique, got 1 repeated" in result.stderr
    assert b"rollout 3 has the id of rollout 1" in result.stderr
    assert len(read(tmp_path / "out.jsonl")) == 3
    assert strict.returncode == 1
    assert not (tmp_path / "strict.jsonl").exists()


def test_line_of_10_mb_is_scored(tmp_path: Path) -> None:
    row = rollout(1, completion="word " * 2_000_000 + "\nA: 1")
    write(tmp_path / "in.jsonl", [rollout(2), row, rollout(3)])

    result = run("in.jsonl", "-r", "gsm8k", cwd=tmp_path)

    assert result.returncode == 0
    assert [msgspec.json.decode(line)["reward"] for line in result.stdout.splitlines()] == [1, 1, 0]


def bad_place(kind: str, folder: Path) -> tuple[list[str], str]:
    """Arguments that can't work, and what the one line must say."""
    write(folder / "in.jsonl", [rollout(1)])
    (folder / "empty.jsonl").write_bytes(b"")
    (folder / "blank.jsonl").write_bytes(b"\n \n\n")
    write(folder / "bad.jsonl", BAD_LINES)
    (folder / "cut.gz").write_bytes(gzip.compress(os.urandom(9999))[:5000])
    (folder / "none").mkdir()
    (folder / "typo.yaml").write_text("kind: accuracy\ntempalte: gsm8k\n")
    reward = ["-r", "gsm8k"]
    return {
        "missing": (["no.jsonl", *reward], "no.jsonl: expected a file, got nothing"),
        "folder of nothing": (["none", *reward], "none: expected files that end in .jsonl, "),
        "empty": (["empty.jsonl", *reward], "empty.jsonl: expected at least one line of JSON"),
        "blank": (["blank.jsonl", *reward], "expected at least one line of JSON"),
        "nothing good": (["bad.jsonl", *reward], "expected rollouts, got none in 7 lines"),
        "cut off": (["cut.gz", *reward], "cut.gz: expected whole compressed data"),
        "own output": (
            ["in.jsonl", *reward, "-o", "in.jsonl"],
            "expected an output apart from the",
        ),
        "no folder": (["in.jsonl", *reward, "-o", "no/out.jsonl"], "expected a folder for the out"),
        "output is a folder": (["in.jsonl", *reward, "-o", "."], "got a directory"),
        "reward": (["in.jsonl", "-r", "gsm8"], "gsm8k"),
        "reward option": (["in.jsonl", "-r", "typo.yaml"], "did you mean 'template'"),
        "set": (["in.jsonl", *reward, "--set", "tempalte=x"], "template"),
        "field": (["in.jsonl", *reward, "--field", "refrence=x"], "did you mean 'reference'"),
        "format": (["in.jsonl", *reward, "--format", "tlr"], "expected one of verl, trl"),
        "resume a pipe": (["in.jsonl", *reward, "--resume"], "expected an output file"),
        "stdin twice": (["-", "-", *reward], "expected standard input once"),
    }[kind]


CODES = {"empty": 1, "blank": 1, "nothing good": 1, "cut off": 1}
KINDS = (
    "missing,folder of nothing,empty,blank,nothing good,cut off,own output,no folder,"
    "output is a folder,reward,reward option,set,field,format,resume a pipe,stdin twice"
).split(",")


@pytest.mark.parametrize("kind", KINDS)
def test_bad_input_is_one_clear_line(tmp_path: Path, kind: str) -> None:
    args, message = bad_place(kind, tmp_path)
    if "-o" not in args and kind != "resume a pipe":
        args += ["-o", "out.jsonl"]
    before = sorted(p.name for p in tmp_path.iterdir())

    result = run(*args, cwd=tmp_path)

    assert result.returncode == CODES.get(kind, 2)
    assert result.stderr.startswith(b"rewardkit: error: ")
    assert result.stderr.count(b"\n") == 1
    assert message in result.stderr.decode()
    assert sorted(p.name for p in tmp_path.iterdir()) == before


REWARD = """\
import os, time
from rewardkit import Score

def slow(rollouts):
    time.sleep(0.1)
    return [Score(float(len(r.text)), r.id) for r in rollouts]

def slower(rollouts):
    time.sleep(1)
    return slow(rollouts)

def deadly(rollouts):
    for r in rollouts:
        if r.id == "r3":
            os.kill(os.getpid(), 9)
    return [Score(1.0, "alive") for _ in rollouts]

def fails(rollouts):
    for r in rollouts:
        if r.id == "r3":
            raise ValueError("no luck\\nwith this one")
    return [Score(1.0, "fine") for _ in rollouts]

def nan(rollouts):
    return [Score(1.0 if r.id != "r3" else float("nan")) for r in rollouts]
"""


def test_row_that_kills_its_worker_twice_is_unjudged(tmp_path: Path) -> None:
    (tmp_path / "my.py").write_text(REWARD)
    write(tmp_path / "in.jsonl", [rollout(i) for i in range(6)])

    result = run("in.jsonl", "-r", "my.py:deadly", "-o", "out.jsonl", cwd=tmp_path)

    assert result.returncode == 0, result.stderr
    rows = read(tmp_path / "out.jsonl")
    assert [row["reward"] for row in rows] == [1, 1, 1, None, 1, 1]
    assert rows[3]["status"] == "unjudged"
    [part] = rows[3]["scores"].values()
    assert "worker died" in part["reason"]
    assert b"2 scoring workers died" in result.stderr


@pytest.mark.parametrize(("name", "reason"), [("fails", "ValueError: no luck"), ("nan", "finite")])
def test_row_that_a_reward_fails_on_is_an_error(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "my.py").write_text(REWARD)
    write(tmp_path / "in.jsonl", [rollout(i) for i in range(6)])

    result = run("in.jsonl", "-r", f"my.py:{name}", "-o", "out.jsonl", cwd=tmp_path)

    rows = read(tmp_path / "out.jsonl")
    statuses = ["scored"] * 6
    if name == "fails":
        statuses[3] = "error"
        assert [row["status"] for row in rows] == statuses
        assert rows[3]["reward"] is None
        assert reason in next(iter(rows[3]["scores"].values()))["reason"]
        assert b"the reward failed on 1 rollout, first: id 'r3'" in result.stderr
    else:
        assert rows[3]["reward"] is None
        assert b"NaN" not in (tmp_path / "out.jsonl").read_bytes()


def start(args: list[str], cwd: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [*COMMAND, *args],
        cwd=cwd,
        start_new_session=True,
        preexec_fn=hear_interrupts,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def hear_interrupts() -> None:
    """Undo what a shell does to the commands that it runs in the background: ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_for_rows(folder: Path, rows: int) -> None:
    for _ in range(600):
        try:
            state = msgspec.json.decode((folder / "state.json").read_bytes())
            if state["counts"]["rollouts"] >= rows:
                return
        except FileNotFoundError:
            pass
        time.sleep(0.02)
    raise AssertionError("the run made no progress")


@pytest.fixture
def long_run(tmp_path: Path) -> list[str]:
    (tmp_path / "my.py").write_text(REWARD)
    pad = "x" * 20_000
    rows = [rollout(i, completion=f"{pad} A: {i}") for i in range(300)]
    write(tmp_path / "in.jsonl", [*rows, {"completion": 5}, rollout(300)])
    return ["in.jsonl", "-r", "my.py:slow", "-o", "out.jsonl", "--workers", "2", "--keep"]


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name.startswith("out.")}


@pytest.mark.slow
def test_killed_at_any_moment_and_resumed_gives_the_same_bytes(
    tmp_path: Path, long_run: list[str]
) -> None:
    assert run(*long_run, cwd=tmp_path).returncode == 0
    whole = files(tmp_path)
    for name in whole:
        (tmp_path / name).unlink()

    for rows in (1, 60, 120, 180, 240):
        process = start([*long_run, "--resume"], tmp_path)
        wait_for_rows(tmp_path / "out.jsonl.partial", rows)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert not (tmp_path / "out.jsonl").exists()
    result = run(*long_run, "--resume", cwd=tmp_path)

    assert result.returncode == 0, result.stderr
    assert b"of them before" in result.stderr
    assert files(tmp_path) == whole
    again = run(*long_run, "--resume", cwd=tmp_path)
    assert again.returncode == 0
    assert files(tmp_path) == whole


@pytest.mark.slow
def test_worker_killed_by_hand_costs_no_row(tmp_path: Path, long_run: list[str]) -> None:
    assert run(*long_run, cwd=tmp_path).returncode == 0
    whole = files(tmp_path)

    process = start([*long_run, "--restart"], tmp_path)
    wait_for_rows(tmp_path / "out.jsonl.partial", 20)
    victim = psutil.Process(process.pid).children()[0]
    victim.kill()

    assert process.wait(timeout=60) == 0
    assert files(tmp_path) == whole


def test_unfinished_run_is_not_thrown_away_unasked(tmp_path: Path, long_run: list[str]) -> None:
    long_run = [arg.replace(":slow", ":slower") for arg in long_run]  # longer than `busy` starts
    process = start(long_run, tmp_path)
    wait_for_rows(tmp_path / "out.jsonl.partial", 1)
    busy = run(*long_run, "--resume", cwd=tmp_path)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()

    unasked = run(*long_run, cwd=tmp_path)
    other = run(*long_run, "--resume", "-r", "my.py:fails", cwd=tmp_path)
    write(tmp_path / "in.jsonl", [rollout(1)])
    changed = run(*long_run, "--resume", cwd=tmp_path)

    assert "got one that writes now" in busy.stderr.decode()
    assert "add --resume" in unasked.stderr.decode()
    assert "fingerprint: expected that of the unfinished run" in other.stderr.decode()
    assert "inputs: expected that of the unfinished run" in changed.stderr.decode()
    assert {r.returncode for r in (busy, unasked, other, changed)} == {2}
    assert run(*long_run, "--restart", cwd=tmp_path).returncode == 0


def test_interrupt_keeps_what_was_scored(tmp_path: Path, long_run: list[str]) -> None:
    process = start(long_run, tmp_path)
    wait_for_rows(tmp_path / "out.jsonl.partial", 1)
    os.killpg(process.pid, signal.SIGINT)

    assert process.wait(timeout=30) == 130
    assert run(*long_run, "--resume", cwd=tmp_path).returncode == 0


def test_no_worker_outlives_a_killed_run(tmp_path: Path, long_run: list[str]) -> None:
    process = start(long_run, tmp_path)
    wait_for_rows(tmp_path / "out.jsonl.partial", 1)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()

    _, alive = psutil.wait_procs(children, timeout=5)

    assert children
    assert not alive


IN_NAMESPACE = ["unshare", "--map-root-user", "--mount", "bash", "-ec"]
"""A shell whose mounts nobody else sees, and which end with it."""


def test_full_disk_is_one_line_and_nothing_is_lost(tmp_path: Path, rollouts: Path) -> None:
    write(rollouts, [rollout(i, completion="word " * 100 + "A: 1") for i in range(4000)])
    command = " ".join([*COMMAND, "in.jsonl", "-r", "gsm8k", "--keep", "-o"])
    script = f"""
        mkdir small && mount -t tmpfs -o size=1m tmpfs small
        {command} small/out.jsonl 2> first.txt || echo $? > code.txt
        test ! -e small/out.jsonl
        mount -o remount,size=99m small
        {command} small/out.jsonl --resume 2> second.txt
        cp small/out.jsonl out.jsonl
    """

    subprocess.run([*IN_NAMESPACE, script], cwd=tmp_path, check=True, timeout=60)
    assert run("in.jsonl", "-r", "gsm8k", "--keep", "-o", "o.jsonl", cwd=tmp_path).returncode == 0

    [line] = (tmp_path / "first.txt").read_text().splitlines()
    assert line.startswith("rewardkit: error: small/out.jsonl.partial/")
    assert "No space left on device" in line
    assert "--resume" in line
    assert (tmp_path / "code.txt").read_text() == "2\n"
    assert "of them before" in (tmp_path / "second.txt").read_text()
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "o.jsonl").read_bytes()


def test_folder_that_can_not_be_written(tmp_path: Path, rollouts: Path) -> None:
    script = f"""
        mkdir frozen && mount -t tmpfs -o ro tmpfs frozen
        {" ".join(COMMAND)} in.jsonl -r gsm8k -o frozen/out.jsonl
    """

    result = subprocess.run(
        [*IN_NAMESPACE, script], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )

    assert result.returncode == 2
    [line] = result.stderr.splitlines()
    assert line == (
        "rewardkit: error: frozen: expected a folder that can be written, got: "
        "Read-only file system"
    )


GROUPED = """\
kind: length
shape: group-relative
correct: {kind: accuracy, template: gsm8k, task: number}
"""


def test_groups_stay_together(tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text(GROUPED)
    write(tmp_path / "in.jsonl", [rollout(i, prompt="x" * 3000) for i in range(400)])

    result = run("in.jsonl", "-r", "g.yaml", "-o", "out.jsonl", "--workers", "2", cwd=tmp_path)

    assert result.returncode == 0, result.stderr
    rows = read(tmp_path / "out.jsonl")
    best = [max(row["reward"] for row in rows[i : i + 4]) for i in range(0, 400, 4)]
    assert min(best) > 0


def test_torn_groups_are_refused(tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text(GROUPED)
    write(tmp_path / "in.jsonl", [rollout(i) for i in (0, 1, 4, 5, 2, 3)])

    result = run("in.jsonl", "-r", "g.yaml", "-o", "out.jsonl", cwd=tmp_path)

    assert result.returncode == 1
    assert "expected the rollouts of a group on neighbouring lines" in result.stderr.decode()
    assert not (tmp_path / "out.jsonl").exists()


def test_number_of_workers_changes_nothing(tmp_path: Path, rollouts: Path) -> None:
    outputs = []
    for workers in ("1", "3"):
        out = f"out{workers}.jsonl"
        run("in.jsonl", "-r", "r.yaml", "-o", out, "--workers", workers, cwd=tmp_path)
        outputs.append((tmp_path / out).read_bytes())

    assert outputs[0] == outputs[1]


def test_json_report(tmp_path: Path, rollouts: Path) -> None:
    result = run("in.jsonl", "-r", "r.yaml", "-o", "out.jsonl", "--json", "-q", cwd=tmp_path)

    report = msgspec.json.decode(result.stdout)
    assert report["counts"]["scored"] == 40
    assert report["first_error"] is None


def test_reader_that_goes_away_is_no_traceback(tmp_path: Path, rollouts: Path) -> None:
    command = " ".join([*COMMAND, "in.jsonl", "-r", "r.yaml"])
    shell = f"{command} | true"

    result = subprocess.run(["bash", "-c", shell], cwd=tmp_path, capture_output=True, timeout=60)

    assert b"Traceback" not in result.stderr


def test_help_names_every_command(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "rewardkit", "--help"], capture_output=True, cwd=tmp_path
    )

    assert result.returncode == 0
    for command in ("score", "verify", "rewards", "summary", "compare", "sample"):
        assert command in result.stdout.decode()
