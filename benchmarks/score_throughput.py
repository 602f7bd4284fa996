"""How fast `rewardkit score` is beside a plain loop over math-verify, and how much memory it takes.

    python benchmarks/score_throughput.py ROLLOUTS.jsonl --copies 200

ROLLOUTS are replies to GSM8K's kind of question that end in `A: 72`, with a string as `reference`;
where a line has the boolean `correct`, agreement with it is counted.
"""

import itertools
import json
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from machine import core_count, describe_machine, machine_slug, versions
from math_verify_loop import Row, run_loop
from process_tree import MIB, Run, size_of, watch
from tables import Line, memory_table, table

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("rewardkit", "math-verify", "sympy", "latex2sympy2-extended")


def read_rows(path: Path) -> list[Row]:
    """Read what the loop needs of each rollout."""
    rows = []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                row = json.loads(line)
                correct = row.get("correct")
                rows.append(Row(row["completion"], str(row["reference"]), correct))
    return rows


def agreement(judged: Iterable[bool | None], rows: Iterable[Row]) -> float | None:
    """Share of the labelled rows judged as labelled; None without labels.

    Args:
        judged: Whether each rollout is right, None for not judged.
        rows: The rollouts, in the same order.

    Raises:
        ValueError: When there is not one judgement for each rollout.
    """
    pairs = [
        (right, row.correct)
        for right, row in zip(judged, rows, strict=True)
        if row.correct is not None
    ]
    return sum(right == label for right, label in pairs) / len(pairs) if pairs else None


def write_copies(data: Path, copies: int, target: Path) -> None:
    """Write a file so many times over, its lines as they are."""
    text = data.read_bytes()
    text += b"" if text.endswith(b"\n") else b"\n"
    with target.open("wb") as stream:
        for _ in range(copies):
            stream.write(text)


def run_score(source: Path, output: Path, reward: str, workers: int) -> Run:
    """Run the real command and watch its memory; its progress is the size of its output."""
    command = [sys.executable, "-m", "rewardkit", "score", str(source), "-o", str(output)]
    command += ["--reward", reward, "--workers", str(workers), "--quiet"]
    paths = [Path(f"{output}.partial") / "output", output]
    run = watch(command, lambda: size_of(paths))
    if run.exit_code != 0:
        raise SystemExit(f"rewardkit score ended with exit code {run.exit_code}")
    return run


def read_judged(output: Path) -> Iterable[bool | None]:
    """Whether each scored line got a positive reward, None where it was not judged."""
    with output.open(encoding="utf-8") as lines:
        for line in lines:
            value = json.loads(line)["reward"]
            yield None if value is None else value > 0


def benchmark(data: Path, copies: int, workers: int, reward: str, peer_rows: int) -> str:
    """Run both and give the report as Markdown."""
    rows = read_rows(data)
    with tempfile.TemporaryDirectory(prefix="rewardkit-bench-") as folder:
        source, output = Path(folder) / "rollouts.jsonl", Path(folder) / "scored.jsonl"
        write_copies(data, copies, source)
        size = source.stat().st_size
        run = run_score(source, output, reward, workers)
        judged = read_judged(output)
        repeated = itertools.chain.from_iterable(itertools.repeat(rows, copies))
        agreed = agreement(judged, repeated)
        memory = memory_table(run, output.stat().st_size)
    cores = min(workers, core_count())
    name = f"`rewardkit score`, {workers} workers"
    lines = [Line(name, len(rows) * copies, run.seconds, run.cpu_s, cores, agreed)]
    sample = rows[:peer_rows]
    for name, once in (("math-verify, each reference parsed once", True), ("math-verify", False)):
        loop = run_loop(sample, parse_once=once)
        agreed = agreement(loop.correct, sample)
        lines.append(Line(name, len(sample), loop.seconds, loop.cpu_s, 1, agreed))
    return "\n\n".join(
        [
            f"{data.name} {copies} times over: {len(rows) * copies:,} rollouts, "
            f"{size / MIB:,.0f} MiB, reward `{reward}`.",
            table(lines, lines[-1]),
            memory,
            f"{describe_machine()}; {versions(PACKAGES)}.",
        ]
    )


def main(
    data: Annotated[Path, typer.Argument(help="JSONL file of rollouts.", exists=True)],
    copies: Annotated[int, typer.Option(min=1, help="How often the file is repeated.")] = 200,
    workers: Annotated[int, typer.Option(min=0, help="Processes that score; 0: one a core.")] = 0,
    reward: Annotated[str, typer.Option(help="The reward.")] = "gsm8k",
    peer_rows: Annotated[int, typer.Option(min=1, help="Rollouts for math-verify.")] = 2000,
    save: Annotated[bool, typer.Option(help="Also write the report to results/.")] = False,
) -> None:
    """Compare `rewardkit score` with a plain loop over math-verify."""
    report = benchmark(data, copies, workers or core_count(), reward, peer_rows)
    print(report)
    if save:
        date = time.strftime("%Y-%m-%d")
        target = RESULTS / f"score-throughput-{machine_slug()}-{date}.md"
        target.parent.mkdir(exist_ok=True)
        options = f"--copies {copies} --workers {workers} --reward {reward} --peer-rows {peer_rows}"
        command = f"python benchmarks/score_throughput.py {data.name} {options}"
        title = f"# Throughput of `rewardkit score`, {date}\n\n    {command}\n\n"
        target.write_text(f"{title}{report}\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
