"""Batch sizes: an estimate from the free memory, halved whenever that was too much."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeVar

from rewardkit.rewards.encoders.memory import free_bytes, give_back, is_out_of_memory

if TYPE_CHECKING:
    import torch

T = TypeVar("T")
R = TypeVar("R")

WORKING: Final = 48
"""Bytes of activations for a byte of input, at the peak: of ViT-B/32 to ViT-L/14 at 336 pixels
about 5 to 30, measured by their shapes."""

SHARE: Final = 0.5
"""Of the free memory; the rest is for whoever else lives on the device."""

LARGEST: Final = {"cpu": 32, "mps": 64, "cuda": 256}
"""By device; larger batches gain nothing there."""

NO_ROOM: Final = "out of memory with a batch of one"


class Batches:
    """Run batches that fit, and remember what did.

    Args:
        device: Where they are computed.
        fixed: The size asked for; it too is halved when it doesn't fit.
    """

    def __init__(self, device: torch.device, fixed: int | None = None) -> None:
        """Know nothing yet but what was asked for."""
        self._device = device
        self._fixed = fixed
        self._fits: int | None = None  # the largest that is known to be small enough
        self._lock = Lock()

    def size(self, item_bytes: int) -> int:
        """Items of a batch, at least 1.

        Args:
            item_bytes: Bytes of one item as the model takes it.
        """
        if self._fixed is not None:
            wanted = self._fixed
        else:
            room = int(free_bytes(self._device) * SHARE) // max(item_bytes * WORKING, 1)
            wanted = max(1, min(LARGEST.get(self._device.type, 32), room))
        return wanted if self._fits is None else min(wanted, self._fits)

    def run(
        self, items: Sequence[T], item_bytes: int, encode: Callable[[Sequence[T]], Sequence[R]]
    ) -> list[R | str]:
        """Encode all items in batches.

        Returns:
            What `encode` gave for each item, in order; a sentence where one alone didn't fit.

        Raises:
            RuntimeError: Whatever else `encode` raises.
        """
        done: list[R | str] = []
        while len(done) < len(items):
            batch = items[len(done) : len(done) + self.size(item_bytes)]
            found = self._attempt(batch, encode)
            if found is not None:
                done.extend(found)
            elif len(batch) == 1:
                done.append(NO_ROOM)
            else:
                self._shrink(len(batch) // 2)
        return done

    def _attempt(
        self, batch: Sequence[T], encode: Callable[[Sequence[T]], Sequence[R]]
    ) -> Sequence[R] | None:
        """The batch's results; None when it doesn't fit."""
        try:
            return encode(batch)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        # Only here, when the error with its frames and their tensors is gone, is memory free again.
        give_back(self._device)
        return None

    def _shrink(self, size: int) -> None:
        with self._lock:
            self._fits = size if self._fits is None else min(self._fits, size)
