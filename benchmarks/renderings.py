r"""Write a mathematical answer in another notation: same value, other text, by a seed.

Each rewriting keeps the value for certain, or leaves the text alone. Any verifier should accept
what comes out as equal to what went in.
"""

import random
import re
from collections.abc import Callable

from reorderings import reordered_set, reordered_sum

Rewriting = Callable[[str, random.Random], str]

_GLYPHS = (
    (r"\pi", "π"),
    (r"\infty", "∞"),
    (r"\cdot", "·"),
    (r"\times", "\N{MULTIPLICATION SIGN}"),
    (r"\cup", "\N{UNION}"),
    (r"\leq", "≤"),
    (r"\geq", "≥"),
    (r"\le", "≤"),
    (r"\ge", "≥"),
    (r"^\circ", "°"),
    (r"^{\circ}", "°"),
)
_RE_FRAC = re.compile(r"\\[dt]?frac(?=\{)")
_RE_DECIMAL = re.compile(r"-?\d{1,9}\.\d{1,9}")
_RE_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,8})")
_RE_DIGIT_FRACTION = re.compile(r"(\\[dt]?frac)\{(\d)\}\{(\d)\}")
_RE_SMALL_FRACTION = re.compile(r"(-?)\\[dt]?frac\{(\d{1,9})\}\{(\d{1,9})\}")
_RE_BIG_WHOLE = re.compile(r"(-?)([1-9]\d{3,11})")


def fraction_command(text: str, rng: random.Random) -> str:
    r"""Another of `\frac`, `\dfrac`, `\tfrac` for each fraction."""
    return _RE_FRAC.sub(lambda found: rng.choice((r"\frac", r"\dfrac", r"\tfrac")), text)


def slash(text: str, rng: random.Random) -> str:
    r"""`a/b` where the whole text is `\frac{a}{b}` of whole numbers.

    >>> slash(r"-\frac{14}{3}", random.Random(0))
    '-14/3'
    """
    found = _RE_SMALL_FRACTION.fullmatch(text)
    return f"{found[1]}{found[2]}/{found[3]}" if found else text


def bare_arguments(text: str, rng: random.Random) -> str:
    r"""`\frac12` and `\sqrt2` where the arguments are single digits.

    >>> print(bare_arguments(r"\frac{1}{2}\sqrt{3}", random.Random(0)))
    \frac12\sqrt3
    """
    text = _RE_DIGIT_FRACTION.sub(r"\1\2\3", text)
    return re.sub(r"\\sqrt\{(\d)\}(?!\d)", r"\\sqrt\1", text)


def trailing_zeros(text: str, rng: random.Random) -> str:
    """Zeros behind the point where the whole text is a number, decimal or whole.

    >>> trailing_zeros("0.5", random.Random(0)), trailing_zeros("42", random.Random(0))
    ('0.500', '42.00')
    """
    zeros = "0" * rng.randint(1, 3)
    if _RE_WHOLE.fullmatch(text):
        return f"{text}.{zeros}"
    return text + zeros if _RE_DECIMAL.fullmatch(text) else text


def thousands(text: str, rng: random.Random) -> str:
    """Commas where the whole text is a whole number of four digits or more.

    >>> thousands("-1234567", random.Random(0))
    '-1,234,567'
    """
    found = _RE_BIG_WHOLE.fullmatch(text)
    return f"{found[1]}{int(found[2]):,}" if found else text


def delimiters(text: str, rng: random.Random) -> str:
    r"""Brackets without `\left` and `\right`, or round ones with them."""
    if r"\text" in text:
        return text
    if r"\left" in text:
        return re.sub(r"\\(?:left|right)(?![A-Za-z.])\s?", "", text)
    if text.count("(") == text.count(")"):
        return text.replace("(", r"\left(").replace(")", r"\right)")
    return text


def spaces(text: str, rng: random.Random) -> str:
    """Other spacing around operators and commas; numbers and words keep theirs."""
    if r"\text" in text or r"\begin" in text or re.search(r"\d,\d{3}(?!\d)|\d \d", text):
        return text
    gap = rng.choice(("", " ", r"\,"))
    return re.sub(r"(?<=[0-9A-Za-z})\]]) ?([+\-=]) ?(?=[0-9A-Za-z\\(])", rf"{gap}\1{gap}", text)


def glyphs(text: str, rng: random.Random) -> str:
    r"""Unicode signs for their commands.

    >>> ascii(glyphs(r"2\pi - 1", random.Random(0)))
    "'2\\u03c0 \\u2212 1'"
    """
    if r"\text" in text:
        return text
    for command, sign in _GLYPHS:
        text = re.sub(rf"{re.escape(command)}(?![A-Za-z])", sign, text)
    text = re.sub(r"\\sqrt\{(\d+)\}", r"√\1", text)
    return text.replace("-", "\N{MINUS SIGN}")


REWRITINGS: dict[str, Rewriting] = {
    "fraction command": fraction_command,
    "slash": slash,
    "thousands": thousands,
    "trailing zeros": trailing_zeros,
    "bare arguments": bare_arguments,
    "order of a sum": reordered_sum,
    "order of a set": reordered_set,
    "delimiters": delimiters,
    "spaces": spaces,
    "glyphs": glyphs,
}
"""In the order in which they are applied."""


def rerender(text: str, rng: random.Random, share: float = 0.5) -> str:
    r"""Apply each rewriting with a certain probability.

    Args:
        text: An answer in LaTeX or plain text.
        rng: Draws what is applied and how.
        share: Probability of each rewriting, in [0, 1].

    Returns:
        The same value; the same text where no rewriting fits.

    >>> rerender(r"\frac{6}{8}", random.Random(3), share=1.0)
    '6/8'
    """
    for rewrite in REWRITINGS.values():
        if rng.random() < share:
            text = rewrite(text, rng)
    return text
