"""The last look at what a model gave: finite unit vectors leave, anything else is a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rewardkit.rewards.encoders.base import Vectors

NOT_FINITE: Final = "the encoder gave NaN or infinity"
NO_LENGTH: Final = "the encoder gave a vector of length 0, which has no direction"

SHORTEST: Final = 1e-12
"""Length from which a float32 vector has a direction."""


def unit_rows(vectors: Sequence[Vectors] | Vectors) -> list[Vectors | str]:
    """Give each row the length 1, and a copy of its own that can't be changed.

    Args:
        vectors: [N, D], or [N, rows, columns, D], or a list of such maps; any lengths.

    Returns:
        For each row a float32 array whose last axis has length 1; in place of one with NaN,
        infinity or a vector without a direction a sentence that says so.

    >>> import numpy as np
    >>> unit_rows(np.array([[3.0, 4.0], [np.nan, 1.0]], np.float32))
    [array([0.6, 0.8], dtype=float32), 'the encoder gave NaN or infinity']
    """
    return [_unit(row) for row in vectors]


def _unit(row: Vectors) -> Vectors | str:
    import numpy as np

    exact = np.asarray(row, np.float64)  # squares of large float32 numbers would overflow
    if not np.isfinite(exact).all():
        return NOT_FINITE
    lengths = np.linalg.norm(exact, axis=-1, keepdims=True)
    if lengths.size == 0 or lengths.min() < SHORTEST:
        return NO_LENGTH
    unit: Vectors = (exact / lengths).astype(np.float32)
    unit.flags.writeable = False  # the cache hands the same array to everyone
    return unit
