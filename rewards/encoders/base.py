"""What an encoder is: images and texts in, unit vectors out, one space for both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    Vectors: TypeAlias = NDArray[np.float32]
    """Unit vectors as rows, [N, D] float32; a dense map is [rows, columns, D]."""


class Tokens(NamedTuple):
    """A batch of texts as a model's tokenizer cut them.

    Attributes:
        ids: Token ids of each text, of equal length, [M, L].
        truncated: Whether a text lost its end; the end token is never what is lost.
    """

    ids: list[list[int]]
    truncated: list[bool]


class Towers(Protocol):
    """The two towers of one model with their weights: everything that differs between models.

    Deduplication, caching, batch sizes and locking are the encoder's, not the towers': each method
    is handed one batch that fits, by one thread at a time, except `prepare` and `tokenize`, which
    several threads may call at once.
    """

    modes: tuple[str, ...]
    """Ways to encode a text, such as `short`, `long` and `box`; the first is the default."""

    dense: bool
    """Whether `encode_dense` can be called."""

    def prepare(self, image: Image) -> object:
        """Turn one upright RGB image into the model's input, on the CPU; no larger than needed."""

    def tokenize(self, texts: Sequence[str], mode: str) -> Tokens:
        """Cut texts into tokens of the mode's length."""

    def encode_prepared(self, prepared: Sequence[object]) -> Vectors:
        """Encode prepared images to unit vectors, [N, D]."""

    def encode_tokens(self, ids: Sequence[Sequence[int]], mode: str) -> Vectors:
        """Encode token ids to unit vectors, [M, D]."""

    def encode_dense(self, prepared: Sequence[object]) -> list[Vectors]:
        """Encode prepared images to one unit vector a patch, each image [rows, columns, D]."""
