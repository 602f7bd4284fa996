"""What an image of a rollout is once it was read: its bytes and a key, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class Unreadable:
    """An image that can't be had: a value, not an exception, for the others still can.

    Attributes:
        reason: One line for a person: which image, what was expected, what was got.
    """

    reason: str


@dataclass(frozen=True)
class ReadImage:
    """An image that was found, not decoded yet.

    Attributes:
        key: Hash of its content; equal content has an equal key, wherever it came from.
        decode: Makes an upright RGB image of it, each time it is called, or says why it can't.
    """

    key: str
    decode: Callable[[], Image | Unreadable]
