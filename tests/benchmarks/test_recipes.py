"""The arms of the recipes benchmark spend alike, and its tables say what the runs left."""

import json
from pathlib import Path
from typing import Any

import pytest
import recipe_arms
import recipes
from recipe_arms import BATCH, SFT_BATCH, Budget, Files, files_in, make_arms, recipe_of

from rewardkit.generation.questions import read_questions
from rewardkit.trainer.reading import load_recipe

BUDGET = Budget(perception=60, reasoning=100)
FILES = files_in(Path("data"))
ARMS = make_arms(FILES, BUDGET)


def spent(stages: dict[str, dict[str, Any]], few: int) -> int:
    """Replies that an arm draws, or learns from where it draws none."""
    total = 0
    for stage in stages.values():
        if stage["kind"] == "sample":
            total += few * stage["generation"]["n"]
        else:
            per_step = BATCH if stage["kind"] == "grpo" else SFT_BATCH
            total += stage["options"]["max_steps"] * per_step
    return total


@pytest.mark.parametrize("name", ARMS)
@pytest.mark.parametrize("budget", [BUDGET, Budget(80, 150), Budget(7, 10)])
def test_every_arm_spends_the_budget(name: str, budget: Budget) -> None:
    few = budget.rollouts // 4 // budget.probes
    used = spent(make_arms(FILES, budget)[name], few)
    assert abs(used - budget.rollouts) <= BATCH


@pytest.mark.parametrize("name", ARMS)
def test_every_arm_is_a_recipe(name: str) -> None:
    recipe = load_recipe(recipe_of(ARMS[name], "model", FILES.train, FILES.tests))
    assert list(recipe.stages) == [*ARMS[name], "evaluate"]


def test_the_files_hold_what_arms_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe_arms, "TRAIN_ROWS", 12)
    monkeypatch.setattr(recipe_arms, "TEST_ROWS", 3)
    monkeypatch.setattr(recipe_arms, "SHIFTED_ROWS", 2)
    monkeypatch.setattr(recipe_arms, "write_digits", lambda folder, seed: folder.mkdir())
    recipe_arms.write_files(tmp_path / "data", 1, Budget(1, 0, probes=16))
    files: Files = files_in(tmp_path / "data")
    counts = {
        name: len(read_questions([str(getattr(files, name))], {}))
        for name in ("few", "more", "gold", "tests")
    }
    assert counts == {"few": 2, "more": 12, "gold": 12, "tests": 9}
    gold = read_questions([str(files.gold)], {})
    assert all(str(row.reference) in row.text for row in gold)


def test_own_replies_are_kept_when_answer_and_form_are_right(tmp_path: Path) -> None:
    rows = [("a", "x", 1.0, 1.0), ("a", "x", 1.0, 1.0), ("b", "x", 1.0, 1.0), ("c", "y", 0.0, 1.0)]
    folder = tmp_path / "1-sample"
    folder.mkdir()
    with (folder / "rollouts.0.jsonl").open("w") as stream:
        for group, text, right, form in [*rows, ("d", "z", 1.0, 0.0)]:
            scores = {"accuracy": {"value": right}, "format": {"value": form}}
            stream.write(json.dumps({"group": group, "completion": text, "scores": scores}) + "\n")
    recipe_arms.kept_replies(tmp_path, tmp_path / "own.jsonl")
    text = (tmp_path / "own.jsonl").read_text()
    kept = [json.loads(line)["group"] for line in text.splitlines()]
    assert kept == ["a", "b"]


def test_an_outcome_is_read_by_set(tmp_path: Path) -> None:
    (tmp_path / "2-evaluate").mkdir()
    with (tmp_path / "2-evaluate" / "greedy.0.jsonl").open("w") as stream:
        for name, answer, seen in [
            ("test-1-0", 1.0, 0.5),
            ("test-1-1", 0.0, 1.0),
            ("test-held-1-0", 1.0, 1.0),
            ("test-noise-1-0", 0.0, 0.0),
            ("test-rotation-1-0", None, 0.0),
        ]:
            scores = {"accuracy": {"value": answer}, "perception": {"value": seen}}
            stream.write(json.dumps({"id": name, "scores": scores}) + "\n")
    (tmp_path / "metrics.jsonl").write_text('{"completions/mean_length": 10.0}\n{"loss": 1}\n')
    outcome = recipes.read_outcome(tmp_path, tokens=5.0)
    assert outcome.accuracy == {"test": 0.5, "held": 1.0, "noise": 0.0, "rotation": 0.0}
    assert outcome.perception == {"test": 0.5, "held": 1.0, "noise": 0.0, "rotation": 0.0}
    assert outcome.tokens == 5.0 + 10.0 * BATCH


def test_tables_have_means_errors_and_gains() -> None:
    def outcome(right: float) -> recipes.Outcome:
        shares = dict.fromkeys(recipes.SETS, right)
        return recipes.Outcome(shares, shares, 100.0)

    seeds = [
        {recipes.START: outcome(0.4), "arm": outcome(0.6)},
        {recipes.START: outcome(0.5), "arm": outcome(0.6)},
    ]
    means = recipes.table(seeds)
    assert "| warm-up only | 45.0 ± 5.0 |" in means
    assert "| 15.0 ± 5.0 | 100 |" in means
    assert "| arm | 60.0 | 60.0 |" in recipes.seeds_table(seeds, [1, 2])
