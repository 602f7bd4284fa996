"""A finding as a verdict that says what was compared."""

from rewardkit.types import Status, Verdict
from rewardkit.verifiers.math.numbers import Finding

SHOWN = 60
"""Characters of an answer or reference that a reason shows."""


def verdict_of(found: Finding, answer: str, reference: str) -> Verdict:
    """The verdict that a finding comes to, with its reason in one line."""
    status: Status = "correct" if found.equal else "ambiguous_answer" if found.hedge else "wrong"
    shown = f"{short(answer)} {'=' if found.equal else 'is not'} {short(reference)}"
    reason = f"{shown} ({found.note})" if found.note else shown
    return Verdict(status, answer, reference, found.rule, reason)


def short(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text[: 4 * SHOWN].split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"
