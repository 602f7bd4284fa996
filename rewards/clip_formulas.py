"""CLIPScore and RefCLIPScore of cosines.

Source: Hessel et al. 2021, arXiv 2104.08718; jmhessel/clipscore@1036465.
"""

from typing import Final

WEIGHT: Final = 2.5
"""What the paper multiplies a cosine by."""

PREFIX: Final = "A photo depicts "
"""What the paper puts in front of every caption."""


def clipscore(image_cosine: float, weight: float = WEIGHT) -> float:
    """CLIPScore of a cosine: weight times the cosine, 0 for a negative one.

    Returns:
        A number in [0, weight].

    >>> clipscore(0.3), clipscore(-0.1)
    (0.75, 0.0)
    """
    return weight * max(image_cosine, 0.0)


def refclipscore(clip_score: float, reference_cosine: float) -> float:
    """RefCLIPScore: the harmonic mean of CLIPScore and the nearest reference's cosine.

    Args:
        clip_score: Of image and caption, at least 0.
        reference_cosine: The largest cosine of the caption and a reference; a negative one is 0.

    Returns:
        A number from 0 on, at most 2 weight / (weight + 1); 0 where one of the two is 0.

    >>> refclipscore(1.5, 0.5)
    0.75
    """
    if clip_score <= 0.0 or reference_cosine <= 0.0:
        return 0.0
    # The quotient first: it is at most 2, while a product may leave the range of a float.
    return clip_score * (2.0 * reference_cosine / (clip_score + reference_cosine))
