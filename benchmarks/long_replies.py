"""Long chains of thought with dozens of formulas and one boxed answer, made by a seed."""

import random
from fractions import Fraction
from typing import NamedTuple

_OPENINGS = (
    "We look for the constant that makes both sides agree.",
    "Start from the two conditions and bring them into one form.",
    "First write down what is known, then count the unknowns.",
)
_STEPS = (
    "Step {n}. Since $x_{{{n}}} = \\frac{{{a}}}{{{b}}}$ and $y_{{{n}}} = {c}$, their product is "
    "\\[ x_{{{n}}} y_{{{n}}} = \\frac{{{a} \\cdot {c}}}{{{b}}}. \\]",
    "Step {n}. Expanding, $(t + {a})(t - {b}) = t^2 + ({a} - {b})t - {a} \\cdot {b}$, whose "
    "constant term is negative, so that $t = {b}$ is the only positive root.",
    "Step {n}. Hmm, does $\\sqrt{{{a}^2 + {b}^2}} < {a} + {b}$ hold? It does: squaring both sides "
    "leaves $0 < 2 \\cdot {a} \\cdot {b}$. So the answer is not ${c}$ yet.",
    "Step {n}. Let me check with $k = {a}$: the sum $\\sum_{{i=1}}^{{{b}}} (i + k)$ has {b} terms "
    "and equals $\\frac{{{b}({b} + 1)}}{{2}} + {b} \\cdot {a}$.",
)


class LongReply(NamedTuple):
    """A made-up reply.

    Attributes:
        text: The chain of thought, which ends with the boxed answer.
        answer: What the box holds.
        value: What the answer is worth.
    """

    text: str
    answer: str
    value: Fraction


def long_reply(rng: random.Random, size: int = 8000) -> LongReply:
    """Write one reply; its steps are sound but lead nowhere.

    Args:
        rng: Draws everything.
        size: Characters that the reply has at least; it has at most 400 more.

    >>> reply = long_reply(random.Random(0), size=500)
    >>> reply.answer in reply.text, 500 <= len(reply.text) <= 900
    (True, True)
    """
    parts = [rng.choice(_OPENINGS)]
    length = len(parts[0])
    n = 0
    while length < size:
        n += 1
        a, b, c = (rng.randint(2, 99) for _ in range(3))
        step = rng.choice(_STEPS).format(n=n, a=a, b=b, c=c)
        parts.append(step)
        length += len(step) + 2
    value = Fraction(rng.randint(-400, 400), rng.choice((1, 1, 3, 7, 12)))
    answer = _in_latex(value)
    parts.append(f"Therefore the final answer is $\\boxed{{{answer}}}$.")
    return LongReply("\n\n".join(parts), answer, value)


def _in_latex(value: Fraction) -> str:
    sign, size = ("-" if value < 0 else ""), abs(value)
    if size.denominator == 1:
        return f"{sign}{size.numerator}"
    return rf"{sign}\frac{{{size.numerator}}}{{{size.denominator}}}"
