"""The data model: what goes into a reward and what comes out of it."""

import math
from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from rewardkit.errors import VerifierError

Reference: TypeAlias = str | int | float | list[Any] | dict[str, Any] | None
"""What is right; its form depends on the task. None where a rollout has no reference."""

Status: TypeAlias = Literal[
    "correct",
    "wrong",
    "no_answer",
    "ambiguous_answer",
    "unreadable_answer",
    "answer_too_hard",
    "unreadable_reference",
    "undecided",
]
"""How a verdict ends. The last two are not the policy's doing and never turned into a number."""

NOT_JUDGED: frozenset[str] = frozenset({"unreadable_reference", "undecided"})


class ContentPart(msgspec.Struct, frozen=True):
    """One piece of a multi-modal chat message; pieces that are not text carry no `text`."""

    type: str = "text"
    text: str = ""


class Message(msgspec.Struct, frozen=True):
    """One chat message, as every chat template has it."""

    role: str
    content: str | list[ContentPart] | None = None

    @property
    def text(self) -> str:
        """The message's text; pieces of content are joined without a separator."""
        if self.content is None:
            return ""
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text for part in self.content)


class Rollout(msgspec.Struct, frozen=True, kw_only=True):
    """One reply of a policy to one prompt, with what is needed to judge it.

    Fields are those of a line of the JSONL format; `extra` holds its other fields, untouched.

    >>> Rollout(completion="A: 72", reference="72").text
    'A: 72'
    """

    completion: str | list[Message]
    id: str = ""
    group: str = ""
    prompt: str | list[Message] = ""
    reference: Reference = None
    task: str = "math"
    choices: list[str] = []
    images: list[Any] = []
    keywords: list[str] = []
    completion_tokens: Annotated[int, msgspec.Meta(ge=0)] | None = None
    truncated: bool = False
    extra: dict[str, Any] = {}

    @property
    def text(self) -> str:
        """The reply: the completion, or of chat messages the last assistant content."""
        if isinstance(self.completion, str):
            return self.completion
        for message in reversed(self.completion):
            if message.role == "assistant":
                return message.text
        return ""

    @property
    def prompt_text(self) -> str:
        """The prompt as one text; chat messages are joined by a line break."""
        if isinstance(self.prompt, str):
            return self.prompt
        return "\n".join(message.text for message in self.prompt)


class Score(msgspec.Struct, frozen=True):
    """What a rollout is worth, and why.

    Attributes:
        value: A finite number, or None for 'not judged', which is never turned into 0.
        reason: One line for a person.
        parts: The scores that this one was made of, by name.

    Raises:
        VerifierError: When value is NaN or infinite.

    >>> Score(1.0, "6/8 = 3/4").judged
    True
    >>> Score(None, "reference is empty").judged
    False
    """

    value: float | None
    reason: str = ""
    parts: dict[str, "Score"] = {}

    def __post_init__(self) -> None:
        """Refuse what would poison a mean or an advantage."""
        if self.value is not None and not math.isfinite(self.value):
            raise VerifierError(f"score: expected a finite value or None, got {self.value!r}")

    @property
    def judged(self) -> bool:
        """Whether there is a value."""
        return self.value is not None


class Verdict(msgspec.Struct, frozen=True):
    """Whether an answer is right, and why.

    Attributes:
        status: See [`Status`][rewardkit.types.Status].
        answer: The answer as it was read, None where there was none.
        reference: The reference as it was read, None where it could not be.
        rule: Short name of the comparison that decided, such as `fraction` or `letter`.
        reason: One line for a person: what was compared with what.

    >>> Verdict("correct", "6/8", "3/4", "fraction", "6/8 = 3/4").value
    1.0
    >>> Verdict("undecided", "6/8", "3/4", "timeout", "5 s passed").value is None
    True
    """

    status: Status
    answer: str | None = None
    reference: str | None = None
    rule: str = ""
    reason: str = ""

    @property
    def value(self) -> float | None:
        """1.0 for correct, 0.0 for what is the policy's doing, None for 'not judged'."""
        if self.status in NOT_JUDGED:
            return None
        return 1.0 if self.status == "correct" else 0.0

    @property
    def correct(self) -> bool:
        """Whether the status is `correct`."""
        return self.status == "correct"


Rollouts: TypeAlias = Sequence[Rollout]
