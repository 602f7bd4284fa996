"""`rewardkit sample`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., tuple[int, str, str]]

NAMES = ("easy", "medium", "hard", "few")


def contents(folder: Path) -> dict[str, list[str]]:
    return {name: (folder / f"{name}.jsonl").read_text().splitlines() for name in NAMES}


def test_questions_of_first_rollouts(command: Command, scored: Path, tmp_path: Path) -> None:
    code, out, err = command("sample", scored, "-o", tmp_path / "new" / "out", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["questions"] == dict.fromkeys(NAMES, 1)
    assert (report["rollouts"], report["judged"], report["part"]) == (9, 8, "accuracy")
    assert report["few"] == {"questions": 1, "names": ["few"]}
    assert err == "rewardkit: questions with too few judged rollouts: 1 (few)\n"
    for name, lines in contents(tmp_path / "new" / "out").items():
        # The rollout's own fields are gone; the values left are those of the input.
        question = {"group": name, "prompt": f"What is {name}?", "difficulty": 0.5}
        assert [json.loads(line) for line in lines] == [question]


def test_options(command: Command, scored: Path, tmp_path: Path) -> None:
    bounds = ("--easy-at", 0.5, "--min-rollouts", 1, "--drop", "difficulty", "--add-rate")
    command("sample", scored, "-o", tmp_path, *bounds)
    found = {
        name: [json.loads(line) for line in lines] for name, lines in contents(tmp_path).items()
    }
    assert [question["group"] for question in found["easy"]] == ["easy", "medium", "few"]
    assert [question["pass_rate"] for question in found["easy"]] == [1.0, 0.5, 1.0]
    assert [question["pass_rate"] for question in found["hard"]] == [0.0]
    assert (found["medium"], found["few"]) == ([], [])
    assert "difficulty" not in found["easy"][0]


def test_lines_of_the_data_are_passed_through(
    command: Command, scored: Path, tmp_path: Path
) -> None:
    data, out = tmp_path / "data.jsonl", tmp_path / "out"
    lines = [
        '{"id":"medium",   "n": 1.50, "text": "\\u00e9"}',
        '{"group": "nobody"}',
        '{"prompt":"What is easy?", "group":"easy"}',
        '{"id":"easy", "n": 1e2}',
        '{"prompt": "What is 2+2?"}',
    ]
    data.write_text("\n".join(lines))
    code, told, err = command("sample", scored, "-o", out, "--data", data, "--json")
    assert code == 0
    assert contents(out) == {
        "easy": lines[2:4],
        "medium": lines[:1],
        "hard": [],
        "few": [lines[1], lines[4]],
    }
    report = json.loads(told)
    assert report["without_rollouts"]["questions"] == 2
    assert report["without_rollouts"]["names"][0] == "nobody"
    assert report["without_question"] == {"questions": 2, "names": ["hard", "few"]}
    assert "groups of rollouts that are not in the data: 2 (hard, few)\n" in err


def test_questions_are_found_by_their_prompts_hash(command: Command, tmp_path: Path) -> None:
    rollouts, data = tmp_path / "rollouts.jsonl", tmp_path / "data.jsonl"
    prompt = [{"role": "user", "content": "What is 3+4?"}]
    rows = [{"prompt": p, "completion": c, "reference": "7"} for c in "77" for p in (prompt, "?")]
    rollouts.write_text("".join(json.dumps(row) + "\n" for row in rows))
    data.write_text(json.dumps({"problem": prompt}) + "\n" + json.dumps({"problem": "?"}) + "\n")
    scored = tmp_path / "scored.jsonl"
    reward = tmp_path / "half.py"
    reward.write_text(
        "from rewardkit import Score\n"
        "def half(rollouts):\n"
        "    return [Score(float(r.prompt != '?'), 'x') for r in rollouts]\n"
    )
    arguments = ("--reward", f"{reward}:half", "-o", scored, "--workers", 1)
    assert command("score", rollouts, *arguments)[0] == 0
    more = ("--data", data, "--field", "prompt=problem")
    assert command("sample", scored, "-o", tmp_path / "out", *more)[0] == 0
    found = contents(tmp_path / "out")
    assert [len(found[name]) for name in NAMES] == [1, 0, 1, 0]
    assert json.loads(found["hard"][0]) == {"problem": "?"}


def test_the_rate_is_added_and_nothing_else_changes(
    command: Command, scored: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text('{"group":"medium",  "x": 1.50 }\n{"id":"none"}\n')
    command("sample", scored, "-o", tmp_path, "--data", data, "--add-rate")
    assert contents(tmp_path)["medium"] == ['{"group":"medium",  "x": 1.50 ,"pass_rate":0.5}']
    assert contents(tmp_path)["few"] == ['{"id":"none","pass_rate":null}']


def test_twice_the_same(command: Command, scored: Path, tmp_path: Path) -> None:
    command("sample", scored, "-o", tmp_path / "1")
    command("sample", scored, "-o", tmp_path / "2")
    assert contents(tmp_path / "1") == contents(tmp_path / "2")


def test_table_and_quiet(command: Command, scored: Path, tmp_path: Path) -> None:
    _, out, err = command("sample", scored, "-o", tmp_path / "out")
    assert "9 rollouts, 8 of them judged by accuracy, right from 1 on" in out
    assert str(tmp_path / "out" / "hard.jsonl") in out
    assert "few" in err
    assert command("sample", scored, "-o", tmp_path / "out", "--quiet") == (0, "", "")


def test_an_empty_input_makes_empty_files(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.touch()
    assert command("sample", path, "-o", tmp_path / "out")[0] == 0
    assert contents(tmp_path / "out") == {name: [] for name in NAMES}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["-o", "out", "--easy-at", "0"], "--easy-at, --hard-at", id="bounds"),
        pytest.param(["-o", "out", "--min-rollouts", "0"], "--min-rollouts", id="no rollouts"),
        pytest.param(["-o", "out", "--part", "clip"], "--part: expected reward or", id="part"),
        pytest.param(["-o", "out", "--data", "none"], "none: expected a file", id="no data"),
        pytest.param(["-o", "scored.jsonl"], "scored.jsonl: expected a folder", id="a file"),
        pytest.param(["-o", "out", "--field", "id=x"], "expected --data", id="field alone"),
        pytest.param(
            ["-o", "out", "--data", "data.jsonl", "--drop", "x"], "no --data", id="drop and data"
        ),
        pytest.param(
            ["-o", "out", "--data", "data.jsonl"], "data.jsonl:2: expected JSON", id="bad data"
        ),
        pytest.param(
            ["-o", "out", "--data", "nameless.jsonl"], "a group, an id or a prompt", id="nameless"
        ),
        pytest.param(
            ["-o", "out", "--data", "rated.jsonl", "--add-rate"], "'pass_rate'", id="rated already"
        ),
        pytest.param(["-o", ".", "--data", "easy.jsonl"], "not an input", id="data as output"),
    ],
)
def test_mistakes_are_one_clear_line_and_leave_no_files(
    command: Command,
    scored: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(scored.parent)
    Path("data.jsonl").write_text('{"id":"easy"}\n{"id"\n')
    Path("nameless.jsonl").write_text('{"question":"2+2?"}\n')
    Path("rated.jsonl").write_text('{"id":"easy","pass_rate":0.5}\n')
    Path("easy.jsonl").write_text('{"id":"easy"}\n')
    before = {path: path.read_bytes() for path in Path().iterdir()}
    code, out, err = command("sample", "scored.jsonl", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("rewardkit: error: ")
    assert told in err
    assert {path: path.read_bytes() for path in Path().iterdir() if path.is_file()} == before
    assert not Path("out").exists() or not list(Path("out").iterdir())


def test_rows_without_their_inputs_fields_are_refused(
    command: Command, scored: Path, tmp_path: Path
) -> None:
    rows = [json.loads(line) for line in scored.read_text().splitlines()]
    own = ("id", "group", "reward", "status", "scores")
    scored.write_text("".join(json.dumps({k: row[k] for k in own}) + "\n" for row in rows))
    code, _, err = command("sample", scored, "-o", tmp_path / "out")
    assert code == 2
    assert "score with --keep, or name the questions' file with --data" in err
    assert not (tmp_path / "out").exists()
