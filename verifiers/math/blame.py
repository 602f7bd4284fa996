"""The reference first: whether it reads decides what an answer may be blamed for.

A verdict that rests on the answer alone holds only against a reference that reads; and a reference
that the exact tier reads leaves no answer unjudged for being of another kind.
"""

from rewardkit.types import Verdict
from rewardkit.verifiers.math import exact, symbolic

_PROBE = "0"
"""An answer that any reference can be read against."""
_OF_ANSWER = frozenset(("no_answer", "unreadable_answer", "ambiguous_answer", "answer_too_hard"))


def reference_first(verdict: Verdict, reference: str, timeout_s: float, memory_mb: int) -> Verdict:
    """A verdict that was found from the answer alone, once the reference is known to read.

    Args:
        verdict: What the answer alone earns.
        reference: The reference's text, not empty.
        timeout_s: Wall-clock limit of the symbolic tier in seconds.
        memory_mb: Limit of a worker's memory, in MiB.

    Returns:
        The verdict; `unreadable_reference` where no answer could be compared with the reference,
        and `undecided` where a worker was lost over it.
    """
    if verdict.status not in _OF_ANSWER or exact.reads(reference):
        return verdict
    probe = symbolic.judge(_PROBE, reference, timeout_s, memory_mb)
    lost = probe.status == "undecided" and probe.rule == "worker"
    if probe.status != "unreadable_reference" and not lost:
        return verdict
    return Verdict(probe.status, verdict.answer, probe.reference, probe.rule, probe.reason)


def answer_judged(verdict: Verdict, answer: str, reference: str) -> Verdict:
    """A verdict of the symbolic tier, where the exact tier reads a reference that it does not.

    Returns:
        `wrong` where the answer reads as something of another kind, `unreadable_answer` where it
        has no reading, `undecided` where both are of one kind; any other verdict as it is.
    """
    if verdict.status == "undecided" and verdict.rule == "words":
        other = exact.same_kind(answer, reference) is False and exact.names_no_value(reference)
        if other:
            return Verdict("wrong", answer, reference, "kind", "a value where there is none")
    unread = verdict.status == "unreadable_reference" and verdict.rule in ("symbolic", "size")
    if not unread or not exact.reads(reference):
        return verdict
    same = exact.same_kind(answer, reference)
    if same is None:
        why = "can't be read, and the reference can"
        return Verdict("unreadable_answer", answer, reference, "kind", why)
    if same:
        return Verdict("undecided", answer, reference, "kind", "can't be told with certainty")
    return Verdict("wrong", answer, reference, "kind", "the reference is of another kind")
