"""How fast the math verifier is beside math-verify, in one process.

    python benchmarks/verifier_speed.py ROLLOUTS.jsonl GOLDS.jsonl

After one round that isn't counted, rounds of both alternate; a figure is the median over the rounds
of the mean time a reply. What either keeps of earlier work is cleared before each round. See
docs/benchmarks.md.
"""

import functools
import gc
import logging
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from machine import describe_machine, machine_slug, versions
from math_verify import parse
from math_verify import verify as math_verify
from pairs import boxed
from speed_tables import Measured, table
from sympy.core.cache import clear_cache as clear_sympy_cache
from workloads import Job, Workload, of_long_replies, read_workloads

from rewardkit.templates import TEMPLATES
from rewardkit.verifiers import verify
from rewardkit.verifiers.math import exact, symbolic

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("rewardkit", "math-verify", "latex2sympy2-extended", "sympy")

_CACHED = type(functools.cache(len))

Runner = Callable[[Sequence[Job]], list[bool]]


def answer_in(reply: str, template: str) -> str:
    """The answer that a template finds, empty where there is none; the reply without a template."""
    return TEMPLATES[template].parse(reply).answer.text if template else reply


def rewardkit_runner(template: str) -> Runner:
    """Template, then `verify`."""

    def run(jobs: Sequence[Job]) -> list[bool]:
        return [verify(answer_in(job.reply, template), job.reference).correct for job in jobs]

    return run


def math_verify_runner(template: str, *, parse_once: bool) -> Runner:
    """`parse` of the reference, `parse` of the reply, `verify`, each with its defaults.

    Args:
        template: `gsm8k`: the answer is cut out first, and both are plain numbers, which
            math-verify reads as they are; `boxed`: it gets the whole reply; empty: the answer,
            boxed. In the last two the reference is boxed.
        parse_once: Parse each distinct reference once, which a careful caller would do.
    """
    plain = template == "gsm8k"

    def run(jobs: Sequence[Job]) -> list[bool]:
        read: Callable[[str], list[object]] = functools.cache(parse) if parse_once else parse
        accepted = []
        for job in jobs:
            gold = read(job.reference if plain else f"${boxed(job.reference)}$")
            text = answer_in(job.reply, template) if plain else boxed(job.reply)
            accepted.append(bool(math_verify(gold, parse(text))))
        return accepted

    return run


def caches() -> list["functools._lru_cache_wrapper[object]"]:
    """All function caches of the math verifier."""
    return [
        thing
        for thing in gc.get_objects()
        # Its own type: `isinstance` asks the thing, and torch has things that warn when asked.
        if issubclass(type(thing), _CACHED)
        and thing.__module__.startswith("rewardkit.verifiers.math")
    ]


def forget() -> None:
    """Clear what both keep of earlier work: readings, verdicts, sympy's own cache.

    The workers stay, with up to 512 references each that they have read.
    """
    symbolic.clear_cache()
    clear_sympy_cache()
    for cache in caches():
        cache.cache_clear()


def measure(runners: Sequence[Runner], jobs: Sequence[Job], rounds: int) -> list[Measured]:
    """Rounds of all runners in turn, after one that isn't counted.

    Args:
        runners: At least one.
        jobs: At least one.
        rounds: At least 1.
    """
    results = [Measured([], []) for _ in runners]
    for number in range(rounds + 1):
        for runner, result in zip(runners, results, strict=True):
            forget()
            began = time.perf_counter()
            accepted = runner(jobs)
            if number > 0:
                result.round_ms.append(1000 * (time.perf_counter() - began) / len(jobs))
                result.accepted[:] = accepted
    return results


def exact_share(workload: Workload) -> float:
    """Share of the jobs that the exact tier decides, in [0, 1]."""
    known = sum(
        exact.compare(answer_in(job.reply, workload.template), job.reference) is not None
        for job in workload.jobs
    )
    return known / len(workload.jobs)


def benchmark(loads: Sequence[Workload], rounds: int) -> str:
    """Measure each workload and give the report as Markdown."""
    for name in ("math_verify.parser", "math_verify.grader"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    names = ("rewardkit", "math-verify", "math-verify, each reference parsed once")
    text = []
    for workload in loads:
        runners = [
            rewardkit_runner(workload.template),
            math_verify_runner(workload.template, parse_once=False),
            math_verify_runner(workload.template, parse_once=True),
        ]
        measured = measure(runners, workload.jobs, rounds)
        text.append(f"## {workload.title}")
        share = f"The exact tier decides {exact_share(workload):.1%}."
        text.append(f"{len(workload.jobs):,} replies, {rounds} rounds. {share}")
        text.append(table(workload, names, measured))
    text.append(f"{describe_machine()}; {versions(PACKAGES)}.")
    return "\n\n".join(text)


def main(
    data: Annotated[list[Path], typer.Argument(help="JSONL files.", exists=True)],
    rows: Annotated[int, typer.Option(min=1, help="At most so many of each file.")] = 500,
    long_rows: Annotated[int, typer.Option(min=1, help="Chains of thought.")] = 50,
    size: Annotated[int, typer.Option(min=1, help="Their characters.")] = 8000,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds that count.")] = 5,
    seed: Annotated[int, typer.Option(help="Draws samples, notation, chains of thought.")] = 0,
    save: Annotated[bool, typer.Option(help="Also write the report to results/.")] = False,
) -> None:
    """Compare the speed of the math verifier with math-verify's."""
    loads = [load for path in data for load in read_workloads(path, rows, seed)]
    report = benchmark([*loads, of_long_replies(long_rows, seed, size)], rounds)
    date = time.strftime("%Y-%m-%d")
    files = " ".join(path.name for path in data)
    options = f"--rows {rows} --long-rows {long_rows} --size {size} --rounds {rounds} --seed {seed}"
    command = f"python benchmarks/verifier_speed.py {files} {options}"
    page = f"# Speed of the math verifier, {date}\n\n    {command}\n\n{report}\n"
    sys.stdout.write(page)
    if save:
        target = RESULTS / f"verifier-speed-{machine_slug()}-{date}.md"
        target.parent.mkdir(exist_ok=True)
        target.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
