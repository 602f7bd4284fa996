"""A place in the tokens of a number, and the value of one run of digits."""

import re
from fractions import Fraction

from rewardkit.verifiers.number_tokens import THIN, Token

MAX_DIGITS = 400
"""Digits of one number; also the limit of an exponent of ten."""

_GROUPED = re.compile(rf"[1-9][0-9]{{0,2}}(?:[,{THIN}][0-9]{{3}})+(?:\.[0-9]+)?")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")


class UnreadableError(Exception):
    """The tokens are not a quantity; never leaves the reader, the message is the reason."""


class TooLargeError(Exception):
    """A number over the limits; never leaves the reader."""


class Cursor:
    """A place in a list of tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        """Start at the first token."""
        self.tokens = tokens
        self.place = 0

    def peek(self, ahead: int = 0) -> str:
        """The text of a token ahead; empty after the last."""
        place = self.place + ahead
        return self.tokens[place].text if place < len(self.tokens) else ""

    def number(self, ahead: int = 0) -> bool:
        """Whether a token ahead is a number."""
        place = self.place + ahead
        return place < len(self.tokens) and self.tokens[place].kind == "number"

    def glued(self) -> bool:
        """Whether no white space stands before the next token."""
        return self.place < len(self.tokens) and self.tokens[self.place].glued

    def take(self, *texts: str) -> bool:
        """Step over the next token if it is one of these."""
        found = self.peek() in texts and bool(self.peek())
        self.place += found
        return found


def decimal(text: str) -> Fraction:
    """The value of a run of digits, with thousands separators and an exponent.

    Raises:
        UnreadableError: When separators stand in odd places: `1,22`, `3.14.15`.
        TooLargeError: Over 400 digits, or an exponent beyond ±400.

    >>> decimal("1,500.50"), decimal("2.5e-1")
    (Fraction(3001, 2), Fraction(1, 4))
    """
    if len(text) > MAX_DIGITS:
        raise TooLargeError(f"a number of more than {MAX_DIGITS} digits")
    mantissa, _, exponent = text.lower().partition("e")
    mantissa = mantissa.rstrip(",.") if not exponent else mantissa
    if _GROUPED.fullmatch(mantissa):
        mantissa = mantissa.replace(",", "").replace(THIN, "")
    elif not _PLAIN.fullmatch(mantissa):
        raise UnreadableError(f"'{text[:40]}' is not a number")
    if exponent and (len(exponent) > 6 or abs(int(exponent)) > MAX_DIGITS):
        raise TooLargeError(f"an exponent beyond {MAX_DIGITS}")
    return Fraction(mantissa) * Fraction(10) ** int(exponent or 0)
