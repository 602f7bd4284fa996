"""How fast `rewardkit serve` answers, how late at worst, and whether its memory stays.

    python benchmarks/serve_load.py --requests 200000

Every hundredth request brings a hostile reply, and the latencies are those of the others. Scoring
in process, the peer, is `rewardkit.score` in a loop over the same batches on one core.
"""

import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import httpx
import psutil
import typer
from machine import core_count, describe_machine, machine_slug, versions
from process_tree import MIB, tree_rss

from rewardkit import score
from rewardkit.rewards import load_reward

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("rewardkit", "fastapi", "uvicorn", "httpx")
SIZES = (1, 8, 64)
HOSTILE = ("A: 9^{9^{9^{9}}}", "A: " + "(" * 20_000, "A: 10^{10^{10}}!", "A: " + "9" * 20_000)
HOSTILE_EVERY = 100
SHARES = (0.1, 0.5, 1.0)


class Load(NamedTuple):
    """What came of many requests of one size.

    Attributes:
        size: Rollouts of a request.
        requests: How many were sent.
        seconds: Wall clock for all.
        latencies_s: Of the requests without a hostile reply, sorted.
        hostile_s: The longest of the others, 0.0 where there was none.
        failed: Requests that were not answered with 200.
        cpu_s: Processor time that the server and its workers took; it says more than the clock
            on a machine that others use, too.
    """

    size: int
    requests: int
    seconds: float
    latencies_s: list[float]
    hostile_s: float
    failed: int
    cpu_s: float

    def quantile_ms(self, share: float) -> float:
        """Latency below which a share of the requests stayed, in milliseconds."""
        index = min(len(self.latencies_s) - 1, int(share * len(self.latencies_s)))
        return 1000 * self.latencies_s[index]


def bodies(size: int) -> Iterator[tuple[bytes, bool]]:
    """Requests without end, and whether each is a hostile one."""
    fair = [json.dumps(batch(size, start)).encode() for start in range(50)]
    spoilt = []
    for text in HOSTILE:
        rows = batch(size, 0)
        rows["rollouts"][0]["completion"] = text
        spoilt.append(json.dumps(rows).encode())
    spoiling = itertools.cycle(spoilt)
    for number, body in enumerate(itertools.cycle(fair), start=1):
        hostile = number % HOSTILE_EVERY == 0
        yield (next(spoiling) if hostile else body), hostile


def batch(size: int, start: int) -> dict[str, list[dict[str, str]]]:
    """Rollouts as a policy writes them: right, wrong, and of some length."""
    numbers = range(start, start + size)
    return {
        "rollouts": [
            {"completion": f"{'First we add. ' * 20}\nA: {n}", "reference": str(n - n % 2)}
            for n in numbers
        ]
    }


def tree_cpu_s(tree: psutil.Process) -> float:
    """Processor time of a process and those below it, in seconds."""
    family = [tree, *tree.children(recursive=True)]
    times = [member.cpu_times() for member in family]
    return float(sum(one.user + one.system for one in times))


async def load(url: str, tree: psutil.Process, size: int, requests: int, clients: int) -> Load:
    """Send requests of one size, as many at a time as there are clients."""
    cpu_before_s = tree_cpu_s(tree)
    asked = itertools.islice(bodies(size), requests)
    latencies: list[float] = []
    hostile_s: list[float] = [0.0]
    failed = 0

    async def ask(client: httpx.AsyncClient) -> None:
        nonlocal failed
        for body, hostile in asked:
            began = time.perf_counter()
            answer = await client.post("/score", content=body)
            (hostile_s if hostile else latencies).append(time.perf_counter() - began)
            failed += answer.status_code != 200

    headers = {"Content-Type": "application/json"}
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            client = httpx.AsyncClient(base_url=url, headers=headers, timeout=120)
            group.create_task(ask(client))
    seconds = time.perf_counter() - began
    cpu_s = tree_cpu_s(tree) - cpu_before_s
    return Load(size, requests, seconds, sorted(latencies), max(hostile_s), failed, cpu_s)


