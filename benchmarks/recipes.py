"""What each way to train is worth, at the same number of rollouts, on digits never trained on.

    python benchmarks/recipes.py --seeds 21,22,23,24,25 --save

Takes about ten minutes a seed on one core. What is done is kept in `--work` and not done again.
See docs/recipes.md.
"""

import contextlib
import math
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
import torch
import typer
from machine import describe_machine, machine_slug, versions
from recipe_arms import (
    BATCH,
    REJECTION_REPLIES,
    Budget,
    Fields,
    files_in,
    kept_replies,
    make_arms,
    more_sft,
    recipe_of,
    sample,
    warmup,
    write_files,
)

from rewardkit.trainer.context import Done
from rewardkit.trainer.reading import load_recipe
from rewardkit.trainer.run import run_recipe

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("rewardkit", "torch", "transformers", "trl", "scikit-learn")
SETS = ("test", "held", "noise", "rotation")
REJECTION = "SFT on own right replies (rejection sampling)"
START = "warm-up only"


class Reply(msgspec.Struct):
    """What is read of a scored reply."""

    id: str
    scores: dict[str, dict[str, float | str | None]]


class Outcome(msgspec.Struct):
    """What an arm came to.

    Attributes:
        accuracy: Share of right answers in a well-formed reply, by set.
        perception: Share of replies that name both digits in their places, by set.
        tokens: Generated in training and sampling; 0 where nothing is generated.
    """

    accuracy: dict[str, float]
    perception: dict[str, float]
    tokens: float


def run_stages(fields: Fields, folder: Path, seed: int) -> dict[str, Done]:
    """Run a recipe in a folder of its own, or go on with it."""
    with contextlib.redirect_stdout(sys.stderr):
        return run_recipe(load_recipe(fields | {"output": str(folder), "seed": seed}), resume=True)


def read_outcome(folder: Path, tokens: float) -> Outcome:
    """Look at what a run left in its folder; `tokens` were generated before it."""
    right: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    (evaluated,) = folder.glob("*-evaluate")
    for path in evaluated.glob("greedy*.jsonl"):
        for line in path.read_bytes().splitlines():
            reply = msgspec.json.decode(line, type=Reply)
            name = next((one for one in SETS[1:] if f"-{one}-" in reply.id), SETS[0])
            for part in ("accuracy", "perception"):
                right[part][name].append(reply.scores[part]["value"] == 1.0)
    means = {
        part: {name: statistics.fmean(found) for name, found in sets.items()}
        for part, sets in right.items()
    }
    return Outcome(means["accuracy"], means["perception"], tokens + generated(folder))


def generated(folder: Path) -> float:
    """Tokens of all replies that training and sampling drew."""
    total = 0.0
    for line in (folder / "metrics.jsonl").read_bytes().splitlines():
        row = msgspec.json.decode(line)
        total += row.get("completions/mean_length", 0.0) * BATCH
    for path in folder.glob("*-sample/rollouts*.jsonl"):
        rows = path.read_bytes().splitlines()
        total += sum(msgspec.json.decode(row)["completion_tokens"] for row in rows)
    return total


class Seed:
    """All arms of one seed, in a folder; what is done is not done again."""

    def __init__(self, folder: Path, seed: int, budget: Budget) -> None:
        """Describe the work; nothing is run yet."""
        self._folder, self._seed, self._budget = folder, seed, budget
        self._files = files_in(folder / "data")
        self.outcomes: dict[str, Outcome] = {}

    def run(self) -> None:
        """Warm up once, then run every arm from there."""
        files, budget = self._files, self._budget
        if not files.tests.exists():
            write_files(files.tests.parent, self._seed, budget)
        model = str(files.tests.parent / "model")
        start = self._take(START, {"warmup": warmup(files.demonstrations)}, model, files.train)
        for name, stages in make_arms(files, budget).items():
            self._take(name, stages, start, files.few if "sample" in stages else files.train)
        self._reject(start)

    def _reject(self, start: str) -> None:
        """Draw replies to as many questions as the budget has, and learn the right ones."""
        drawn, own = self._folder / "drawn", self._folder / "own.jsonl"
        fields = recipe_of(
            {"sample": sample(REJECTION_REPLIES)}, start, self._files.more, self._files.tests
        )
        run_stages(fields, drawn, self._seed)
        kept_replies(drawn, own)
        stages = {"sft": more_sft(own, self._budget)}
        self._take(REJECTION, stages, start, self._files.train, generated(drawn))

    def _take(
        self, name: str, stages: dict[str, Fields], model: str, train: Path, tokens: float = 0.0
    ) -> str:
        """Run an arm, unless its outcome is there; gives the folder of the trained model."""
        folder = self._folder / "-".join(name.replace(",", "").split())
        done = run_stages(recipe_of(stages, model, train, self._files.tests), folder, self._seed)
        outcome = read_outcome(folder, tokens)
        self.outcomes[name] = outcome
        print(f"seed {self._seed}: {name}: {outcome.accuracy['test']:.3f}", file=sys.stderr)
        return done["evaluate"].model


