"""What a stack's calling convention costs beside `rewardkit.score`, and TRL's own reward beside it.

    python benchmarks/adapter_overhead.py

Rollouts are generated: boxed answers behind some lines of work, no two alike, so that no cache of
whole pairs helps. All run in one process, each in turn on rollouts of its own, round after round.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Annotated, NamedTuple

import typer
from machine import describe_machine, machine_slug, versions

from rewardkit import score
from rewardkit.adapters.areal import ArealReward
from rewardkit.adapters.easyr1 import EasyR1Reward
from rewardkit.adapters.openrlhf import OpenRlhfReward
from rewardkit.adapters.options import Options
from rewardkit.adapters.slime import SlimeReward
from rewardkit.adapters.trl import TrlReward
from rewardkit.adapters.verl import VerlBatchReward, VerlReward
from rewardkit.rewards import load_reward

RESULTS = Path(__file__).parent / "results"
REWARD = "math"
ZERO = Options(unjudged=0.0)
WORK = "We add the two numbers, take the rest and write it down. " * 20


class Row(NamedTuple):
    """A question's reply and what is right."""

    prompt: str
    completion: str
    reference: str


Call = Callable[[Sequence[Row]], object]


def make_rows(count: int, start: int) -> list[Row]:
    """Replies to different questions, two in three of them right."""
    numbers = range(start, start + count)
    return [
        Row(f"what is {n} and {n}?", f"{WORK}\\boxed{{{2 * n + (n % 3 == 0)}}}", f"${2 * n}$")
        for n in numbers
    ]


def calls() -> dict[str, Call]:
    """How each stack hands rollouts over, by its name; ours in process is the first."""
    reward = load_reward(REWARD)
    found: dict[str, Call] = {
        "rewardkit.score": lambda rows: score([row._asdict() for row in rows], reward)
    }
    trl, verl, verl_batch = (
        TrlReward(REWARD),
        VerlReward(REWARD, ZERO),
        VerlBatchReward(REWARD, ZERO),
    )
    easyr1, openrlhf = EasyR1Reward(REWARD, ZERO), OpenRlhfReward(REWARD, ZERO)
    slime, areal = SlimeReward(REWARD, ZERO), ArealReward(REWARD, ZERO)
    found["TRL, a batch"] = lambda rows: trl(
        prompts=[row.prompt for row in rows],
        completions=[row.completion for row in rows],
        completion_ids=[[1]] * len(rows),
        solution=[row.reference for row in rows],
    )
    found["verl, one by one"] = lambda rows: [
        verl("toy", row.completion, row.reference, {"prompt": row.prompt}) for row in rows
    ]
    found["verl, a batch"] = lambda rows: verl_batch(
        ["toy"] * len(rows),
        [row.completion for row in rows],
        [row.reference for row in rows],
        [None] * len(rows),
    )
    found["EasyR1, a batch"] = lambda rows: easyr1(
        [{"response": row.completion, "ground_truth": row.reference} for row in rows]
    )
    found["OpenRLHF, one by one"] = lambda rows: [
        openrlhf([row.prompt + row.completion], [row.prompt], [row.reference]) for row in rows
    ]
    found["slime, one by one"] = lambda rows: asyncio.run(await_each(slime, rows))
    found["AReaL, one by one"] = lambda rows: [
        areal(row.prompt, row.completion, [1], [1], answer=row.reference) for row in rows
    ]
    if find_spec("trl") and find_spec("math_verify"):
        from trl.rewards import accuracy_reward

        logging.getLogger("math_verify").setLevel(logging.CRITICAL)
        found["TRL's own `accuracy_reward`"] = lambda rows: accuracy_reward(
            [[{"role": "assistant", "content": row.completion}] for row in rows],
            [row.reference for row in rows],
        )
    return found


async def await_each(reward: SlimeReward, rows: Sequence[Row]) -> None:
    """Await one sample after the other, as slime does without `--group-rm`, all at once."""
    samples = [
        SimpleNamespace(prompt=row.prompt, response=row.completion, label=row.reference)
        for row in rows
    ]
    await asyncio.gather(*(reward(None, sample) for sample in samples))


def measure(rows: int, rounds: int) -> dict[str, list[float]]:
    """Seconds of each round by the caller's name; a first round warms up and is left out."""
    found: dict[str, list[float]] = {}
    all_calls, start = calls(), 1
    for turn in range(rounds + 1):
        for name, call in all_calls.items():
            batch = make_rows(rows, start)
            start += rows
            began = time.perf_counter()
            call(batch)
            if turn:
                found.setdefault(name, []).append(time.perf_counter() - began)
    return found


def benchmark(rows: int, rounds: int) -> str:
    """Run all of it and give the report as Markdown."""
    seconds = measure(rows, rounds)
    ours_s = median(seconds["rewardkit.score"])
    lines = ["| called by | µs a rollout | ratio |", "|---|--:|--:|"]
    for name, found in seconds.items():
        lines.append(
            f"| {name} | {1e6 * median(found) / rows:,.0f} | {median(found) / ours_s:.2f} |"
        )
    packages = [name for name in ("rewardkit", "trl", "math-verify") if find_spec(module_of(name))]
    return "\n\n".join(
        [
            f"{rows} rollouts a call, medians of {rounds} rounds, reward `{REWARD}`.",
            "\n".join(lines),
            f"{describe_machine()}; {versions(packages)}.",
        ]
    )


def module_of(package: str) -> str:
    """What a package is imported as.

    >>> module_of("math-verify")
    'math_verify'
    """
    return package.replace("-", "_")


def main(
    rows: Annotated[int, typer.Option(min=1, help="Rollouts of a call.")] = 256,
    rounds: Annotated[int, typer.Option(min=1, help="Calls of each kind.")] = 20,
    save: Annotated[bool, typer.Option(help="Also write the report to results/.")] = False,
) -> None:
    """Compare ways to call one reward."""
    report = benchmark(rows, rounds)
    print(report)
    if save:
        date = time.strftime("%Y-%m-%d")
        target = RESULTS / f"adapter-overhead-{machine_slug()}-{date}.md"
        command = f"python benchmarks/adapter_overhead.py --rows {rows} --rounds {rounds}"
        title = f"# What a stack's way of calling costs, {date}\n\n    {command}\n\n"
        target.write_text(f"{title}{report}\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
