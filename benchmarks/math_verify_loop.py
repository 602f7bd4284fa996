"""The peer: a plain loop over math-verify, as its README shows it, in one process.

Source: https://github.com/huggingface/Math-Verify.
"""

import functools
import logging
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from math_verify import parse, verify


class Row(NamedTuple):
    """One rollout: the reply, the right number, and its label where there is one."""

    completion: str
    reference: str
    correct: bool | None


class LoopResult(NamedTuple):
    """What a loop found, and how long it took: wall clock and processor time, in seconds."""

    correct: list[bool]
    seconds: float
    cpu_s: float


def stated_answer(completion: str) -> str:
    r"""The text behind the last `A:`, the whole reply without one.

    >>> stated_answer("16 - 7 = 9\nA: 9")
    '9'
    """
    return completion.rpartition("A:")[2].strip()


def run_loop(rows: Sequence[Row], *, parse_once: bool) -> LoopResult:
    """Judge each row with math-verify.

    Args:
        rows: Any number of rows.
        parse_once: Parse each distinct reference once, which a careful caller would do.
    """
    logging.getLogger("math_verify").setLevel(logging.CRITICAL)
    read: Callable[[str], object] = functools.cache(parse) if parse_once else parse
    verify(parse("1"), parse("1"))  # what it imports and compiles on first use is not counted
    started, cpu_before = time.perf_counter(), time.process_time()
    correct = [
        bool(verify(read(row.reference), parse(stated_answer(row.completion)))) for row in rows
    ]
    seconds = time.perf_counter() - started
    return LoopResult(correct, seconds, time.process_time() - cpu_before)
