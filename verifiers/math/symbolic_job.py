"""What goes to a symbolic worker and what comes back."""

from typing import Literal

import msgspec

from rewardkit.types import Status

STAGE_REFERENCE = "reference read"
STAGE_ANSWER = "answer read"


class Job(msgspec.Struct, frozen=True, array_like=True):
    """One pair to compare; the second text of a side is read where the first can't be.

    Attributes:
        answer: The answer's text.
        reference: The reference's text.
        announced_answer: What the answer announces within a sentence, empty when nothing.
        announced_reference: The same of the reference.
        figures: Significant digits that a decimal answer must give of an exact reference.
    """

    answer: str
    reference: str
    announced_answer: str = ""
    announced_reference: str = ""
    figures: int = 6


class Ruling(msgspec.Struct, frozen=True, array_like=True):
    """What the worker says about a pair.

    Attributes:
        status: As in [`Verdict`][rewardkit.types.Verdict].
        rule: The comparison that decided.
        reason: One line for a person.
        side: Whose text the reason is about, where it is one side's.
    """

    status: Status
    rule: str
    reason: str
    side: Literal["answer", "reference", ""] = ""
