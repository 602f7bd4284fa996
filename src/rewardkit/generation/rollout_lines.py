"""Rollouts as lines of rewardkit's format, with all that their questions brought."""

from collections.abc import Sequence
from typing import Any

import msgspec

from rewardkit.errors import RolloutError
from rewardkit.generation.image_texts import ImageTexts
from rewardkit.types import Rollout


def to_fields(rollout: Rollout) -> dict[str, Any]:
    """The fields of a rollout as a line has them; what is empty is left out, the reply never.

    >>> list(to_fields(Rollout(id="q:0", completion="", prompt="1 + 1?", extra={"level": 2})))
    ['id', 'group', 'prompt', 'task', 'completion', 'truncated', 'level']
    """
    plain = msgspec.to_builtins(msgspec.structs.replace(rollout, extra={}, images=[]))
    plain["images"] = rollout.images
    kept = {name: plain[name] for name in ORDER if plain[name] not in (None, [])}
    return kept | {name: value for name, value in rollout.extra.items() if name not in kept}


ORDER = (
    *("id", "group", "prompt", "reference", "task", "choices", "images", "keywords"),
    *("completion", "completion_tokens", "truncated"),
)
"""The fields in the order of a line."""


def with_image_texts(rollouts: Sequence[Rollout], images: ImageTexts) -> list[Rollout]:
    """The rollouts with their images as text; those of a question are written down once."""
    texts: dict[str, list[Any]] = {}
    for rollout in rollouts:
        if rollout.group not in texts:
            texts[rollout.group] = [images.text(image) for image in rollout.images]
    return [msgspec.structs.replace(row, images=texts[row.group]) for row in rollouts]


def to_lines(rollouts: Sequence[Rollout], images: ImageTexts) -> bytes:
    """The lines of rollouts.

    Raises:
        RolloutError: When a field holds what JSON has no form for.
        ConfigError: When an image can't be written.
    """
    lines = []
    for rollout in with_image_texts(rollouts, images):
        try:
            lines.append(msgspec.json.encode(to_fields(rollout)) + b"\n")
        except (TypeError, UnicodeEncodeError) as error:
            raise RolloutError(f"question '{rollout.group}': expected JSON: {error}") from error
    return b"".join(lines)
