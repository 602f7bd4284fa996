"""The verdicts that all verifiers give alike: nothing to judge, or too much."""

from rewardkit.types import Reference, Verdict
from rewardkit.verifiers.cleaning import show


def bad_reference(reference: Reference, expected: str) -> Verdict:
    """A reference that cannot be read: the rollout is not judged.

    Args:
        reference: What the rollout has.
        expected: What could have been read, for the reason.

    >>> bad_reference(True, "a letter").reason
    'reference: expected a letter, got True'
    """
    got = show(reference) if isinstance(reference, str) else _short(reference)
    return Verdict(
        "unreadable_reference",
        rule="reference",
        reason=f"reference: expected {expected}, got {got}",
    )


def _short(reference: Reference) -> str:
    """Numbers and None in full, of a list or an object only its type and size."""
    if isinstance(reference, list | dict):
        return f"a {type(reference).__name__} of {len(reference)}"
    if isinstance(reference, int) and abs(reference) >= 10**80:
        return "an integer of more than 80 digits"
    return repr(reference)


def no_answer(reference: str) -> Verdict:
    """An answer that is empty or blank.

    >>> no_answer("dog").status
    'no_answer'
    """
    return Verdict("no_answer", None, reference, "empty", "the answer is empty")


def too_long(answer: str, reference: str, limit: int) -> Verdict:
    """An answer over the size limit, in characters: worth 0, and not read.

    >>> too_long("x" * 9, "dog", 8).reason
    'the answer has 9 characters, the limit is 8'
    """
    reason = f"the answer has {len(answer)} characters, the limit is {limit}"
    return Verdict("answer_too_hard", None, reference, "size", reason)


def refused(answer: str, reference: str, limit: int) -> Verdict | None:
    """The verdict on an answer that is blank or over the limit, else None.

    >>> refused("  ", "dog", 8).status
    'no_answer'
    >>> refused("cat", "dog", 8) is None
    True
    """
    if not answer or answer.isspace():
        return no_answer(reference)
    return too_long(answer, reference, limit) if len(answer) > limit else None
