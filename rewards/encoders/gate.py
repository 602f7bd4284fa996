"""One model, one thread at a time, with torch set as the encoder asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from rewardkit.rewards.encoders.threads import torch_threads

if TYPE_CHECKING:
    import torch

    from rewardkit.rewards.encoders.base import Towers


class Model(NamedTuple):
    """Loaded weights, and the lock of whoever computes with them.

    Attributes:
        towers: The model.
        device: Where its weights are.
        lock: Held while it computes; shared by all encoders of these weights.
    """

    towers: Towers
    device: torch.device
    lock: Lock


@contextmanager
def computing(model: Model, threads: int | None) -> Iterator[None]:
    """Hold a model and set torch for inference; everything is set back afterwards.

    Autocast of whoever calls, such as a trainer, is switched off: a reward's values must not
    depend on where it is called.

    Args:
        model: The model.
        threads: Threads of one operation on the CPU; None leaves torch's setting.
    """
    import torch

    with (
        model.lock,
        torch_threads(threads),
        torch.inference_mode(),
        torch.autocast(model.device.type, enabled=False),
    ):
        yield
