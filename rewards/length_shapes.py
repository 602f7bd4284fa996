"""The published shapes of a length reward, as functions of plain numbers.

Sources: `inverse` PeBR-R1, arXiv 2509.13031 · `soft-overlong` DAPO, arXiv 2503.14476 eq. 13 ·
`cosine` arXiv 2502.03373 with the numbers of huggingface/open-r1@0056faa,
`src/open_r1/rewards.py` · `relative` Kimi k1.5, arXiv 2501.12599 section 2.3.3. What differs: the
cosine stands still beyond its limit, where the released ones turn around, so that a right reply
of twice the limit pays as much as an empty one.
"""

import math


def inverse_length(length: int, limit: int) -> float:
    """1 up to the limit, then limit / length.

    Returns:
        A value in (0, 1].

    >>> inverse_length(512, 512), inverse_length(1024, 512)
    (1.0, 0.5)
    """
    return 1.0 if length <= limit else limit / length


def soft_overlong(length: int, limit: int, cache: int) -> float:
    """0 up to limit - cache, then a straight line down to -1 at the limit, and -1 beyond.

    Returns:
        A value in [-1, 0].

    >>> [soft_overlong(length, 100, 20) for length in (80, 90, 100, 101)]
    [0.0, -0.5, -1.0, -1.0]
    """
    over = length - (limit - cache)
    if over <= 0:
        return 0.0
    return -1.0 if length >= limit else -over / cache


def cosine_length(length: int, limit: int, at_zero: float, at_limit: float) -> float:
    """Half a cosine wave from one value to another as the length grows, still beyond the limit.

    >>> cosine_length(0, 1000, 1.0, 0.5), cosine_length(500, 1000, 1.0, 0.5)
    (1.0, 0.75)
    >>> cosine_length(1000, 1000, 1.0, 0.5), cosine_length(2000, 1000, 1.0, 0.5)
    (0.5, 0.5)
    """
    wave = math.cos(math.pi * min(length, limit) / limit)
    return at_limit + 0.5 * (at_zero - at_limit) * (1.0 + wave)


def relative_length(length: int, shortest: int, longest: int, correct: bool) -> float:
    """0.5 for the shortest reply of a question, -0.5 for the longest; a wrong reply gets no bonus.

    Returns:
        A value in [-0.5, 0.5], in [-0.5, 0] for a wrong reply; 0.0 where all are equally long.

    >>> relative_length(10, 10, 30, True), relative_length(10, 10, 30, False)
    (0.5, 0.0)
    """
    if longest == shortest:
        return 0.0
    share = 0.5 - (length - shortest) / (longest - shortest)
    return share if correct else min(0.0, share)
