"""The fast path: plain whole numbers, decimals and fractions, compared without a reading."""

import re

from rewardkit.types import Verdict
from rewardkit.verifiers.math.explain import SHOWN, verdict_of
from rewardkit.verifiers.math.numbers import Finding

_RE_SIMPLE = re.compile(
    r"\$?(-?)(?:\\[dt]?frac\{(\d{1,40})\}\{(\d{1,40})\}|(\d{1,40})(?:/(\d{1,40})|\.(\d{1,40}))?)\$?"
)


def integers(answer: str, reference: str) -> Verdict:
    """Digits against digits, without ever making them numbers."""
    if answer == reference or answer.lstrip("0") == reference.lstrip("0"):
        return Verdict(
            "correct", answer, reference, "integer", f"{answer[:SHOWN]} = {reference[:SHOWN]}"
        )
    return Verdict(
        "wrong", answer, reference, "integer", f"{answer[:SHOWN]} is not {reference[:SHOWN]}"
    )


def simple(answer: str, reference: str, figures: int) -> Verdict | None:
    """Plain numbers and fractions without any reading, where rounding is out of the question."""
    a, r = _RE_SIMPLE.fullmatch(answer), _RE_SIMPLE.fullmatch(reference)
    if a is None or r is None:
        return None
    left, right = _ratio(a), _ratio(r)
    if left is None or right is None:
        return None
    equal = left[0] * right[1] == right[0] * left[1]
    decimals = a[6]
    if not equal and (r[6] or (decimals and len(a[4] + decimals) >= figures)):
        return None
    rule = (
        "decimal"
        if decimals or r[6]
        else "integer"
        if a[3] is a[5] and r[3] is r[5]
        else "fraction"
    )
    return verdict_of(Finding(equal, rule), answer, reference)


def _ratio(match: re.Match[str]) -> tuple[int, int] | None:
    """Numerator and denominator of a simple number, None where the denominator is 0."""
    minus, frac_top, frac_bottom, whole, bottom, decimals = match.groups()
    sign = -1 if minus else 1
    if decimals:
        return sign * int(whole + decimals), int("1" + "0" * len(decimals))
    if frac_bottom or bottom:
        low = int(frac_bottom or bottom)
        return (sign * int(frac_top or whole), low) if low else None
    return sign * int(whole), 1
