"""The worker's side of the symbolic tier: read both texts, compare, say what was found.

Runs in a process of its own (`rewardkit.worker_child`). The reference is read and evaluated
before the answer is looked at, and each stage is reported, so that a limit passed later is known
to be the answer's doing.
"""

import functools
import warnings
from collections.abc import Callable

import msgspec
import sympy

from rewardkit.verifiers.math.symbolic_compare import compare
from rewardkit.verifiers.math.symbolic_job import STAGE_ANSWER, STAGE_REFERENCE, Job, Ruling
from rewardkit.verifiers.math.symbolic_read import read_value
from rewardkit.verifiers.math.symbolic_terms import figures
from rewardkit.verifiers.math.symbolic_tokens import TooHard, Unreadable, tokenize
from rewardkit.verifiers.math.symbolic_values import Falsehood, Prose, Value
from rewardkit.verifiers.math.symbolic_walk import evaluates

MANY_WORDS = 3
"""A reference of more words can be said in others."""

_job = msgspec.msgpack.Decoder(Job)
_ruling = msgspec.msgpack.Encoder()


def handle(job: bytes, progress: Callable[[str], None], /) -> bytes:
    """Judge one pair; the worker's entry point."""
    pair = _job.decode(job)
    figures.set(pair.figures)
    return _ruling.encode(judge(pair, progress))


def judge(pair: Job, progress: Callable[[str], None] = lambda stage: None) -> Ruling:
    r"""Judge one pair.

    Args:
        pair: The texts.
        progress: Told `STAGE_REFERENCE` and `STAGE_ANSWER` when they are reached.

    >>> judge(Job(r"1+2\sqrt{3}", r"2\sqrt3+1")).status
    'correct'
    """
    wanted = _reference(pair.reference, pair.announced_reference)
    if isinstance(wanted, Ruling):
        same = _identical(pair.answer, pair.reference)
        return Ruling("correct", "identical", "") if same else wanted
    progress(STAGE_REFERENCE)
    try:
        given = _read(pair.answer, pair.announced_answer)
    except TooHard as error:
        return Ruling("answer_too_hard", "size", str(error), "answer")
    except Unreadable as error:
        return Ruling("unreadable_answer", "symbolic", str(error), "answer")
    progress(STAGE_ANSWER)
    if isinstance(wanted, Prose):
        return _words(given, wanted)
    if isinstance(given, Prose):
        return Ruling("wrong", "kind", "words against a formula")
    try:
        found = compare(given, wanted)
    except TooHard as error:
        return Ruling("answer_too_hard", "size", str(error), "answer")
    if found.same is None and evaluates(wanted) and not evaluates(given):
        return Ruling("answer_too_hard", "value", "no value that can be computed", "answer")
    if found.same is None:
        return Ruling("undecided", found.rule, "can't be told with certainty")
    if found.rule == "hedging":
        return Ruling("ambiguous_answer", "hedging", "several answers where one is asked for")
    return Ruling("correct" if found.same else "wrong", found.rule, "")


def _read(text: str, announced: str) -> Value:
    """Read a text, or what is announced in it."""
    try:
        value = read_value(text)
    except Unreadable:
        if not announced:
            raise
        return read_value(announced)
    return read_value(announced) if isinstance(value, Prose) and announced else value


def _identical(answer: str, reference: str) -> bool:
    """Whether two texts that can't be read are the same but for layout."""
    try:
        given, wanted = tokenize(answer), tokenize(reference)
    except TooHard:
        return False
    return bool(wanted) and given == wanted


def _words(given: Value, wanted: Prose) -> Ruling:
    """A reference in words: the same words are right, others wrong where they are few."""
    if isinstance(given, Prose) and given.words == wanted.words:
        return Ruling("correct", "words", "")
    if len(wanted.words) <= (MANY_WORDS if isinstance(given, Prose) else 1):
        return Ruling("wrong", "words", "")
    return Ruling("undecided", "words", "the reference is prose")


@functools.lru_cache(maxsize=512)
def _reference(text: str, announced: str) -> Value | Ruling:
    """Read a reference and evaluate whatever it holds; kept for its group."""
    try:
        value = _read(text, announced)
        evaluates(value)
    except TooHard as error:
        return Ruling("unreadable_reference", "size", str(error), "reference")
    except Unreadable as error:
        return Ruling("unreadable_reference", "symbolic", str(error), "reference")
    if isinstance(value, Falsehood):
        return Ruling("unreadable_reference", "symbolic", "an equation that is false", "reference")
    return value


def _warm_up() -> None:
    """Import and run the slow parts once, so that the first pair isn't the one to pay."""
    warnings.simplefilter("ignore")
    for text in ("\\sum_{k=1}^{3} k", "\\sqrt{2}+\\sin x", "(1, 2]"):
        judge(Job(text, text))
    sympy.core.cache.clear_cache()


_warm_up()
