"""How fast images are scored against texts, beside one pair at a time and torchmetrics.

    python benchmarks/perception_speed.py --size ViT-S-16

G replies a question share their image, as the rollouts of a training step do. Every way runs in a
process of its own on the same photos, texts and random weights; see docs/benchmarks.md.
"""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import torch
import typer
from clip_checkpoints import SIZES, Size, write_checkpoint, write_photos
from machine import describe_machine, machine_slug, versions
from perception_contenders import DTYPES, WAYS, Job, Pair, Taken

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("rewardkit", "torch", "transformers", "torchmetrics", "pillow")
WORDS = (
    "a temple roof behind the old trees with tourists walking under a grey sky, a flower with "
    "yellow petals in front of dark green leaves, two red lanterns hanging over the wooden gate"
).split()


def make_pairs(photos: Sequence[Path], group: int, words: int, seed: int) -> list[Pair]:
    """`group` texts for each photo, each another one; those of a photo beside each other."""
    draw = random.Random(seed)
    return [
        Pair(str(photo), " ".join(draw.choices(WORDS, k=words)))
        for photo in photos
        for _ in range(group)
    ]


def take(way: str, job: Path) -> Taken | str:
    """Run one way in a process of its own; its last line of error where it can't be run."""
    script = Path(__file__).with_name("perception_contenders.py")
    command = [sys.executable, str(script), way, str(job)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        lines = result.stderr.strip().splitlines() or [f"exit code {result.returncode}"]
        return lines[-1][:160]
    return msgspec.json.decode(result.stdout.strip().splitlines()[-1], type=Taken)


def matmul_rate(device: str, dtype: str, seconds: float = 1.0) -> float:
    """Floating-point operations a second of large matrix products on this device, the best seen."""
    side = 8192 if device == "cuda" else 1024
    a, b = (torch.randn(side, side, device=device, dtype=DTYPES[dtype]) for _ in range(2))
    best = 0.0
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        for _ in range(4):
            a @ b
        if device == "cuda":
            torch.cuda.synchronize()
        best = max(best, 4 * 2 * side**3 / (time.perf_counter() - began))
    return best


def benchmark(size: Size, job: Job, ways: Sequence[str], rounds: int) -> str:
    """Run every way `rounds` times in turn and give the table, the fastest round of each.

    Args:
        size: Of the model, for its floating-point operations.
        job: Whose pairs are scored.
        ways: Keys of `WAYS`; the first is the base of the ratios.
        rounds: At least 1.
    """
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(msgspec.json.encode(job))
        file.flush()
        taken = [[take(way, Path(file.name)) for way in ways] for _ in range(rounds)]
    results = [best(column) for column in zip(*taken, strict=True)]
    base = next(result for result in results if isinstance(result, Taken))
    lines = [
        "| way | pairs/s | images encoded | tower calls | peak MiB | largest difference | "
        "share of matmul rate | ratio of time |",
        "|---" + "|--:" * 7 + "|",
    ]
    rate = matmul_rate(job.device, job.dtype)
    for way, result in zip(ways, results, strict=True):
        if isinstance(result, str):
            lines.append(f"| {way} | doesn't run: `{result}` |" + " |" * 6)
            continue
        work = result.images * size.image_flop + len(job.pairs) * size.text_flop
        off = max(abs(a - b) for a, b in zip(result.cosines, base.cosines, strict=True))
        lines.append(
            f"| {way} | {len(job.pairs) / result.seconds:,.1f} | {result.images:,} "
            f"| {result.calls:,} | {result.peak_mib:,.0f} | {off:.1e} "
            f"| {work / result.seconds / rate:.0%} | {result.seconds / base.seconds:.1f} |"
        )
    return "\n".join([*lines, "", f"Matrix products: {rate / 1e12:.2f} Tflop/s."])


def best(column: Sequence[Taken | str]) -> Taken | str:
    """The fastest round, or why there is none."""
    finished = [result for result in column if isinstance(result, Taken)]
    return min(finished, key=lambda result: result.seconds) if finished else column[0]


def main(
    size: Annotated[str, typer.Option(help=f"One of {', '.join(SIZES)}.")] = "ViT-S-16",
    questions: Annotated[int, typer.Option(min=1, max=199, help="Images.")] = 64,
    group: Annotated[int, typer.Option(min=1, help="Replies to each.")] = 8,
    words: Annotated[int, typer.Option(min=1, help="Words of a reply.")] = 40,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    dtype: Annotated[Literal["float32", "bfloat16"], typer.Option()] = "float32",
    threads: Annotated[int, typer.Option(min=1, help="Threads of torch.")] = 2,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the fastest counts.")] = 3,
    seed: Annotated[int, typer.Option(help="Draws weights and texts.")] = 0,
    save: Annotated[bool, typer.Option(help="Also write the report to results/.")] = False,
) -> None:
    """Compare the speed of clip-score with scoring one pair at a time and with torchmetrics."""
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "clip"
        write_checkpoint(model, SIZES[size], seed)
        *photos, other = write_photos(Path(folder), questions + 1)
        pairs = make_pairs(photos, group, words, seed)
        job = Job(str(model), pairs, Pair(str(other), "a warm start"), device, dtype, threads)
        report = benchmark(SIZES[size], job, list(WAYS), rounds)
    date = time.strftime("%Y-%m-%d")
    command = (
        f"python benchmarks/perception_speed.py --size {size} --questions {questions} --group "
        f"{group} --words {words} --device {device} --dtype {dtype} --threads {threads} --rounds "
        f"{rounds} --seed {seed}"
    )
    where = describe_machine()
    if device == "cuda":
        where += f", {torch.cuda.get_device_name()}"
    page = (
        f"# Speed of image rewards, {size}, {date}\n\n    {command}\n\n{report}\n\n"
        f"{where}; {versions(PACKAGES)}.\n"
    )
    sys.stdout.write(page)
    if save:
        target = RESULTS / f"perception-speed-{size}-{device}-{machine_slug()}-{date}.md"
        target.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
