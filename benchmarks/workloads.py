"""What the speed of verifiers is measured on: replies with their references."""

import json
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from long_replies import long_reply
from pairs import Pair, read_pairs
from renderings import rerender

_RE_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\\[dt]?frac\{\d+\}\{\d+\}|\d+/\d+)")


class Job(NamedTuple):
    """One reply to judge.

    Attributes:
        reply: The reply, or the answer alone where there is no template.
        reference: What is right.
        right: The label, None without one.
    """

    reply: str
    reference: str
    right: bool | None


class Workload(NamedTuple):
    """Jobs of one kind.

    Attributes:
        title: What they are.
        template: What finds the answer in a reply; empty where the reply is the answer.
        jobs: At least one.
    """

    title: str
    template: str
    jobs: Sequence[Job]


def of_rollouts(path: Path, rows: int) -> list[Workload]:
    """The first rollouts of a file."""
    with path.open(encoding="utf-8") as lines:
        read = [json.loads(line) for line in lines if line.strip()][:rows]
    jobs = [Job(row["completion"], str(row["reference"]), row.get("correct")) for row in read]
    return [Workload(f"{path.name}: rollouts, template gsm8k", "gsm8k", jobs)]


def of_golds(path: Path, golds: Sequence[Pair], rows: int, seed: int) -> list[Workload]:
    """Golds written differently: all, numbers and fractions alone, and as wrong answers."""
    rng = random.Random(seed)
    sample = list(golds) if len(golds) <= rows else rng.sample(list(golds), rows)
    texts = [gold.reference for gold in sample]
    rendered = [rerender(text, rng) for text in texts]
    same = [Job(other, text, True) for other, text in zip(rendered, texts, strict=True)]
    shifted = [
        Job(other, text, None) for other, text in zip(rendered, _shifted(texts), strict=True)
    ]
    changed = sum(job.reply != job.reference for job in same) / len(same)
    title = f"{path.name}: re-rendered, {changed:.0%} in another notation"
    found = [Workload(title, "", same)]
    plain = [job for job in same if _RE_NUMBER.fullmatch(job.reference)]
    if plain:
        found.append(Workload(f"{path.name}: of these, plain numbers and fractions", "", plain))
    found.append(Workload(f"{path.name}: each against another row's gold", "", shifted))
    return found


def _shifted(texts: list[str]) -> list[str]:
    return texts[1:] + texts[:1]


def of_long_replies(rows: int, seed: int, size: int) -> Workload:
    """Chains of thought, every second one with a wrong answer."""
    rng = random.Random(seed)
    jobs = []
    for number in range(rows):
        reply = long_reply(rng, size)
        right = number % 2 == 0
        jobs.append(Job(reply.text, str(reply.value if right else reply.value + 1), right))
    return Workload(f"chains of thought of {size:,} characters, template boxed", "boxed", jobs)


def read_workloads(path: Path, rows: int, seed: int) -> list[Workload]:
    """What one file gives: see `read_pairs` for the kinds of files.

    Args:
        path: Rollouts, golds or pairs.
        rows: At most so many of it.
        seed: Draws the sample of golds and their notation.
    """
    kind, pairs = read_pairs(path)
    if kind == "rollouts":
        return of_rollouts(path, rows)
    if kind == "golds":
        return of_golds(path, pairs, rows, seed)
    math = [pair for pair in pairs if pair.task == "math"][:rows]
    jobs = [Job(pair.answer, pair.reference, pair.equivalent) for pair in math]
    return [Workload(f"{path.name}: pairs", "", jobs)] if jobs else []
