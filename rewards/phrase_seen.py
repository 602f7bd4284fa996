"""Whether an image shows what a phrase says: better than other phrases do, and than other images.

Cosines of image and text mean nothing by themselves: they differ by encoder, by image and by
phrase. So each phrase is set against its own level on images of nothing (its *gain* is what it has
beyond that), and its gain against those of phrases that fit by chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from rewardkit.rewards.phrase_levels import levels_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LEAST_SPREAD: Final = 1e-4
"""Of the distractors' gains: cosines nearer than this are float noise."""


NOISE: Final = 1e-6
"""A gain no further above the bar is at the bar: equal cosines differ by so much in float32."""


class Bar(NamedTuple):
    """What one image asks of a phrase.

    Attributes:
        height: The gain above which a phrase begins to be seen, at least 0.
        spread: Standard deviation of the distractors' gains.
    """

    height: float
    spread: float


def cells_of(encoded: Floats, window: int = 1) -> Floats:
    """The vectors of an image that a phrase may match.

    Args:
        encoded: One unit vector [D], or a dense map [rows, columns, D] of unit vectors.
        window: Side of the square of cells that is averaged; cut to the map.

    Returns:
        Unit vectors as rows, [C, D]: the one, or one for each place of the window.

    >>> import numpy as np
    >>> cells_of(np.eye(4, dtype=np.float32).reshape(2, 2, 4), window=2)
    array([[0.5, 0.5, 0.5, 0.5]], dtype=float32)
    """
    import numpy as np

    if encoded.ndim == 1:
        return encoded[None]
    rows, columns, width = encoded.shape
    if window == 1:
        return encoded.reshape(-1, width)
    shape = (min(window, rows), min(window, columns))
    views: Floats = np.lib.stride_tricks.sliding_window_view(encoded, shape, axis=(0, 1))
    means = views.mean(axis=(-2, -1)).reshape(-1, width)
    units: Floats = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return units


def best_cosines(texts: Floats, cells: Floats) -> Floats:
    """The best cosine of each text with an image's cells.

    Args:
        texts: Unit vectors [M, D].
        cells: Unit vectors [C, D].

    Returns:
        [M], from -1 to 1.
    """
    best: Floats = (texts @ cells.T).max(axis=1)
    return best


def gains_of(texts: Floats, cells: Floats, neutral: Sequence[Floats]) -> Floats:
    """How much better texts match an image than they match images of nothing.

    Args:
        texts: Unit vectors [M, D].
        cells: The image's, [C, D].
        neutral: As of `levels_of`.

    Returns:
        [M], from -2 to 2.
    """
    gains: Floats = best_cosines(texts, cells) - levels_of(texts, neutral)
    return gains


def bar_of(distractors: Sequence[float], generic: float, quantile: float) -> Bar:
    """What an image asks of a phrase.

    Args:
        distractors: Gain of each distractor on the image; at least one.
        generic: The best gain of a phrase that fits any image.
        quantile: Share of the distractors that a phrase has to beat, 0 to 1.

    >>> bar_of([0.0, 0.1, 0.2], generic=-0.1, quantile=0.5).height
    0.1
    """
    place = math.floor(quantile * (len(distractors) - 1) + 1e-9)  # 0.57 * 100 is below 57
    beaten = sorted(distractors)[place]
    return Bar(max(beaten, generic, 0.0), max(_spread(distractors), LEAST_SPREAD))


def _spread(values: Sequence[float]) -> float:
    """Standard deviation; of so few values faster than numpy's."""
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))


def seen_share(gain: float, bar: Bar, margin: float) -> float:
    """How surely an image shows what a phrase says.

    Args:
        gain: The phrase's gain on the image.
        bar: What the image asks.
        margin: Spreads above the bar at which the phrase is fully seen; 0 for any distance.

    Returns:
        0 at or below the bar, 1 from the margin on, a straight line between.

    >>> [seen_share(gain, Bar(0.25, 0.5), 1.0) for gain in (0.25, 0.5, 0.75, 1.0)]
    [0.0, 0.5, 1.0, 1.0]
    """
    above = gain - bar.height
    if above <= NOISE:
        return 0.0
    return min(1.0, above / max(margin * bar.spread, NOISE))


def f_measure(precision: float, recall: float, beta: float = 1.0) -> float:
    """Weighted harmonic mean of precision and recall.

    Args:
        precision: From 0 to 1.
        recall: From 0 to 1.
        beta: How many times recall matters as much as precision.

    Returns:
        From 0 to 1; 0 where both are.

    >>> f_measure(0.5, 1.0)
    0.6666666666666666
    """
    weight = beta * beta
    below = weight * precision + recall
    return (1 + weight) * precision * recall / below if below else 0.0
