"""What a preference model is asked, and what may come of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from rewardkit.rewards.images.source import ReadImage
from rewardkit.rewards.judging.classifier import Logits


class Plan(NamedTuple):
    """A conversation to score.

    Attributes:
        text: In the model's chat template.
        images: What it shows, in order.
        unanswered: Makes the same conversation with an empty reply; None where there is no such.
        shorter: Makes the same conversation without so many characters of its prompt, or None
            where there is no such; None where nothing may be left out.
        most: Characters that can be left out.
    """

    text: str
    images: tuple[ReadImage, ...]
    unanswered: Callable[[], str | None]
    shorter: Callable[[int], str | None] | None = None
    most: int = 0

    @property
    def key(self) -> str:
        """Equal for equal conversations."""
        names = "\0".join(image.key for image in self.images)
        return hashlib.sha256(f"{names}\0\0{self.text}".encode("utf-8", "replace")).hexdigest()


class Read(NamedTuple):
    """What a model gave for a conversation.

    Attributes:
        logits: One for each label.
        tokens: How long the conversation was.
        dropped: Characters of the prompt that were left out.
    """

    logits: Logits
    tokens: int
    dropped: int = 0


class Overlong(NamedTuple):
    """A conversation that a model can't take whole.

    Attributes:
        reason: What was too much.
        by_reply: Whether the model could take it with an empty reply.
    """

    reason: str
    by_reply: bool


Outcome: TypeAlias = Read | Overlong | str
"""A sentence where there is nothing for another reason."""
