"""What a template reads out of a reply: sections, faults, the answer."""

from typing import Literal, TypeAlias

import msgspec

from rewardkit.types import Status

FaultKind: TypeAlias = Literal[
    "missing",
    "repeated",
    "empty",
    "out_of_order",
    "text_outside",
    "unclosed",
    "unopened",
    "nested",
    "parroted",
    "unreadable",
    "crowded",
    "truncated",
]
"""What can be wrong with a reply's form; docs/templates.md says when each is reported."""

AnswerStatus: TypeAlias = Literal["found", "no_answer", "ambiguous_answer", "unreadable_answer"]
"""How the search for the answer ended. All but `found` are statuses of a verdict as well."""


class Section(msgspec.Struct, frozen=True):
    """One complete section of a reply.

    Attributes:
        name: The section's name in the template.
        text: What stands between its markers, untouched: `reply[start:end]`.
        start: Offset of the first character, in characters of the reply.
        end: Offset behind the last character.

    >>> Section("answer", "7", 8, 9).text
    '7'
    """

    name: str
    text: str
    start: int
    end: int


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong with a reply's form, and its place.

    Attributes:
        kind: See [`FaultKind`][rewardkit.templates.parsed.FaultKind].
        section: The section at fault; empty where the fault belongs to none.
        start: Offset of the place, in characters of the reply.
        end: Offset behind the place.
        message: One line for a person, without the place.

    >>> str(Fault("text_outside", "", 9, 12, "text outside the sections"))
    'text outside the sections (at 9-12)'
    """

    kind: FaultKind
    section: str
    start: int
    end: int
    message: str

    def __str__(self) -> str:
        """The message with its place."""
        return f"{self.message} (at {self.start}-{self.end})"


class Answer(msgspec.Struct, frozen=True):
    """The answer that a reply states, or why there is none.

    Attributes:
        status: See [`AnswerStatus`][rewardkit.templates.parsed.AnswerStatus].
        text: The answer without white space around it; empty unless the status is `found`.
        start: Offset of the answer in characters of the reply, -1 where it has no place.
        end: Offset behind the answer, -1 where it has no place.
        reason: One line for a person; empty when the status is `found`.

    >>> Answer("found", "7", 8, 9).found
    True
    """

    status: AnswerStatus
    text: str = ""
    start: int = -1
    end: int = -1
    reason: str = ""

    @property
    def found(self) -> bool:
        """Whether there is one answer."""
        return self.status == "found"

    @property
    def verdict_status(self) -> Status | None:
        """The verdict that no answer leads to, None where a verifier has to judge."""
        return None if self.status == "found" else self.status


class Parsed(msgspec.Struct, frozen=True):
    """A reply as a template reads it.

    Attributes:
        sections: The complete sections in the order of the reply; repeated ones each.
        faults: What is wrong, by place; at most the first 20 that were met.
        answer: The answer, or why there is none.
        fault_count: How many faults there are, listed or not.
        flawed: Names of the sections that have a fault; the empty name stands for faults of none.

    >>> Parsed((Section("answer", "7", 8, 9),), (), Answer("found", "7", 8, 9)).section("think")
    """

    sections: tuple[Section, ...]
    faults: tuple[Fault, ...]
    answer: Answer
    fault_count: int = 0
    flawed: frozenset[str] = frozenset()

    @property
    def well_formed(self) -> bool:
        """Whether nothing is wrong with the reply's form."""
        return self.fault_count == 0

    def section(self, name: str) -> Section | None:
        """The section of this name; of several the last, None where there is none."""
        for section in reversed(self.sections):
            if section.name == name:
                return section
        return None
