"""Is the time of every reward and template linear in the length of a reply?

Each is run on texts that break naive parsers, at one size and at four times that size; four times
the time is linear, sixteen times quadratic. `python benchmarks/linear_time.py [--kib 64] [--save]`
"""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from machine import describe_machine, machine_slug

from rewardkit import Rollout
from rewardkit.rewards import Reward, decode
from rewardkit.templates import TEMPLATES
from rewardkit.verifiers import VERIFIERS, verify

GROWTH = 4
ROUNDS = 3
WORTH_TIMING_S = 0.002
"""Below this a ratio is noise: the work is bounded, or too small to matter."""

UNITS = {
    "(": "(",
    "digits": "7",
    "<think>": "<think>",
    "closed tags": "<think></think>",
    "<": "<",
    "####": "#### ",
    "boxes": "\\boxed{",
    "whole boxes": "\\boxed{7}",
    "answers": "The answer is 7. ",
    "combining": "e\u0301",
    "NUL": "\x00",
    "words": "a dog and a cat ",
    "one word": "dog ",
    "Chinese": "狗",
    "commas": "a,b;",
    "spaces": " ",
    "line breaks": "\n",
    "backslashes": "\\frac",
    "dollars": "$",
    "or": "A or B ",
}
KEYWORDS = ["dog", "a cat", "狗", "zebra", "the answer"]


def subjects() -> dict[str, Callable[[str], object]]:
    """What is timed, by name: text in, anything out."""
    configs: dict[str, dict[str, object]] = {
        f"format {name}": {"kind": "format", "template": name} for name in TEMPLATES
    }
    configs |= {
        "format, all lax": {
            "kind": "format",
            "template": {"base": "think-answer", "ignore_case": True, "spaces_in_tags": True},
        },
        "accuracy gsm8k": {"kind": "accuracy", "template": "gsm8k"},
        "repetition": {"kind": "repetition"},
        "language": {"kind": "language", "language": "en"},
        "script": {"kind": "language", "script": "Han"},
        "keyword-recall": {"kind": "keyword-recall", "negation_aware": True},
        "length in words": {"kind": "length", "unit": "words"},
    }
    found: dict[str, Callable[[str], object]] = {
        name: scorer(decode(config)) for name, config in configs.items()
    }
    for task in VERIFIERS:
        found[f"verify {task}"] = judge(task)
    return found


def scorer(reward: Reward) -> Callable[[str], object]:
    """A reward as a function of the reply alone."""
    return lambda text: reward([Rollout(completion=text, reference="7", keywords=KEYWORDS)])


def judge(task: str) -> Callable[[str], object]:
    """A verifier as a function of the answer alone."""
    reference = "A" if task == "choice" else "7"
    return lambda text: verify(text, reference, task)


def best_time_s(run: Callable[[str], object], text: str) -> float:
    """Shortest of several runs; each on a text of its own, so that no cache answers."""
    times = []
    for k in range(ROUNDS):
        own = f"{k}{text}"
        begin = time.perf_counter()
        run(own)
        times.append(time.perf_counter() - begin)
    return min(times)


def measure(characters: int) -> list[tuple[str, str, float, float]]:
    """Worst text of each subject: its name, seconds for the longer text, growth of the time."""
    rows = []
    for name, run in subjects().items():
        worst = ("", 0.0, 1.0)
        for unit_name, unit in UNITS.items():
            short = (unit * (characters // len(unit) + 1))[:characters]
            long = (unit * (GROWTH * characters // len(unit) + 1))[: GROWTH * characters]
            small, large = best_time_s(run, short), best_time_s(run, long)
            growth = large / small if large > WORTH_TIMING_S else 1.0
            if growth > worst[2] or (growth == worst[2] == 1.0 and large > worst[1]):
                worst = (unit_name, large, growth)
        rows.append((name, *worst))
    return rows


def table(rows: list[tuple[str, str, float, float]], characters: int) -> str:
    """The rows as Markdown."""
    size = f"{GROWTH * characters:,}"
    lines = [
        f"| what | worst text | ms for {size} characters | growth of time |",
        "|---|---|--:|--:|",
    ]
    for name, unit, seconds, growth in rows:
        lines.append(f"| {name} | {unit} | {seconds * 1000:.1f} | {growth:.1f} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table; exit code 1 when something grows more than twice as fast as the text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kib", type=int, default=64, help="size of the shorter text, in KiB")
    parser.add_argument("--save", action="store_true", help="write it to benchmarks/results/")
    options = parser.parse_args()
    characters = options.kib * 1024
    rows = measure(characters)
    today = datetime.now(UTC).date()
    text = (
        f"# Time against length of a reply\n\n{today}, {describe_machine()}\n\n"
        f"`python benchmarks/linear_time.py --kib {options.kib}`: {characters:,} characters against"
        f" {GROWTH} times as many; {GROWTH} is linear, {GROWTH**2} quadratic, 1.0 bounded or under "
        f"{WORTH_TIMING_S * 1000:.0f} ms.\n\n{table(rows, characters)}\n"
    )
    print(text)
    if options.save:
        folder = Path(__file__).parent / "results"
        folder.mkdir(exist_ok=True)
        (folder / f"linear-time-{machine_slug()}-{today}.md").write_text(text, encoding="utf-8")
    if any(growth > 2 * GROWTH for *_, growth in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
