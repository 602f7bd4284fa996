"""One encoder a spec and one copy of the weights a process, however many rewards ask for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from rewardkit.rewards.encoders.encoder import Encoder
from rewardkit.rewards.encoders.gate import Model
from rewardkit.rewards.encoders.openclip import FOLDER
from rewardkit.rewards.encoders.options import EncoderOptions
from rewardkit.rewards.encoders.threads import torch_threads

if TYPE_CHECKING:
    from rewardkit.rewards.encoders import EncoderSpec

T = TypeVar("T")


class _Once(Generic[T]):
    """Values made once a key; who asks while one is made waits, who asks for another doesn't."""

    def __init__(self) -> None:
        self._made: dict[Hashable, T] = {}
        self._locks: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            making = self._locks.setdefault(key, Lock())
        with making:
            if key not in self._made:
                self._made[key] = make()
            return self._made[key]


class _Held:
    """What one process has loaded."""

    def __init__(self) -> None:
        self.models = _Once[Model]()
        self.encoders = _Once[Encoder]()


_held: dict[int, _Held] = {}
"""By process: in a forked child the parent's locks may be held by threads that it doesn't have."""


def shared_encoder(spec: EncoderSpec) -> Encoder:
    """The process's one encoder of a spec, loaded when it is first asked for.

    Specs that differ in batch size, threads or cache alone share the weights and their lock.

    Args:
        spec: Which model, where and how.

    Raises:
        ConfigError: When it can't be loaded; it is tried again when asked again.
    """
    held = _held.setdefault(os.getpid(), _Held())
    key = (spec, *_places(spec))  # a relative path may mean another folder later
    return held.encoders.get(key, lambda: Encoder(_model(spec, held), spec))


def release_encoders() -> None:
    """Forget all encoders of this process; memory is free once nobody else holds them."""
    _held.pop(os.getpid(), None)


def _model(spec: EncoderSpec, held: _Held) -> Model:
    import torch

    from rewardkit.rewards.encoders.runtime import resolve_runtime

    device, dtype = resolve_runtime(spec)

    def load() -> Model:
        # Layers draw random numbers before weights replace them; a trainer's must not notice.
        cards = [device] if device.type == "cuda" else []
        with torch_threads(spec.threads), torch.random.fork_rng(cards):
            return Model(spec.load(), device, Lock())

    return held.models.get(_weights(spec, str(device), str(dtype)), load)


def _weights(spec: EncoderSpec, device: str, dtype: str) -> Hashable:
    """What decides the weights: the spec without how it computes, its device resolved."""
    return (type(spec), *_places(spec), device, dtype)


def _places(spec: EncoderSpec) -> list[tuple[str, object]]:
    """Which model, by name; paths in full."""
    shared = set(EncoderOptions.__struct_fields__)
    own = [
        (name, getattr(spec, name)) for name in type(spec).__struct_fields__ if name not in shared
    ]
    return [(name, _in_full(value)) for name, value in own]


def _in_full(value: object) -> object:
    path = value.removeprefix(FOLDER) if isinstance(value, str) else None
    return os.path.realpath(path) if path and os.path.exists(path) else value
