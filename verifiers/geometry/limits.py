"""What coordinates may be: the frame they stand in, and how many objects there may be."""

import math

import msgspec

from rewardkit.errors import ConfigError

MAX_COORDINATE = 1e7
"""Without a frame coordinates lie between -1e7 and 1e7, so that no area overflows."""

MAX_DISTANCE = 1e9
"""A distance that is an option is at most this."""

MIN_SIDE = 1e-6
"""A box with a shorter side has no area."""

MOST_OBJECTS = 1_000
"""`max_objects` is at most this: the best pairing takes cubic time."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What is read as coordinates.

    Attributes:
        frame: Width and height of the image that coordinates refer to: they lie from 0 to the
            width, and from 0 to the height. None for any coordinates.
        inclusive: Corners are pixels of the box, so that a box may be one pixel wide, x1 = x2.
        max_objects: Most objects of a list.
    """

    frame: tuple[float, float] | None = None
    inclusive: bool = False
    max_objects: int = 120

    def fault_of(self, x: float, y: float) -> str:
        """Why a place can't be one in this frame; empty where it can.

        >>> Limits(frame=(840, 840)).fault_of(841, 3)
        '(841, 3) is outside of the frame 840 x 840'
        """
        if not (math.isfinite(x) and math.isfinite(y)):
            return "a coordinate is not finite"
        if self.frame is not None:
            width, height = self.frame
            inside = 0 <= x <= width and 0 <= y <= height
            where = f"outside of the frame {width:g} x {height:g}"
        else:
            inside = max(abs(x), abs(y)) <= MAX_COORDINATE
            where = f"beyond {MAX_COORDINATE:g}"
        return "" if inside else f"({x:g}, {y:g}) is {where}"

    def is_empty(self, low: float, high: float) -> bool:
        """Whether a box's side from `low` to `high` has no length.

        >>> Limits().is_empty(3, 3), Limits(inclusive=True).is_empty(3, 3)
        (True, False)
        """
        return high < low if self.inclusive else high - low < MIN_SIDE


def check_limits(kind: str, limits: Limits) -> None:
    """Refuse limits out of range.

    Args:
        kind: Whose options these are, for the message.
        limits: The options.

    Raises:
        ConfigError: Naming the option and what was got.

    >>> check_limits("boxes", Limits(frame=(0, 840)))
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: boxes.frame: expected a tuple of a width and a height above 0 \
and at most 1e+07, got (0, 840)
    """
    if limits.frame is not None:
        sides = limits.frame if isinstance(limits.frame, tuple) else ()
        fine = len(sides) == 2 and all(_is_number(side) for side in sides)
        if not (fine and all(0 < side <= MAX_COORDINATE for side in sides)):
            raise ConfigError(
                f"{kind}.frame: expected a tuple of a width and a height above 0 and at most "
                f"{MAX_COORDINATE:g}, got {limits.frame!r:.60}"
            )
    check_flag(f"{kind}.inclusive", limits.inclusive)
    most = limits.max_objects
    whole = isinstance(most, int) and not isinstance(most, bool)
    if not (whole and 1 <= most <= MOST_OBJECTS):
        raise ConfigError(
            f"{kind}.max_objects: expected a whole number in 1..{MOST_OBJECTS}, got {most!r:.60}"
        )


def check_pixels(kind: str, limits: Limits) -> None:
    """Refuse corners that are pixels in a frame of shares, where one is as large as the image.

    Args:
        kind: Whose options these are, for the message.
        limits: Options that `check_limits` took.

    Raises:
        ConfigError: Naming the option and what was got.

    >>> check_pixels("boxes", Limits(frame=(1, 1), inclusive=True))
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: boxes.inclusive: expected a frame in pixels, got one of 1 x 1
    """
    if limits.inclusive and limits.frame is not None and max(limits.frame) <= 1:
        width, height = limits.frame
        raise ConfigError(
            f"{kind}.inclusive: expected a frame in pixels, got one of {width:g} x {height:g}"
        )


def check_flag(where: str, value: object) -> None:
    """Refuse a switch that is neither on nor off.

    Raises:
        ConfigError: Naming the option and what was got.
    """
    if not isinstance(value, bool):
        raise ConfigError(f"{where}: expected true or false, got {value!r:.60}")


def check_distance(where: str, value: object) -> None:
    """Refuse a distance that is not a number of at least 0.

    Raises:
        ConfigError: Naming the option and what was got.

    >>> check_distance("points.tolerance", -1)
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: points.tolerance: expected a number of at least 0, got -1
    """
    if not (_is_number(value) and isinstance(value, int | float) and 0 <= value <= MAX_DISTANCE):
        raise ConfigError(f"{where}: expected a number of at least 0, got {value!r:.60}")


def check_reach(where: str, value: object) -> None:
    """Refuse a distance that is not a number above 0: nothing is nearer than 0.

    Raises:
        ConfigError: Naming the option and what was got.

    >>> check_reach("points.within", 0)
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: points.within: expected a number above 0 and at most 1e+09, got 0
    """
    if not (_is_number(value) and isinstance(value, int | float) and 0 < value <= MAX_DISTANCE):
        raise ConfigError(
            f"{where}: expected a number above 0 and at most {MAX_DISTANCE:g}, got {value!r:.60}"
        )


def check_share(where: str, value: object) -> None:
    """Refuse a threshold of overlap that is not in (0, 1]: 0 would pay for any box.

    Raises:
        ConfigError: Naming the option and what was got.
    """
    if not (_is_number(value) and isinstance(value, int | float) and 0 < value <= 1):
        raise ConfigError(f"{where}: expected a number in (0, 1], got {value!r:.60}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
