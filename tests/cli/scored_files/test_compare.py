"""`rewardkit compare`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def better(scored: Path) -> Path:
    """The scored file after a change: one row better, one now judged, one gone, another order."""
    path = scored.with_name("better.jsonl")
    rows = [json.loads(line) for line in scored.read_text().splitlines()]
    for row in rows:
        if row["id"] in ("m1", "f2"):
            row["reward"], row["status"] = 1.0, "scored"
            row["scores"]["accuracy"] = {"value": 1.0, "reason": "seven = 7"}
    kept = [row for row in rows if row["id"] != "e3"]
    path.write_text("".join(json.dumps(row) + "\n" for row in reversed(kept)))
    return path


def test_figures(command: Command, scored: Path, better: Path) -> None:
    code, out, err = command("compare", scored, better, "--json")
    report = json.loads(out)
    assert (code, err) == (0, "")
    assert (report["matched"], report["changed"]) == (8, 2)
    assert report["only_a"] == {"rows": 1, "ids": ["e3"]}
    assert report["only_b"] == {"rows": 0, "ids": []}
    assert report["same_reward"] is None
    accuracy = report["parts"]["accuracy"]
    assert (accuracy["better"], accuracy["newly_judged"], accuracy["equal"]) == (1, 1, 6)
    assert (accuracy["pairs"], accuracy["difference"]) == (7, 1 / 7)
    assert accuracy["low"] < 1 / 7 < accuracy["high"]
    assert [row["id"] for row in report["rows"]] == ["m1", "f2"]
    assert report["rows"][0]["parts"][0]["a"] == {"value": 0.0, "reason": "5 is not 7"}
    assert report["rows"][0]["parts"][0]["b"] == {"value": 1.0, "reason": "seven = 7"}


def test_table(command: Command, scored: Path, better: Path) -> None:
    out = command("compare", scored, better)[1]
    assert "8 matched rows, 2 changed; 1 only in A, 0 only in B" in out
    assert "Only in A: e3" in out
    for told in ("5 is not 7", "seven = 7", "95 % interval"):
        assert told in out
    assert "seven = 7" not in command("compare", scored, better, "--rows", 0)[1]


def test_exit_code_says_whether_anything_differs(
    command: Command, scored: Path, better: Path
) -> None:
    assert command("compare", scored, better, "--exit-code")[0] == 1
    assert command("compare", scored, scored, "--exit-code")[0] == 0
    assert command("compare", scored, scored.parent, "--exit-code")[0] == 2
    scored.write_text("no JSON")
    assert command("compare", scored, better, "--exit-code")[0] == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param('{"fingerprint": "x"}', '{"fingerprint": "x", "rows": 3}', True, id="same"),
        pytest.param('{"fingerprint": "x"}', '{"fingerprint": "y"}', False, id="different"),
        pytest.param('{"fingerprint": "x"}', '{"rows": 3}', None, id="unknown"),
        pytest.param('{"fingerprint": "x"}', "no JSON", None, id="damaged"),
    ],
)
def test_side_cars(
    command: Command, scored: Path, better: Path, one: str, other: str, same: bool | None
) -> None:
    Path(f"{scored}.meta.json").write_text(one)
    Path(f"{better}.meta.json").write_text(other)
    _, out, err = command("compare", scored, better, "--json")
    assert json.loads(out)["same_reward"] is same
    assert ("different rewards" in err) == (same is False)
    assert command("compare", scored, better, "--json", "--quiet")[2] == ""


def test_doubtful_matches_are_told(command: Command, scored: Path, better: Path) -> None:
    better.write_text(better.read_text().replace('"group": "easy"', '"group": "other"'))
    assert "2 matched rows have another group" in command("compare", scored, better)[2]
    better.write_text("")
    assert "no row of A has the id of a row of B" in command("compare", scored, better)[2]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["--tolerance", "-1"], "--tolerance: expected a finite number", id="negative"),
        pytest.param(["--tolerance", "nan"], "--tolerance: expected a finite number", id="nan"),
        pytest.param(["-o", "better.jsonl"], "an output that is not an input", id="input"),
    ],
)
def test_mistakes_are_one_clear_line(
    command: Command,
    scored: Path,
    better: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(scored.parent)
    code, out, err = command("compare", scored, better, *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("rewardkit: error: ")
    assert told in err
