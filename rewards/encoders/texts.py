"""Texts to vectors: each distinct one once, bounded, whatever a policy wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from rewardkit.rewards.encoders.batching import Batches
from rewardkit.rewards.encoders.cache import BoundedCache
from rewardkit.rewards.encoders.figures import Counter, Figures
from rewardkit.rewards.encoders.gate import Model, computing
from rewardkit.rewards.encoders.vectors import unit_rows

if TYPE_CHECKING:
    from rewardkit.rewards.encoders.base import Vectors

MAX_CHARACTERS: Final = 8_192
"""Characters of a text that are read: the longest context, 248 tokens, has 1,200 of English."""

TOKEN_BYTES: Final = 2_048
"""Bytes of a token as the text tower takes it: the rows of its first layer."""


class TextVectors(NamedTuple):
    """What an encoder makes of texts.

    Attributes:
        vectors: Unit vectors as rows, [M, D] float32; a row of zeros where there is a fault.
        truncated: Whether a text lost its end, for it was longer than the model takes.
        faults: Why there is no vector, None where there is one: the machine's or the model's
            doing, so the score is None.
    """

    vectors: Vectors
    truncated: list[bool]
    faults: list[str | None]


class _Encoded(NamedTuple):
    vector: Vectors | str
    truncated: bool


class CachedTexts:
    """What one model makes of texts, by mode and words.

    Args:
        model: The model, whose lock is held while it computes.
        batches: Their size.
        cache: Where results are kept from call to call.
        counter: Told what was done.
        threads: Threads of one operation on the CPU; None for torch's setting.
    """

    def __init__(
        self,
        model: Model,
        batches: Batches,
        cache: BoundedCache[str, _Encoded],
        counter: Counter,
        threads: int | None,
    ) -> None:
        """Hold the parts."""
        self._model, self._batches = model, batches
        self._cache, self._counter, self._threads = cache, counter, threads
        self._length = 77  # tokens, before there was a text
        self._width = 0  # D, before there was a vector

    def find(self, texts: Sequence[str], mode: str) -> TextVectors:
        """The vector of each text.

        Args:
            texts: Any texts; of a longer one the first 8,192 characters are read.
            mode: One of the model's.
        """
        keys = [_key(text, mode) for text in texts]
        found: dict[str, _Encoded] = {}
        missing: dict[str, str] = {}
        for key, text in zip(keys, texts, strict=True):
            if key not in found and key not in missing:
                held = self._cache.get(key)
                if held is None:
                    missing[key] = text
                else:
                    found[key] = held
        self._compute(missing, mode, found)
        results = [found[key] for key in keys]
        cut = sum(result.truncated for result in results)
        self._counter.add(Figures(texts_asked=len(texts), texts_truncated=cut))
        return _stacked(results, self._width)

    def _compute(self, missing: dict[str, str], mode: str, found: dict[str, _Encoded]) -> None:
        if not missing:
            return
        with computing(self._model, self._threads):
            rest: dict[str, str] = {}
            for key, text in missing.items():
                held = self._cache.get(key)  # another thread may have been faster
                if held is None:
                    rest[key] = text
                else:
                    found[key] = held
            # Texts of a length together: some models do less work for shorter ones.
            rest = dict(sorted(rest.items(), key=lambda item: len(item[1]), reverse=True))
            results = self._batches.run(
                list(rest.values()),
                self._length * TOKEN_BYTES,
                lambda batch: self._encode_batch(batch, mode),
            )
        for key, result in zip(rest, results, strict=True):
            if isinstance(result, str):
                found[key] = _Encoded(result, False)
                continue
            found[key] = result
            if not isinstance(result.vector, str):
                self._cache.put(key, result, result.vector.nbytes)

    def _encode_batch(self, batch: Sequence[str], mode: str) -> list[_Encoded]:
        towers = self._model.towers
        tokens = towers.tokenize([_readable(text) for text in batch], mode)
        self._length = max((len(row) for row in tokens.ids), default=self._length)
        raw = towers.encode_tokens(tokens.ids, mode)
        self._width = raw.shape[1]
        vectors = unit_rows(raw)
        self._counter.add(Figures(texts_encoded=len(batch), text_calls=1))
        return [
            _Encoded(vector, cut or len(text) > MAX_CHARACTERS)
            for vector, cut, text in zip(vectors, tokens.truncated, batch, strict=True)
        ]


def _key(text: str, mode: str) -> str:
    """A text may be long and the cache counts its values only, so it is held by its hash."""
    return hashlib.sha256(f"{mode}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _readable(text: str) -> str:
    """The text as a tokenizer can take it: bounded, without halves of surrogate pairs."""
    return text[:MAX_CHARACTERS].encode("utf-8", "replace").decode()


def _stacked(results: Sequence[_Encoded], width: int) -> TextVectors:
    import numpy as np

    vectors = np.zeros((len(results), width), np.float32)
    for row, result in zip(vectors, results, strict=True):
        if not isinstance(result.vector, str):
            row[:] = result.vector
    faults = [result.vector if isinstance(result.vector, str) else None for result in results]
    return TextVectors(vectors, [result.truncated for result in results], faults)
