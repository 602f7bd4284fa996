"""What keeps a question from being put to a policy, found before a reply is paid for."""

from typing import Any

import msgspec

from rewardkit.generation.policy import sees
from rewardkit.plural import counted
from rewardkit.types import Rollout


class RefusedQuestion(msgspec.Struct, frozen=True):
    """A line of the file of rejected questions.

    Attributes:
        id: The question.
        field: What is wrong with it.
        reason: What was expected, and what was got.
    """

    id: str
    field: str
    reason: str

    def __str__(self) -> str:
        """The one line that a person reads."""
        return f"question '{self.id}': field '{self.field}': {self.reason}"


def refusal_of(row: Rollout, processor: Any) -> RefusedQuestion | None:  # noqa: ANN401 - any kind
    """Say why a question can't be put to a policy; whether its images can be read is not looked at.

    Args:
        row: The question.
        processor: The policy's processor, or its tokenizer.

    Returns:
        None where it can.

    >>> str(refusal_of(Rollout(completion="", id="q", prompt=" "), None))
    "question 'q': field 'prompt': expected a question, got an empty text"
    """
    field, reason = "prompt", ""
    if not row.prompt_text.strip():
        reason = "expected a question, got an empty text"
    elif row.images and not sees(processor):
        field = "images"
        got = counted(len(row.images), "image")
        reason = f"expected none, as the model takes text alone, got {got}"
    else:
        reason = _fault_of_messages(row) or _fault_of_marks(row, processor)
    return RefusedQuestion(row.id, field, reason) if reason else None


def _fault_of_messages(row: Rollout) -> str:
    """The template's words and the images go to a message of the user, so there has to be one."""
    if isinstance(row.prompt, str):
        return ""
    roles = [message.role for message in row.prompt]
    if "user" not in roles:
        return f"expected a message of role user, got roles {roles[:8]}"
    parts = [part for said in row.prompt if isinstance(said.content, list) for part in said.content]
    places = sum(part.type in ("image", "image_url") for part in parts)
    if places > len(row.images):
        images = counted(len(row.images), "image")
        return f"expected an image in `images` for each of its {places} places, got {images}"
    return ""


def _fault_of_marks(row: Rollout, processor: object) -> str:
    """The processor's own sign for an image would ask for an image that isn't there."""
    mark = str(getattr(processor, "image_token", None) or "")
    if mark and mark in row.prompt_text:
        return f"expected the image's place unmarked, as `images` come first, got {mark!r}"
    return ""