def table(outcomes: Sequence[dict[str, Outcome]]) -> str:
    """Means over seeds as Markdown, with the standard error of the mean, in percent."""
    sets = [f"answer, {name}" for name in SETS] + [f"both digits, {name}" for name in SETS]
    head = ["arm", *sets, "gain, test", "tokens drawn"]
    lines = [f"| {' | '.join(head)} |", "|---" + "|--:" * (len(head) - 1) + "|"]
    for name in outcomes[0]:
        found = [one[name] for one in outcomes]
        cells = [mean_error([one.accuracy[part] for one in found]) for part in SETS]
        cells += [mean_error([one.perception[part] for one in found]) for part in SETS]
        gains = [one[name].accuracy["test"] - one[START].accuracy["test"] for one in outcomes]
        tokens = statistics.fmean(one.tokens for one in found)
        lines.append(f"| {name} | {' | '.join([*cells, mean_error(gains), f'{tokens:,.0f}'])} |")
    return "\n".join(lines)


def seeds_table(outcomes: Sequence[dict[str, Outcome]], seeds: Sequence[int]) -> str:
    """Answer accuracy on the test of each seed as Markdown, in percent."""
    lines = [f"| arm | {' | '.join(f'seed {seed}' for seed in seeds)} |"]
    lines.append("|---" + "|--:" * len(seeds) + "|")
    for name in outcomes[0]:
        cells = [f"{100 * one[name].accuracy['test']:.1f}" for one in outcomes]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def mean_error(values: Sequence[float]) -> str:
    """The mean and its standard error, in percent.

    >>> mean_error([0.5, 0.6])
    '55.0 ± 5.0'
    """
    error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return f"{100 * statistics.fmean(values):.1f} ± {100 * error:.1f}"


def main(
    seeds: Annotated[str, typer.Option(help="Of weights, data and sampling.")] = "21,22,23,24,25",
    work: Annotated[Path, typer.Option(help="Where runs are kept.")] = Path("out/recipes"),
    perception: Annotated[int, typer.Option(help="GRPO steps of the first stage.")] = 60,
    reasoning: Annotated[int, typer.Option(help="GRPO steps of the second stage.")] = 100,
    save: Annotated[bool, typer.Option(help="Write the tables to results/.")] = False,
) -> None:
    """Run every arm on every seed and print the tables."""
    torch.set_num_threads(1)
    budget, numbers = Budget(perception, reasoning), [int(seed) for seed in seeds.split(",")]
    runs = [Seed(work / str(seed), seed, budget) for seed in numbers]
    for run in runs:
        run.run()
    outcomes = [run.outcomes for run in runs]
    text = "\n\n".join(
        [
            "# Ways to train, at the same number of rollouts",
            f"`python benchmarks/recipes.py --seeds {seeds} --perception {perception} "
            f"--reasoning {reasoning}`: {budget.rollouts:,} replies drawn or learned from after "
            f"the warm-up. Percent, mean of {len(numbers)} seeds ± standard error of the mean.",
            f"{describe_machine()}; {versions(PACKAGES)}",
            table(outcomes),
            "## Answers on the test, by seed",
            seeds_table(outcomes, numbers),
        ]
    )
    print(text)
    if save:
        path = RESULTS / f"recipes-{machine_slug()}-{date.today()}.md"
        path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
