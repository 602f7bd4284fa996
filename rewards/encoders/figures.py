"""What an encoder did, in numbers: how much was asked of it and how much it had to compute."""

from __future__ import annotations

from threading import Lock

import msgspec


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Counts since the encoder was made.

    Attributes:
        images_asked: Images that were to be encoded, equal ones and dense maps included.
        images_encoded: Those that went through the image tower.
        image_calls: Batches of them.
        texts_asked: Texts that were to be encoded, equal ones included.
        texts_encoded: Those that went through the text tower.
        texts_truncated: Of those asked, how many were longer than the model takes.
        text_calls: Batches through the text tower.

    >>> Figures(texts_asked=4, texts_truncated=1).truncated_share
    0.25
    """

    images_asked: int = 0
    images_encoded: int = 0
    image_calls: int = 0
    texts_asked: int = 0
    texts_encoded: int = 0
    texts_truncated: int = 0
    text_calls: int = 0

    @property
    def truncated_share(self) -> float:
        """Share of the texts asked for that were cut, in [0, 1]; 0 where there were none."""
        return self.texts_truncated / self.texts_asked if self.texts_asked else 0.0


class Counter:
    """Figures that several threads add to."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._figures = Figures()
        self._lock = Lock()

    @property
    def figures(self) -> Figures:
        """The counts so far."""
        return self._figures

    def add(self, more: Figures) -> None:
        """Add counts."""
        with self._lock:
            both = zip(
                msgspec.structs.astuple(self._figures), msgspec.structs.astuple(more), strict=True
            )
            names = Figures.__struct_fields__
            self._figures = Figures(**dict(zip(names, map(sum, both), strict=True)))
