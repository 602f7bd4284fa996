"""Run a command and watch how much memory it and all its children hold."""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

MIB = 2**20


class Sample(NamedTuple):
    """One look at a process tree.

    Attributes:
        done: Whatever the caller measures progress by; bytes of output, say.
        rss: Resident memory of all processes together, in bytes. Pages that they share count
            once for each process.
    """

    done: int
    rss: int


class Run(NamedTuple):
    """A finished command.

    Attributes:
        exit_code: As it left it.
        seconds: Wall clock.
        cpu_s: Processor time of all its processes, in seconds; 0.0 where the system doesn't tell.
        samples: In the order of time.
    """

    exit_code: int
    seconds: float
    cpu_s: float
    samples: list[Sample]


def tree_rss(process: psutil.Process) -> int:
    """Resident memory of a process and all below it, in bytes; 0 once it has ended."""
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    total = 0
    for member in family:
        try:
            total += member.memory_info().rss
        except psutil.NoSuchProcess:  # it ended between the two looks
            continue
    return total


def watch(command: Sequence[str], progress: Callable[[], int], interval_s: float = 0.1) -> Run:
    """Run a command to its end and sample its process tree.

    Args:
        command: Program and arguments; what it prints on stderr comes through.
        progress: Called with each sample.
        interval_s: Seconds between two samples.
    """
    started, cpu_before = time.perf_counter(), children_cpu_s()
    samples: list[Sample] = []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        tree = psutil.Process(child.pid)
        while True:
            sample = Sample(progress(), tree_rss(tree))
            if sample.rss:
                samples.append(sample)
            try:
                exit_code = child.wait(interval_s)
            except subprocess.TimeoutExpired:
                continue
            seconds = time.perf_counter() - started
            return Run(exit_code, seconds, children_cpu_s() - cpu_before, samples)


def children_cpu_s() -> float:
    """Processor time of all processes below this one that have ended, in seconds."""
    times = os.times()
    return times.children_user + times.children_system


def size_of(paths: Sequence[Path]) -> int:
    """Bytes of the first of these files that exists, 0 where none does."""
    for path in paths:
        try:
            return path.stat().st_size
        except FileNotFoundError:
            continue
    return 0


def peak_until(samples: Sequence[Sample], share: float, total: int) -> int:
    """The largest resident memory up to a share of the whole way.

    Args:
        samples: In the order of time.
        share: Of the way, in [0, 1].
        total: What `done` is at the end; positive.

    Returns:
        Bytes; 0 without a sample up to there.

    >>> peak_until([Sample(0, 10), Sample(48, 20), Sample(90, 30)], 0.5, 100)
    20
    """
    return max((sample.rss for sample in samples if sample.done <= share * total), default=0)
