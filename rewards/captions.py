"""Reference captions: what a row says that its image shows, in words of people."""

from typing import Final

from rewardkit.errors import ConfigError
from rewardkit.types import Rollout, Score

REFERENCE: Final = "reference"
"""The field of a row that holds its captions unless an option names another."""


def check_captions(kind: str, field: str) -> None:
    """Refuse an empty name of a field.

    Raises:
        ConfigError: Naming the option.
    """
    if not field:
        raise ConfigError(f"{kind}.captions: expected the name of a field, got an empty one")


def reference_captions(rollout: Rollout, field: str = REFERENCE) -> list[str] | Score:
    """The captions of a row: a string, or a list of strings.

    Args:
        rollout: The row.
        field: `reference`, or another field of the line, which `extra` holds.

    Returns:
        At least one caption, without white space at its ends, each once; blank ones are passed
        over. `Score(None, reason)` where there is none, or something that is no string.

    >>> reference_captions(Rollout(completion="", reference=["A dog. ", "a pup", "A dog."]))
    ['A dog.', 'a pup']
    >>> reference_captions(Rollout(completion="", reference=7)).reason
    'reference: expected a caption or a list of captions, got int'
    """
    found = rollout.reference if field == REFERENCE else rollout.extra.get(field)
    listed = [found] if isinstance(found, str) else found
    if not isinstance(listed, list):
        got = "nothing" if found is None else type(found).__name__
        return Score(None, f"{field}: expected a caption or a list of captions, got {got}")
    captions: dict[str, None] = {}
    for caption in listed:
        if not isinstance(caption, str):
            got = type(caption).__name__
            return Score(None, f"{field}: expected captions that are strings, got {got}")
        captions[caption.strip()] = None
    captions.pop("", None)
    if not captions:
        return Score(None, f"{field}: expected a caption, got none that holds a character")
    return list(captions)
