"""Numbers of a composition: checked on the way in, finite on the way out."""

import math
from collections.abc import Mapping
from typing import Literal, TypeAlias

from rewardkit.errors import ConfigError
from rewardkit.types import Score

Unjudged: TypeAlias = Literal["none", "skip", "zero"]
"""What a part without a value does to the whole: makes it unjudged, is left out, counts as 0."""

UNJUDGED: tuple[Unjudged, ...] = ("none", "skip", "zero")


def check_number(value: object, where: str) -> None:
    """Refuse an option that is not a finite number.

    Raises:
        ConfigError: Naming the place and what was got.

    >>> check_number(float("nan"), "clip.high")
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: clip.high: expected a finite number, got nan
    """
    fine = isinstance(value, int | float) and not isinstance(value, bool)
    if not fine or not _finite(value):
        raise ConfigError(f"{where}: expected a finite number, got {value!r:.60}")


def check_range(value: float, low: float, high: float, where: str) -> None:
    """Refuse an option that is not a finite number of a range.

    Raises:
        ConfigError: Naming the place, the range and what was got.

    >>> check_range(1.5, 0, 1, "phrase-alignment.quantile")
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: phrase-alignment.quantile: expected 0 to 1, got 1.5
    """
    check_number(value, where)
    if not low <= value <= high:
        raise ConfigError(f"{where}: expected {low:g} to {high:g}, got {value!r}")


def _finite(value: object) -> bool:
    try:
        return isinstance(value, int | float) and math.isfinite(value)
    except OverflowError:  # an int beyond the largest float
        return False


def check_choice(value: object, choices: tuple[str, ...], where: str) -> None:
    """Refuse an option that is not one of a few words.

    Raises:
        ConfigError: Naming the place, the words and what was got.
    """
    if value not in choices:
        raise ConfigError(f"{where}: expected one of {', '.join(choices)}, got {value!r:.60}")


def finite_score(value: float, reason: str, parts: dict[str, Score]) -> Score:
    """A score, or one that is not judged where the arithmetic left the range of a float.

    >>> finite_score(1e308 * 10, "x", {}).value is None
    True
    """
    if math.isfinite(value):
        return Score(value + 0.0, reason, parts)  # no negative zero, which reads like a bug
    return Score(None, f"overflow: {reason}", parts)


def first_unjudged(parts: Mapping[str, Score]) -> str:
    """Name the first part without a value and why: `accuracy not judged: reference is empty`.

    Returns:
        The empty text where every part has a value.
    """
    for name, score in parts.items():
        if score.value is None:
            return f"{name} not judged: {score.reason}"
    return ""
