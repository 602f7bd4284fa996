"""Ways to spend the same number of rollouts after the same warm-up, as stages of a recipe."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from rewardkit.digits.files import TEST_ROWS, TRAIN_ROWS, write_digits, write_rows
from rewardkit.digits.questions import gold_reply
from rewardkit.digits.world import draw_rows
from rewardkit.rewards.place import Place, as_mapping
from rewardkit.rewards.yaml_text import read_yaml
from rewardkit.trainer.reading import SHIPPED

Fields = dict[str, Any]
"""A recipe, a stage or a reward as a YAML file has it."""

TEMPLATE: Final = "think-answer"
PERCEPTION: Final = {"template": TEMPLATE, "section": "think", "max_words": 6}
BATCH: Final = 128
"""Rollouts a GRPO step."""
SFT_BATCH: Final = 32
REJECTION_REPLIES: Final = 8
"""A question, of which the right ones are learned from."""
SHIFTED_ROWS: Final = 300


class Budget(NamedTuple):
    """What every arm may spend.

    Attributes:
        perception: GRPO steps of the first of two stages.
        reasoning: Of the second one.
        probes: Rollouts a question in the arm that samples before it trains.
    """

    perception: int
    reasoning: int
    probes: int = 4

    @property
    def rollouts(self) -> int:
        """Replies generated; for fine-tuning, replies learned from."""
        return (self.perception + self.reasoning) * BATCH


class Files(NamedTuple):
    """The data of a seed, each a JSONL file.

    Attributes:
        demonstrations: Questions with replies, of few scans.
        train: Questions of many scans, with rewards alone.
        few: The first of them, for the arm that samples before it trains.
        more: The first of them, for rejection sampling.
        gold: All of them with the right replies.
        tests: Unseen scans: as in training, pairs never trained on, noisy, turned.
    """

    demonstrations: Path
    train: Path
    few: Path
    more: Path
    gold: Path
    tests: Path


def files_in(folder: Path) -> Files:
    """Where a seed's data are."""
    return Files(*(folder / f"{name}.jsonl" for name in Files._fields))


