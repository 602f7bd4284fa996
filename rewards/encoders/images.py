"""Images to vectors or dense maps: each distinct one once, a bounded number of them at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from rewardkit.rewards.encoders.batching import Batches
from rewardkit.rewards.encoders.cache import BoundedCache
from rewardkit.rewards.encoders.figures import Counter, Figures
from rewardkit.rewards.encoders.gate import Model, computing
from rewardkit.rewards.encoders.memory import bytes_of
from rewardkit.rewards.encoders.pools import Pool, decoding_pool
from rewardkit.rewards.encoders.vectors import unit_rows
from rewardkit.rewards.images.read import read_image
from rewardkit.rewards.images.source import ReadImage, Unreadable

if TYPE_CHECKING:
    from rewardkit.rewards.encoders.base import Vectors

READ_AT_ONCE: Final = 32
"""Images that are read together; their files' bytes may be in memory meanwhile."""

FIRST_GUESS: Final = 1_000_000
"""Bytes of a prepared image, before there was one."""


@dataclass
class _Call:
    """What one call knows so far."""

    keys: dict[object, str | Unreadable] = field(default_factory=dict)
    """By what was given: the key of its content."""

    found: dict[str, Vectors | Unreadable] = field(default_factory=dict)
    """By key: the result."""

    waiting: dict[str, object] = field(default_factory=dict)
    """By key: prepared, not encoded yet."""

    def result(self, source: object) -> Vectors | Unreadable:
        key = self.keys[_identity(source)]
        return key if isinstance(key, Unreadable) else self.found[key]


class CachedImages:
    """What one model makes of images, by their content.

    Args:
        model: The model, whose lock is held while it computes.
        encode: What it makes of a batch of prepared images: the towers' `encode_prepared` or
            `encode_dense`.
        batches: Their size.
        cache: Where results are kept from call to call.
        counter: Told what was done.
        threads: Threads of one operation on the CPU, and of decoding; None for torch's setting.
    """

    def __init__(
        self,
        model: Model,
        encode: Callable[[Sequence[object]], Sequence[Vectors] | Vectors],
        batches: Batches,
        cache: BoundedCache[str, Vectors],
        counter: Counter,
        threads: int | None,
    ) -> None:
        """Hold the parts."""
        self._model, self._encode, self._batches = model, encode, batches
        self._cache, self._counter, self._threads = cache, counter, threads
        self._item_bytes = FIRST_GUESS

    def find(self, sources: Sequence[object], allow_remote: bool) -> list[Vectors | Unreadable]:
        """What the model makes of each image, or why there is nothing.

        Args:
            sources: What stands in `Rollout.images`.
            allow_remote: Whether http and https URLs are fetched.
        """
        sources = list(sources)  # one that makes each anew when asked would give others next time
        call = _Call()
        distinct = list({_identity(source): source for source in sources}.values())
        with decoding_pool(len(distinct), self._threads) as pool:
            for start in range(0, len(distinct), READ_AT_ONCE):
                self._prepare_group(
                    distinct[start : start + READ_AT_ONCE], allow_remote, call, pool
                )
                if len(call.waiting) >= self._batches.size(self._item_bytes):
                    self._compute(call)
        self._compute(call)
        self._counter.add(Figures(images_asked=len(sources)))
        return [call.result(source) for source in sources]

    def _prepare_group(
        self, group: Sequence[object], allow_remote: bool, call: _Call, pool: Pool
    ) -> None:
        """Read a group, and prepare those whose content is new to this call and to the cache."""
        fresh: dict[str, ReadImage] = {}
        reads = pool.map(lambda source: read_image(source, allow_remote), group)
        for source, read in zip(group, reads, strict=True):
            if isinstance(read, Unreadable):
                call.keys[_identity(source)] = read
                continue
            key = call.keys[_identity(source)] = read.key
            if key in call.found or key in call.waiting or key in fresh:
                continue
            if (held := self._cache.get(key)) is not None:
                call.found[key] = held
            else:
                fresh[key] = read
        prepared = pool.map(self._prepare, list(fresh.values()))
        for key, one in zip(fresh, prepared, strict=True):
            if isinstance(one, Unreadable):
                call.found[key] = one
            else:
                call.waiting[key] = one

    def _prepare(self, read: ReadImage) -> object:
        try:
            image = read.decode()
            return image if isinstance(image, Unreadable) else self._model.towers.prepare(image)
        except MemoryError:
            return Unreadable("image: out of memory when it was prepared")

    def _compute(self, call: _Call) -> None:
        """Encode what waits, those of a size together."""
        waiting = sorted(call.waiting.items(), key=lambda item: bytes_of(item[1]), reverse=True)
        call.waiting = {}
        if not waiting:
            return
        self._item_bytes = bytes_of(waiting[0][1])
        with computing(self._model, self._threads):
            rest: list[tuple[str, object]] = []
            for key, prepared in waiting:
                held = self._cache.get(key)  # another thread may have been faster
                if held is None:
                    rest.append((key, prepared))
                else:
                    call.found[key] = held
            vectors = self._batches.run(
                [prepared for _, prepared in rest], self._item_bytes, self._encode_batch
            )
            for (key, _), vector in zip(rest, vectors, strict=True):
                if isinstance(vector, str):
                    call.found[key] = Unreadable(f"image: {vector}")
                else:
                    self._cache.put(key, vector, vector.nbytes)
                    call.found[key] = vector

    def _encode_batch(self, batch: Sequence[object]) -> Sequence[Vectors | str]:
        vectors = unit_rows(self._encode(batch))
        self._counter.add(Figures(images_encoded=len(batch), image_calls=1))
        return vectors


def _identity(source: object) -> object:
    """Equal for what is surely the same image, so that a question's image is read once a call."""
    if isinstance(source, os.PathLike):
        return os.fspath(source)
    return source if isinstance(source, str | bytes) else id(source)
