"""How `rewardkit score --engine ray` compares with the local engine: speed, memory, same bytes.

    python benchmarks/ray_engine.py --rows 5000000 --shards 10

Rollouts are generated: replies to GSM8K's kind of question that end in `A: 72`, about 0.7 KB each.
"""

import filecmp
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from machine import core_count, describe_machine, machine_slug, versions
from process_tree import MIB, Run, size_of, watch

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("rewardkit", "ray", "pyarrow")
SHARES = (0.1, 0.5, 1.0)


def write_rollouts(folder: Path, rows: int, shards: int) -> int:
    """Write rollouts, spread evenly over shards of one folder; gives their size in bytes."""
    folder.mkdir()
    work = "First add the two numbers, then take the rest and write it down. " * 8
    for shard in range(shards):
        with (folder / f"part-{shard:05}.jsonl").open("w", encoding="utf-8") as stream:
            for k in range(shard * rows // shards, (shard + 1) * rows // shards):
                row = {
                    "id": f"r{k}",
                    "group": f"q{k // 8}",
                    "completion": f"{work}{k} and {k % 97} is {k + k % 97}.\nA: {k + k % 97}",
                    "reference": str(k + k % 97 + (k % 3 == 0)),
                }
                stream.write(json.dumps(row) + "\n")
    return sum(path.stat().st_size for path in folder.iterdir())


def run_score(source: Path, output: Path, engine: str, workers: int) -> Run:
    """Run the real command and watch its memory; its progress is the size of its output."""
    command = [sys.executable, "-m", "rewardkit", "score", str(source), "-o", str(output)]
    command += ["-r", "gsm8k", "--engine", engine, "--workers", str(workers), "--quiet"]
    run = watch(command, lambda: size_of([Path(f"{output}.partial") / "output", output]), 0.5)
    if run.exit_code != 0:
        raise SystemExit(f"rewardkit score ended with exit code {run.exit_code}")
    return run


def peaks(run: Run, size: int) -> str:
    """Peak of the resident memory at some shares of the output, in MiB."""
    found = [
        max((one.rss for one in run.samples if one.done <= share * size), default=0) / MIB
        for share in SHARES
    ]
    return " | ".join(f"{peak:,.0f}" for peak in found)


def benchmark(rows: int, shards: int, workers: int) -> str:
    """Run both engines on the same rollouts and give the report as Markdown."""
    lines = [
        "| engine | rollouts | s | rollouts/s | MiB at 10% | at 50% | at 100% | ratio |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    with tempfile.TemporaryDirectory(prefix="rewardkit-bench-") as name:
        folder = Path(name)
        size = write_rollouts(folder / "in", rows, shards)
        local_s = 0.0
        for engine in ("local", "ray"):
            output = folder / f"{engine}.jsonl"
            run = run_score(folder / "in", output, engine, workers)
            local_s = local_s or run.seconds
            memory = peaks(run, output.stat().st_size)
            lines.append(
                f"| {engine}, {workers} workers | {rows:,} | {run.seconds:.1f} | "
                f"{rows / run.seconds:,.0f} | {memory} | {local_s / run.seconds:.2f} |"
            )
        for ending in ("", ".meta.json"):
            ours, theirs = (folder / f"{engine}.jsonl{ending}" for engine in ("ray", "local"))
            if not filecmp.cmp(ours, theirs, shallow=False):
                raise SystemExit(f"the engines' outputs{ending} differ")
    return "\n\n".join(
        [
            f"{rows:,} rollouts in {shards} shards, {size / MIB:,.0f} MiB, reward `gsm8k`; the "
            "outputs and side-cars are the same to the byte.",
            "\n".join(lines),
            f"{describe_machine()}; {versions(PACKAGES)}.",
        ]
    )


def main(
    rows: Annotated[int, typer.Option(min=1, help="Rollouts.")] = 5_000_000,
    shards: Annotated[int, typer.Option(min=1, help="Files that they are spread over.")] = 10,
    workers: Annotated[int, typer.Option(min=0, help="Processes that score; 0: one a core.")] = 0,
    save: Annotated[bool, typer.Option(help="Also write the report to results/.")] = False,
) -> None:
    """Compare the two engines."""
    workers = workers or core_count()
    report = benchmark(rows, shards, workers)
    print(report)
    if save:
        date = time.strftime("%Y-%m-%d")
        target = RESULTS / f"ray-engine-{machine_slug()}-{date}.md"
        command = f"python benchmarks/ray_engine.py --rows {rows} --shards {shards}"
        title = f"# `rewardkit score --engine ray`, {date}\n\n    {command} --workers {workers}\n\n"
        target.write_text(f"{title}{report}\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
