"""`rewardkit summary`."""

import gzip
import io
import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., tuple[int, str, str]]


def test_figures(command: Command, scored: Path) -> None:
    code, out, err = command("summary", scored, "--json")
    report = json.loads(out)
    assert (code, err) == (0, "")
    assert (report["rows"], report["groups"], report["scored"]) == (9, 4, 8)
    assert (report["unjudged"], report["errors"], report["correctness"]) == (1, 0, "accuracy")
    accuracy = report["parts"]["accuracy"]
    assert (accuracy["judged"], accuracy["mean"]) == (8, 5 / 8)
    assert (accuracy["min"], accuracy["max"]) == (0.0, 1.0)
    assert accuracy["histogram"] == [3, 0, 0, 0, 0, 0, 0, 0, 0, 5]
    assert accuracy["groups"] == {
        "groups": 3,
        "left_out": 1,
        "all_right": 1,
        "all_wrong": 1,
        "all_equal": 0,
        "share": 2 / 3,
    }
    top = accuracy["low_reasons"][0]
    assert top == {"reason": "… is not …", "count": 2, "example": "5 is not 7"}
    assert accuracy["unjudged_reasons"][0]["example"] == "timeout after 5 s"
    assert report["length"]["unit"] == "characters"
    assert report["length"]["rows"] == 8


def test_pass_at_k(command: Command, scored: Path) -> None:
    found = json.loads(command("summary", scored, "--json", "--k", "1,2,3,9")[1])["pass_at_k"]
    # Questions with 3, 2, 2 and 1 judged rollouts, of which 3, 1, 0 and 1 are right.
    assert [entry["k"] for entry in found] == [1, 2, 3, 9]
    assert [entry["value"] for entry in found] == [2.5 / 4, 2 / 3, 1.0, None]
    assert [entry["left_out"] for entry in found] == [0, 1, 3, 4]
    usual = json.loads(command("summary", scored, "--json")[1])["pass_at_k"]
    assert [entry["k"] for entry in usual] == [1, 2]


def test_table_in_a_pipe_is_plain(command: Command, scored: Path) -> None:
    code, out, _ = command("summary", scored)
    assert code == 0
    assert "\x1b" not in out
    assert "9 rollouts of 4 questions: 8 scored, 1 unjudged, 0 errors" in out
    assert "|▅        █|" in out
    for told in ("pass@k by accuracy", "timeout after 5 s", "Length in characters", "0.625"):
        assert told in out


def test_shards_count_as_one_file(command: Command, scored: Path, tmp_path: Path) -> None:
    lines = scored.read_bytes().splitlines(keepends=True)
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"
    first.write_bytes(b"".join(lines[:4]))
    second.write_bytes(gzip.compress(b"".join(lines[4:])))
    whole = command("summary", scored, "--json")
    assert command("summary", first, second, "--json") == whole


def test_standard_input(command: Command, scored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = command("summary", scored, "--json")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(scored.read_bytes())))
    assert command("summary", "-", "--json") == whole


def test_an_empty_file_gives_nulls(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.touch()
    code, out, err = command("summary", path, "--json")
    assert (code, json.loads(out)["reward"]["mean"]) == (0, None)
    assert err == "rewardkit: no scored rows in the input\n"
    assert command("summary", path, "--quiet")[2] == ""
    assert command("summary", path)[0] == 0


def test_what_comes_from_replies_can_not_drive_the_terminal(
    command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "s.jsonl"
    score = {"value": 0.0, "reason": "\x1b[2J[bold]got\u202e\nit"}
    line = {"id": "1", "group": "q", "reward": 0.0, "status": "scored", "scores": {"[b]": score}}
    path.write_text(json.dumps(line))
    out = command("summary", path)[1]
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[b]" in out
    assert r"[bold]got\u202e\nit" in out
    assert "score with --keep" in out


def test_output_file(command: Command, scored: Path, tmp_path: Path) -> None:
    target = tmp_path / "summary.json"
    assert command("summary", scored, "--json", "-o", target)[:2] == (0, "")
    assert json.loads(target.read_text())["rows"] == 9
    assert sorted(path.name for path in tmp_path.iterdir()) == ["scored.jsonl", "summary.json"]


def test_output_into_a_pipe(command: Command, scored: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()), daemon=True)
    reader.start()
    assert command("summary", scored, "--json", "-o", pipe) == (0, "", "")
    reader.join(timeout=10)
    assert json.loads(got[0])["rows"] == 9
    assert pipe.is_fifo()
    assert json.loads(command("summary", scored, "--json", "-o", "-")[1])["rows"] == 9


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--part", "acuracy"], "got 'acuracy', did you mean 'accuracy'?", id="part"),
        pytest.param(["--correct-at", "nan"], "--correct-at: expected a finite number", id="nan"),
        pytest.param(["--k", "1,x"], "--k: expected numbers", id="k is no number"),
        pytest.param(["--k", "0"], "--k: expected numbers", id="k of zero"),
        pytest.param(["--k", "9" * 5000], "--k: expected numbers", id="k of 5000 digits"),
        pytest.param(["--k", "²"], "--k: expected numbers", id="k is a superscript"),
        pytest.param(["-o", "scored.jsonl"], "expected an output that is not an input", id="input"),
        pytest.param(["-o", "."], "expected a file to write, got a directory", id="folder"),
        pytest.param(["-o", "none/x"], "expected a folder none", id="no folder"),
        pytest.param(["missing.jsonl"], "expected a file, got nothing", id="missing"),
        pytest.param(["-", "-"], "at most once", id="standard input twice"),
    ],
)
def test_mistakes_are_one_clear_line(
    command: Command,
    scored: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(scored.parent)
    before = scored.read_bytes()
    code, out, err = command("summary", "scored.jsonl", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("rewardkit: error: ")
    assert err.count("\n") == 1
    assert told in err
    assert scored.read_bytes() == before


def test_a_bad_line_stops_it_with_its_place(command: Command, scored: Path) -> None:
    scored.write_text(scored.read_text() + '{"id": 3}\n')
    code, out, err = command("summary", scored)
    assert (code, out) == (2, "")
    assert f"{scored}:10: expected the field 'group'" in err
