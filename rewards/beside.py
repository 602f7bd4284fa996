r"""What stands beside the answer inside an answer section: another value there is hedging.

The math verifier reads whole replies as well, so it looks for a box or an announcement and passes
over what stands before it. In a section that a template has cut out, all of the text is the
answer: `7 \boxed{5}` gives two.
"""

import re

from rewardkit.verifiers.math.locate import locate

_SHOWN = 40
_MARK = re.compile(r"\\f?box|####|answer|答案|^A:", re.IGNORECASE | re.MULTILINE)
"""Without one of these the math verifier reads the whole text."""

# The 2 of `cm^2`, `x_2` or `x_{2}` is no value of its own.
_NUMBER = re.compile(r"(?<![\d.^_])(?<![\^_][{-])\d+(?:[.,]\d+)*")
_OR = re.compile(r"\bor\b|或", re.IGNORECASE)


def other_value(answer: str) -> str:
    r"""Another value beside the one that is boxed or announced in an answer section.

    Numbers that the answer itself holds, and words, are none; so `5 = \boxed{5}` and
    `\boxed{5} cm` give one value.

    Args:
        answer: The answer section as a template cut it out, at most some thousand characters.

    Returns:
        The first other number, or the `or`; empty without one.

    >>> other_value(r"7 \boxed{5}"), other_value("#### 5 #### 7"), other_value(r"\boxed{5} cm^2")
    ('7', '5', '')
    """
    if not _MARK.search(answer):
        return ""
    located = locate(answer)
    if not located or located not in answer:
        return ""
    before, _, after = answer.rpartition(located)
    own = set(_NUMBER.findall(located))
    for text in (before, after):
        numbers = (found for found in _NUMBER.findall(text) if found not in own)
        other = next(numbers, "") or (hedge[0] if (hedge := _OR.search(text)) else "")
        if other:
            return other[:_SHOWN]
    return ""
