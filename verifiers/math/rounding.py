"""Numbers compared: exactly, then by the one rule of rounding.

* An exact reference (a whole number, a fraction, a root, a multiple of pi …) wants an exact
  answer, or a decimal with at
  least 6 significant digits that the reference rounds to.
* A decimal reference with two significant digits or more accepts what rounds to it; an answer that
  is no decimal (a fraction, a root) only where the reference has two decimals or three significant
  digits, for 4.5 is more often a half than a rounding.
* Of a decimal answer 14 significant digits count: the noise of floating point is nobody's mistake.
"""

from fractions import Fraction

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.form import Form
from rewardkit.verifiers.math.numeric import approximate
from rewardkit.verifiers.math.values import Quantity
from rewardkit.verifiers.math.work import Unreadable

_FLOAT_FIGURES = 14


def close(a: Form, b: Form, tolerance: Fraction) -> bool:
    """Whether two real constants differ by no more than a tolerance."""
    difference = fm.add(a, fm.negative(b))
    exact = difference.rational
    if exact is not None:
        return abs(exact) <= tolerance
    return abs(Fraction(approximate(difference))) <= tolerance


def rounds_to(
    answer: Quantity,
    reference: Quantity,
    a: Form,
    r: Form,
    scales: tuple[Fraction, Fraction],
    figures: int,
) -> str:
    """How an unequal answer is still right by rounding.

    Args:
        answer: The answer's reading.
        reference: The reference's reading.
        a: The answer's value in the unit of comparison.
        r: The reference's value in that unit.
        scales: What one of the answer's and of the reference's own unit is in it.
        figures: Significant digits that an exact reference wants.

    Returns:
        A few words for the reason; empty where it is not right.
    """
    if "oo" in a.atoms() or "oo" in r.atoms():
        return ""
    try:
        if reference.step is not None:
            if reference.figures < 2:
                return ""  # Half of 0.000001 is no rounding.
            if answer.step is None and reference.figures < 3 and reference.decimals < 2:
                return ""
            half = Fraction(1, 2) * Fraction(10) ** reference.step * scales[1]
            return "rounds to it" if r.num and close(a, r, half) else ""
        if answer.step is None or answer.figures < figures:
            return ""
        step = answer.step + max(0, answer.figures - _FLOAT_FIGURES)
        half = Fraction(1, 2) * Fraction(10) ** step * scales[0]
        return f"{answer.figures} significant digits" if close(a, r, half) else ""
    except Unreadable:
        return ""
