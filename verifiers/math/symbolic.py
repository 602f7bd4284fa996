"""The symbolic tier as its callers see it: a pair in, a verdict out, within the limits.

Verdicts that don't depend on the machine's load are kept in a bounded cache, keyed by content.
"""

import os
import threading
from collections import OrderedDict

import msgspec

from rewardkit.types import Verdict
from rewardkit.verifiers.math.locate import last_box, locate
from rewardkit.verifiers.math.symbolic_job import STAGE_ANSWER, STAGE_REFERENCE, Job, Ruling
from rewardkit.worker_process import Outcome
from rewardkit.workers import Pool

CACHE_SIZE = 20_000
MODULE = "rewardkit.verifiers.math.symbolic_worker"
SHOWN = 80
"""Characters of a text that a reason shows."""

_pools: dict[int, Pool] = {}
_cache: OrderedDict[tuple[str, str, float, int, int], Verdict] = OrderedDict()
_lock = threading.Lock()
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Ruling).decode


def judge(
    answer: str, reference: str, timeout_s: float, memory_mb: int, figures: int = 6
) -> Verdict:
    """Compare an answer with a reference in a worker process.

    A limit that is passed once the reference has been read and evaluated is the answer's doing:
    `answer_too_hard`. One that is passed before is `unreadable_reference`, and a worker that is
    lost twice is `undecided`.

    Args:
        answer: The answer's text, not empty.
        reference: The reference's text, not empty.
        timeout_s: Wall-clock limit in seconds, waiting for a free worker aside.
        memory_mb: Limit of a worker's memory, in MiB.
        figures: Significant digits that a decimal answer must give of an exact reference.

    Raises:
        VerifierError: When no worker can be started.
    """
    key = (answer, reference, timeout_s, memory_mb, figures)
    with _lock:
        known = _cache.get(key)
        if known is not None:
            _cache.move_to_end(key)
            return known
    job = _encode(Job(*_texts(answer, reference), figures=figures))
    verdict = _verdict(
        answer, reference, _pool(memory_mb).run(job, timeout_s), timeout_s, memory_mb
    )
    if verdict.rule not in ("timeout", "memory", "worker"):
        with _lock:
            _cache[key] = verdict
            if len(_cache) > CACHE_SIZE:
                _cache.popitem(last=False)
    return verdict


def _texts(answer: str, reference: str) -> tuple[str, str, str, str]:
    """The two texts and what stands announced in them; the last box wins outright."""
    texts: list[str] = []
    announced: list[str] = []
    for text in (answer, reference):
        box = last_box(text)
        texts.append(text if box is None else box)
        announced.append("" if box is not None else locate(text) or "")
    # lone surrogates can't travel
    a, r, c, s = (text.encode("utf-8", "replace").decode() for text in texts + announced)
    return a, r, c, s


def clear_cache() -> None:
    """Forget all verdicts."""
    with _lock:
        _cache.clear()


def _pool(memory_mb: int) -> Pool:
    with _lock:
        pool = _pools.get(memory_mb)
        if pool is None:
            pool = _pools[memory_mb] = Pool(MODULE, memory_mb=memory_mb)
        return pool


def _verdict(
    answer: str, reference: str, outcome: Outcome, timeout_s: float, memory_mb: int
) -> Verdict:
    if outcome.kind == "done":
        ruling = _decode(outcome.payload)
        return Verdict(
            ruling.status,
            answer,
            reference,
            ruling.rule or "symbolic",
            _reason(answer, reference, ruling),
        )
    if outcome.kind == "died":
        return Verdict(
            "undecided", answer, reference, "worker", "the worker process was lost twice"
        )
    what = {
        "timeout": f"the limit of {timeout_s:g} s passed",
        "memory": f"the limit of {memory_mb} MiB passed",
        "failed": f"sympy gave up ({outcome.payload.decode('utf-8', 'replace')})",
    }[outcome.kind]
    rule = {"timeout": "timeout", "memory": "memory", "failed": "symbolic"}[outcome.kind]
    if outcome.stage not in (STAGE_REFERENCE, STAGE_ANSWER):
        return Verdict(
            "unreadable_reference", answer, None, rule, f"{what} while the reference was read"
        )
    if outcome.kind == "failed":  # the reference alone was fine
        return Verdict("unreadable_answer", answer, reference, rule, what)
    where = (
        "the answer was read"
        if outcome.stage == STAGE_REFERENCE
        else "it was compared with the reference"
    )
    return Verdict("answer_too_hard", answer, reference, rule, f"{what} while {where}")


def _reason(answer: str, reference: str, ruling: Ruling) -> str:
    if ruling.side:
        text = answer if ruling.side == "answer" else reference
        return f"{ruling.side} {_short(text)}: {ruling.reason}"
    sign = {"correct": "=", "wrong": "≠"}.get(ruling.status, "against")
    text = f"{ruling.rule}: {_short(answer)} {sign} {_short(reference)}"
    return f"{text}, {ruling.reason}" if ruling.reason else text


def _short(text: str) -> str:
    text = " ".join(text[: 4 * SHOWN].split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _forget() -> None:
    """In a forked child: another thread may have held the lock."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
