"""The symbolic tier as its callers see it: a pair in, a verdict out, within the limits.

Verdicts that don't depend on the machine's load are kept in a bounded cache, keyed by content.
"""

import os
import threading
from collections import OrderedDict

import msgspec

from rewardkit.types import Verdict
from rewardkit.verifiers.math.boxes import last_box
from rewardkit.verifiers.math.locate import locate
from rewardkit.verifiers.math.symbolic_job import STAGE_ANSWER, STAGE_REFERENCE, Job, Ruling
from rewardkit.worker_process import Outcome
from rewardkit.workers import Pool

CACHE_SIZE = 20_000
MODULE = "rewardkit.verifiers.math.symbolic_worker"
TRIES = 2
"""Times that a reference may run into a limit before it is given up, with all its rollouts."""

SHOWN = 80
"""Characters of a text that a reason shows."""

_pools: dict[int, Pool] = {}
_cache: OrderedDict[tuple[str, str, float, int, int], Verdict] = OrderedDict()
_hard: OrderedDict[tuple[str, float, int], int] = OrderedDict()
"""References that ran into a limit, and how often."""

_lock = threading.Lock()
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Ruling).decode


def judge(
    answer: str, reference: str, timeout_s: float, memory_mb: int, figures: int = 6
) -> Verdict:
    """Compare an answer with a reference in a worker process.

    A limit that is passed once the reference has been read and evaluated is the answer's doing:
    `answer_too_hard`. One that is passed before is `unreadable_reference`. Where the reference
    took more than half of the time, the worker hardly got the processor, or it was lost twice,
    the answer is not to blame: `undecided`.

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
        if _hard.get(key[1:4], 0) >= TRIES:
            return _given_up(answer)
    job = _encode(Job(*_texts(answer, reference), figures=figures))
    verdict = _verdict(
        answer, reference, _pool(memory_mb).run(job, timeout_s), timeout_s, memory_mb
    )
    with _lock:
        if verdict.rule not in ("timeout", "memory", "worker"):
            _cache[key] = verdict
            if len(_cache) > CACHE_SIZE:
                _cache.popitem(last=False)
        elif verdict.status == "unreadable_reference":
            _hard[key[1:4]] = _hard.get(key[1:4], 0) + 1
            if len(_hard) > CACHE_SIZE:
                _hard.popitem(last=False)
    return verdict


def _given_up(answer: str) -> Verdict:
    why = f"given up: it ran into a limit {TRIES} times while it was read"
    return Verdict("unreadable_reference", answer, None, "timeout", why)


def _texts(answer: str, reference: str) -> tuple[str, str, str, str]:
    """The two texts and what stands announced in them; the last box wins outright."""
    texts: list[str] = []
    announced: list[str] = []
    for text in (answer, reference):
        box = last_box(text)
        final = None if box is None or text is reference else locate(text)
        texts.append(text if box is None else box if final is None else final)
        announced.append("" if box is not None else locate(text) or "")
    # lone surrogates can't travel
    a, r, c, s = (text.encode("utf-8", "replace").decode() for text in texts + announced)
    return a, r, c, s


def clear_cache() -> None:
    """Forget all verdicts, and which references ran into a limit."""
    with _lock:
        _cache.clear()
        _hard.clear()


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
    if outcome.kind == "starved":
        why = f"the worker hardly got the processor in {timeout_s:g} s"
        return Verdict("undecided", answer, reference, "worker", why)
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
    if outcome.kind == "timeout" and outcome.stage_s > timeout_s / 2:
        why = f"{what}, {outcome.stage_s:.1f} s of it for the reference alone"
        return Verdict("undecided", answer, reference, rule, why)
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