def write_files(folder: Path, seed: int, budget: Budget) -> None:
    """Write the data of a seed, and the model that every arm begins with."""
    write_digits(folder, seed)
    files = files_in(folder)
    train = draw_rows("rl", TRAIN_ROWS, seed)
    write_rows(files.few, train[: budget.rollouts // 4 // budget.probes])
    write_rows(files.more, train[: budget.rollouts // REJECTION_REPLIES])
    write_rows(files.gold, [row | {"completion": gold_reply(row)} for row in train])
    tests = [
        *draw_rows("test", TEST_ROWS, seed),
        *draw_rows("test", SHIFTED_ROWS, seed, pairs="held"),
        *draw_rows("test", SHIFTED_ROWS, seed, shift="noise"),
        *draw_rows("test", SHIFTED_ROWS, seed, shift="rotation"),
    ]
    write_rows(files.tests, tests)


def reward_of(accuracy: float, perception: float) -> Fields:
    """A reward with these weights and a tenth for the format; what weighs nothing is left out."""
    parts: dict[str, Fields] = {
        "accuracy": {
            "kind": "accuracy",
            "weight": accuracy,
            "template": TEMPLATE,
            "task": "number",
        },
        "perception": {"kind": "keyword-recall", "weight": perception, **PERCEPTION},
        "format": {"kind": "format", "weight": 0.1, "template": TEMPLATE},
    }
    return {"kind": "weighted", "parts": {name: p for name, p in parts.items() if p["weight"]}}


SHOWN: Final = reward_of(0.5, 0.4)
"""What evaluation and sampling look at, part by part."""

GREEDY: Final = {"max_tokens": 16, "batch_size": 200}


def shipped() -> Fields:
    """The shipped recipe `digits` as its file has it."""
    return as_mapping(read_yaml(SHIPPED / "digits.yaml"), Place("digits"), "a recipe")


def warmup(demonstrations: Path) -> Fields:
    """Fine-tuning as in the shipped recipe."""
    stage: Fields = shipped()["stages"]["warmup"]
    return stage | {"data": [str(demonstrations)]}


def more_sft(replies: Path, budget: Budget) -> Fields:
    """Fine-tuning after the warm-up, on as many replies as others generate, at a lower rate."""
    stage = warmup(replies)
    steps = {"max_steps": budget.rollouts // SFT_BATCH, "learning_rate": 5e-4}
    return stage | {"options": stage["options"] | steps}


def grpo(accuracy: float, perception: float, steps: int, source: str | None = None) -> Fields:
    """GRPO as in the shipped recipe, with another reward and length."""
    stage: Fields = shipped()["stages"]["reasoning"]
    options = stage["options"] | {"max_steps": steps}
    return {
        "kind": "grpo",
        "reward": reward_of(accuracy, perception),
        "options": options,
        **({"from": source} if source else {}),
    }


def sample(replies: int) -> Fields:
    """Rollouts of the current policy on every question."""
    drawn = {"n": replies, "temperature": 1.0, "top_p": 1.0, "max_tokens": 16, "batch_size": 512}
    return {"kind": "sample", "reward": SHOWN, "generation": drawn}


def make_arms(files: Files, budget: Budget) -> dict[str, dict[str, Fields]]:
    """The arms that begin with the warmed-up model, each as the stages of a recipe.

    Rejection sampling is not here, as it learns from rollouts of its own: see `kept_replies`.
    """
    first, second = budget.perception, budget.reasoning
    steps = first + second
    quarter = [steps // 4 + (number < steps % 4) for number in range(4)]
    mix = ((0.0, 0.9), (0.3, 0.6), (0.6, 0.3), (0.9, 0.0))
    left = steps - steps // 4
    easy = round(left * first / steps)
    return {
        "more SFT on the same demonstrations": {"sft": more_sft(files.demonstrations, budget)},
        "SFT on gold replies to the RL prompts": {"sft": more_sft(files.gold, budget)},
        "RL, reasoning reward only": {"rl": grpo(0.9, 0.0, steps)},
        "RL, mixed rewards": {"rl": grpo(0.45, 0.45, steps)},
        "RL, from perception to reasoning in four steps": {
            f"rl-{number}": grpo(*weights, length)
            for number, (weights, length) in enumerate(zip(mix, quarter, strict=True))
        },
        "RL, perception then reasoning": {
            "perception": grpo(0.0, 0.9, first),
            "reasoning": grpo(0.9, 0.0, second),
        },
        "RL, perception on easy, reasoning on medium": {
            "sample": sample(budget.probes),
            "perception": grpo(0.0, 0.9, easy, "sample.easy"),
            "reasoning": grpo(0.9, 0.0, left - easy, "sample.medium"),
        },
    }


def recipe_of(stages: Mapping[str, Fields], model: str, train: Path, tests: Path) -> Fields:
    """A whole recipe: these stages, then an evaluation on all tests."""
    evaluate = {"kind": "evaluate", "reward": SHOWN, "greedy": GREEDY}
    return {
        "model": {"path": model, "dtype": "float32"},
        "data": {"train": [str(train)], "held_out": [str(tests)]},
        "template": TEMPLATE,
        "instruct": False,
        "output": "",
        "stages": {**stages, "evaluate": evaluate},
    }


def kept_replies(drawn: Path, kept: Path) -> None:
    """Write the distinct replies of a sampling whose answer and form are right."""
    seen: set[tuple[str, str]] = set()
    (rollouts,) = drawn.glob("*-sample/rollouts*.jsonl")
    with kept.open("w", encoding="utf-8") as stream:
        for line in rollouts.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            right = all(row["scores"][part]["value"] == 1.0 for part in ("accuracy", "format"))
            if right and (row["group"], row["completion"]) not in seen:
                seen.add((row["group"], row["completion"]))
                stream.write(json.dumps(row) + "\n")
