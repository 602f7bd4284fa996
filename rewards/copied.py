"""What a reply copies from its prompt: words that the policy didn't find by itself."""

from typing import Final

from rewardkit.types import Rollout

MIN_COPIED: Final = 20
"""Characters from which a prompt that stands in the reply is a copy, not a chance."""


def without_prompt(text: str, rollout: Rollout) -> str:
    r"""The text without verbatim copies of the row's prompt, or of one of its messages.

    Args:
        text: The reply, or a section of it.
        rollout: The row, of which the prompt is read.

    Returns:
        The text with a line's end in place of each copy of at least 20 characters.

    >>> row = Rollout(completion="", prompt="Is there a dog on the grass?")
    >>> without_prompt("Is there a dog on the grass? A cat.", row)
    '\n A cat.'
    """
    messages = [rollout.prompt] if isinstance(rollout.prompt, str) else rollout.prompt
    for message in messages:
        said = (message if isinstance(message, str) else message.text).strip()
        if MIN_COPIED <= len(said) <= len(text):
            text = text.replace(said, "\n")
    return text
