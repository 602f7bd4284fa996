"""How well phrases match images of nothing: what each gets for its words alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


def levels_of(texts: Floats, neutral: Sequence[Floats]) -> Floats:
    """How well texts match images of nothing.

    Args:
        texts: Unit vectors [M, D].
        neutral: Cells of each neutral image, [C, D], or of K of them at once, [K, C, D].

    Returns:
        [M], the mean of the best cosines over the images, from -1 to 1.
    """
    import numpy as np

    best = [(cells @ texts.T).max(axis=-2) for cells in neutral]
    levels: Floats = np.concatenate([np.atleast_2d(one) for one in best]).mean(axis=0)
    return levels


def together(neutral: Sequence[Floats]) -> list[Floats]:
    """The cells of neutral images as `levels_of` is fastest with: those of one number at once.

    Args:
        neutral: Cells of each, [C, D].

    Returns:
        [K, C, D] for each number of cells, C.

    >>> import numpy as np
    >>> [cells.shape for cells in together([np.eye(2), np.eye(3), np.eye(2)])]
    [(2, 2, 2), (1, 3, 3)]
    """
    import numpy as np

    counts = dict.fromkeys(map(len, neutral))
    return [np.stack([one for one in neutral if len(one) == count]) for count in counts]
