"""An encoder: images and texts in, unit vectors out; each distinct one is computed once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rewardkit.errors import ConfigError, VerifierError
from rewardkit.rewards.encoders.batching import Batches
from rewardkit.rewards.encoders.cache import BoundedCache
from rewardkit.rewards.encoders.figures import Counter, Figures
from rewardkit.rewards.encoders.gate import Model
from rewardkit.rewards.encoders.images import CachedImages
from rewardkit.rewards.encoders.options import EncoderOptions
from rewardkit.rewards.encoders.texts import CachedTexts, TextVectors
from rewardkit.rewards.images.source import Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image

    from rewardkit.rewards.encoders.base import Vectors

MEGABYTE: Final = 1_000_000


class Encoder:
    """One model with a memory: what several rewards, calls and threads share.

    Vectors are float32 numpy arrays of length 1 on the CPU; those of images can't be written to,
    for the cache hands them to everyone. Values don't depend on what else is in a call, beyond
    float noise (1e-6 in float32).

    Args:
        model: Loaded weights; `shared_encoder` makes the process's one encoder of a spec.
        options: Batch size, threads and size of the cache.

    Attributes:
        modes: Ways to encode a text, the first is the default.
        dense: Whether `dense_maps` can be called.
    """

    def __init__(self, model: Model, options: EncoderOptions | None = None) -> None:
        """Begin with an empty cache."""
        options = options or EncoderOptions()
        towers, device, threads = model.towers, model.device, options.threads
        size, room = options.batch_size, options.cache_mb * MEGABYTE
        self._counter = Counter()
        self._images = CachedImages(
            model,
            towers.encode_prepared,
            Batches(device, size),
            BoundedCache(room // 2),
            self._counter,
            threads,
        )
        self._maps = CachedImages(
            model,
            towers.encode_dense,
            Batches(device, size),
            BoundedCache(room),
            self._counter,
            threads,
        )
        self._texts = CachedTexts(
            model, Batches(device, size), BoundedCache(room // 2), self._counter, threads
        )
        self.modes: tuple[str, ...] = towers.modes
        self.dense: bool = towers.dense

    @property
    def figures(self) -> Figures:
        """What was asked and what had to be computed, since the encoder was made."""
        return self._counter.figures

    def image_vectors(
        self, sources: Sequence[object], allow_remote: bool = False
    ) -> list[Vectors | Unreadable]:
        """Encode images.

        Args:
            sources: What stands in `Rollout.images`: paths, data URIs, PIL images, bytes, dicts.
            allow_remote: Whether http and https URLs are fetched.

        Returns:
            For each image its unit vector, [D] float32, or why there is none.
        """
        return self._images.find(sources, allow_remote)

    def dense_maps(
        self, sources: Sequence[object], allow_remote: bool = False
    ) -> list[Vectors | Unreadable]:
        """Encode images to one vector a patch.

        Args:
            sources: As of `image_vectors`.
            allow_remote: Whether http and https URLs are fetched.

        Returns:
            For each image [rows, columns, D] float32 unit vectors, or why there are none.

        Raises:
            ConfigError: When the model has no dense features.
        """
        if not self.dense:
            raise ConfigError("encoder: expected a model with dense features, got one without")
        return self._maps.find(sources, allow_remote)

    def text_vectors(self, texts: Sequence[str], mode: str | None = None) -> TextVectors:
        """Encode texts.

        Args:
            texts: Any texts.
            mode: One of `modes`; None for the first.

        Returns:
            Unit vectors [M, D] float32; for each text whether its end was cut, and in place of a
            vector that there is not, why.

        Raises:
            ConfigError: When the model has no such mode, or one text stands for a list.
        """
        if mode is not None and mode not in self.modes:
            raise ConfigError(
                f"encoder: expected a mode of {', '.join(self.modes)}, got {mode!r:.60}"
            )
        if isinstance(texts, str):  # which is a sequence of texts too, a letter each
            raise ConfigError(f"encoder: expected a list of texts, got the text {texts!r:.60}")
        return self._texts.find(texts, mode or self.modes[0])

    def encode_images(self, images: Sequence[Image]) -> Vectors:
        """Encode PIL images to unit vectors, [N, D] float32.

        Raises:
            VerifierError: When one can't be encoded; `image_vectors` says so one by one.
        """
        import numpy as np

        vectors = self.image_vectors(images)
        for number, vector in enumerate(vectors):
            if isinstance(vector, Unreadable):
                raise VerifierError(f"images[{number}]: {vector.reason}")
        rows = [vector for vector in vectors if not isinstance(vector, Unreadable)]
        return np.stack(rows) if rows else np.zeros((0, 0), np.float32)

    def encode_texts(self, texts: Sequence[str], mode: str | None = None) -> Vectors:
        """Encode texts to unit vectors, [M, D] float32.

        Raises:
            ConfigError: When the model has no such mode.
            VerifierError: When one can't be encoded; `text_vectors` says so one by one.
        """
        found = self.text_vectors(texts, mode)
        for number, fault in enumerate(found.faults):
            if fault is not None:
                raise VerifierError(f"texts[{number}]: {fault}")
        return found.vectors
