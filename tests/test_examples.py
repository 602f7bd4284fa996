"""Every example scores as it says: its field `expected` through the real `rewardkit score`."""

import doctest
import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rewardkit.templates import TEMPLATES
from rewardkit.verifiers import VERIFIERS, verify

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
COMMAND = [sys.executable, "-m", "rewardkit", "score", "--keep", "--workers", "1"]

OWN_REWARD = {
    "gsm8k": "gsm8k",
    "think-answer": "r1",
    "llava-cot": "llava-cot",
    "pebr": "pebr-stage2",
    "boxed": "math",
    "evidence": "examples/rewards/own-template.yaml",
    "pointing": "r1",
}
"""The reward that a file's `expected` is about."""

OTHER_REWARDS = [
    (
        "think-answer",
        "examples/rewards/accuracy-format-length.yaml",
        {"dog-4": 0.08, "sum-3": 0.1, "sum-4": 0.9, "unlabelled-1": None},
    ),
    (
        "pebr",
        "examples/rewards/gated-description.yaml",
        {
            "triangle-1": 1.0,
            "triangle-2": 0.5,
            "triangle-3": 0.0,
            "bars-1": 0.5 + 1 / 3,
            "角度-3": 0.0,
        },
    ),
    (
        "gsm8k",
        "examples/rewards/my_reward.py:brevity",
        {"kites-3": 1.0, "ladder-1": 12 / 14, "ladder-4": None},
    ),
]
"""File, reward, and what some of its lines get."""


def read(name: str) -> list[dict[str, Any]]:
    text = (EXAMPLES / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def scored(name: str, reward: str) -> dict[str, dict[str, Any]]:
    """The scored lines of a file by id, from the command itself."""
    done = subprocess.run(
        [*COMMAND, f"examples/{name}.jsonl", "--reward", reward],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {line["id"]: line for line in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", OWN_REWARD)
def test_every_line_scores_as_it_says(name: str) -> None:
    lines = scored(name, OWN_REWARD[name])
    assert list(lines) == [row["id"] for row in read(name)]
    for line in lines.values():
        assert line["reward"] == pytest.approx(line["expected"], abs=1e-9), line
        assert line["status"] == ("unjudged" if line["expected"] is None else "scored"), line


@pytest.mark.parametrize(("name", "reward", "expected"), OTHER_REWARDS)
def test_other_rewards_score_as_documented(
    name: str, reward: str, expected: dict[str, float | None]
) -> None:
    lines = scored(name, reward)
    for row, value in expected.items():
        assert lines[row]["reward"] == pytest.approx(value, abs=1e-9), lines[row]


def test_every_file_template_and_task_is_covered() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.jsonl")} == set(OWN_REWARD)
    assert set(TEMPLATES) <= set(OWN_REWARD)
    tasks = {row.get("task", "math") for name in OWN_REWARD for row in read(name)}
    assert tasks == set(VERIFIERS)


@pytest.mark.parametrize("name", OWN_REWARD)
def test_questions_have_one_prompt_and_rollouts_have_one_id(name: str) -> None:
    rows = read(name)
    assert len({row["id"] for row in rows}) == len(rows)
    prompts = {(row["group"], row["prompt"]) for row in rows}
    assert len(prompts) == len({row["group"] for row in rows})


def test_every_reward_of_the_folder_is_used() -> None:
    used = {*OWN_REWARD.values(), *(reward for _, reward, _ in OTHER_REWARDS)}
    files = {path.relative_to(ROOT).as_posix() for path in EXAMPLES.glob("rewards/*.*")}
    assert files == {reward.split(":")[0] for reward in used if "/" in reward}


def test_groups_are_all_right_all_wrong_and_mixed() -> None:
    groups: dict[str, list[float]] = {}
    for row in read("gsm8k"):
        if row["expected"] is not None:
            groups.setdefault(row["group"], []).append(row["expected"])
    spreads = {(min(values), max(values)) for values in groups.values()}
    assert spreads == {(0.0, 0.0), (1.0, 1.0), (0.0, 1.0)}


def test_doctest_of_the_custom_reward_runs(capsys: pytest.CaptureFixture[str]) -> None:
    namespace = runpy.run_path(str(EXAMPLES / "rewards" / "my_reward.py"))
    assert ">>>" in namespace["brevity"].__doc__
    doctest.run_docstring_examples(namespace["brevity"], namespace)
    assert capsys.readouterr().out == ""


def test_pairs_are_judged_as_labelled() -> None:
    lines = (EXAMPLES / "pairs" / "math.jsonl").read_text(encoding="utf-8").splitlines()

    for pair in map(json.loads, lines):
        verdict = verify(pair["answer"], pair["reference"])
        assert verdict.correct == pair["equivalent"], pair
        assert verdict.value is not None
