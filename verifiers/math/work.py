"""Limits of the exact tier: what it refuses, and work that is counted so none takes long."""

import threading
from fractions import Fraction

MAX_BITS = 70_000
"""Bits of one numerator or denominator, about 21,000 digits."""


MAX_WORK = 20_000
"""Units of work of one reading, some 5 microseconds each; counted, so the same everywhere."""


class Unreadable(Exception):
    """The text is not something that the exact tier reads; its message says why."""


class TooBig(Unreadable):
    """The text reads, but its value or its work is over a limit."""


def checked_name(text: str) -> str:
    """A text that becomes part of an atom's name.

    Raises:
        Unreadable: When it is longer than 2,000 characters, as names within names soon are.
    """
    if len(text) > 2000:
        raise Unreadable("functions or powers nested too deep")
    return text


def digits_of(value: Fraction) -> str:
    """A fraction as text, for a name.

    Raises:
        Unreadable: When it has more than some 1,200 digits.
    """
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > 4000:
        raise Unreadable("a long number inside of a function")
    return str(value)


class _Work(threading.local):
    """What is left of the work allowed, for each thread by itself."""

    left: int = MAX_WORK


_WORK = _Work()


def allow_work() -> None:
    """Begin a reading or a comparison: all of the work is allowed again."""
    _WORK.left = MAX_WORK


def spend(units: int) -> None:
    """Count work.

    Raises:
        TooBig: When more was done than `MAX_WORK`.
    """
    _WORK.left -= units
    if _WORK.left < 0:
        raise TooBig("more arithmetic than an answer needs")