def in_process(size: int, seconds: float = 2.0) -> float:
    """Rollouts a second of scoring the same batches in this process."""
    reward = load_reward("gsm8k")
    batches = [batch(size, start)["rollouts"] for start in range(50)]
    score(batches[0], reward)
    done, began = 0, time.perf_counter()
    for rows in itertools.cycle(batches):
        score(rows, reward)
        done += size
        if time.perf_counter() - began > seconds:
            return done / (time.perf_counter() - began)
    raise AssertionError  # the cycle has no end


def start(workers: int) -> tuple[subprocess.Popen[str], str]:
    """Start the real command and wait until it is ready."""
    command = [sys.executable, "-m", "rewardkit", "serve", "--reward", "gsm8k", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--workers", str(workers), "--quiet"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    while httpx.get(f"{url}/ready").status_code != 200:
        time.sleep(0.1)
    return process, url


def watch_memory(url: str, tree: psutil.Process, requests: int, clients: int) -> str:
    """Send many requests of one rollout; the resident memory at some points of the way."""
    lines = ["| requests | server and workers, MiB | failed | p99, ms |", "|---|---|---|---|"]
    done = 0
    for share in SHARES:
        some = asyncio.run(load(url, tree, 1, int(share * requests) - done, clients))
        done = int(share * requests)
        rss = tree_rss(tree) / MIB
        lines.append(f"| {done:,} | {rss:,.0f} | {some.failed} | {some.quantile_ms(0.99):.1f} |")
    return "\n".join(lines)


def speed_table(loads: Sequence[Load], workers: int) -> str:
    """One line a size; `ratio` is the rate of rollouts to that of scoring in process."""
    head = "batch|requests/s|rollouts/s|p50, ms|p99, ms|hostile, ms|failed|CPU, ms/request|ratio"
    lines = [f"| {' | '.join(head.split('|'))} |", "|---" * 9 + "|"]
    for one in loads:
        rate = one.requests / one.seconds
        peer = in_process(one.size)
        cells = [
            f"{one.size}",
            f"{rate:,.0f}",
            f"{rate * one.size:,.0f}",
            f"{one.quantile_ms(0.5):.1f}",
            f"{one.quantile_ms(0.99):.1f}",
            f"{1000 * one.hostile_s:,.0f}",
            f"{one.failed}",
            f"{1000 * one.cpu_s / one.requests:.2f}",
            f"{rate * one.size / peer:.2f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def benchmark(requests: int, speed_requests: int, workers: int, clients: int) -> str:
    """Run all of it and give the report as Markdown."""
    process, url = start(workers)
    try:
        tree = psutil.Process(process.pid)
        loads = [
            asyncio.run(
                load(url, tree, size, max(clients, speed_requests // (1 + size // 8)), clients)
            )
            for size in SIZES
        ]
        memory = watch_memory(url, tree, requests, clients)
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait()
    return "\n\n".join(
        [
            f"{workers} workers, {clients} clients in one Python process on the same machine, "
            f"reward `gsm8k`, 1 request in {HOSTILE_EVERY} with a hostile reply. "
            f"The server ended with exit code {code}.",
            speed_table(loads, workers),
            memory,
            f"{describe_machine()}, load {os.getloadavg()[0]:.1f}; {versions(PACKAGES)}.",
        ]
    )


def main(
    requests: Annotated[int, typer.Option(min=100, help="Of one rollout, for the memory.")] = 5000,
    speed_requests: Annotated[int, typer.Option(min=10, help="For the speed of each size.")] = 2000,
    workers: Annotated[int, typer.Option(min=0, help="Processes that score; 0: one a core.")] = 0,
    clients: Annotated[int, typer.Option(min=1, help="Requests at a time.")] = 16,
    save: Annotated[bool, typer.Option(help="Also write the report to results/.")] = False,
) -> None:
    """Put `rewardkit serve` under load."""
    workers = workers or core_count()
    report = benchmark(requests, speed_requests, workers, clients)
    print(report)
    if save:
        date = time.strftime("%Y-%m-%d")
        target = RESULTS / f"serve-load-{machine_slug()}-{date}.md"
        target.parent.mkdir(exist_ok=True)
        options = f"--requests {requests} --speed-requests {speed_requests} --workers {workers}"
        command = f"python benchmarks/serve_load.py {options} --clients {clients}"
        title = f"# `rewardkit serve` under load, {date}\n\n    {command}\n\n"
        target.write_text(f"{title}{report}\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
