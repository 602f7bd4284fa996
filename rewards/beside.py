r"""What stands beside the answer inside an answer section: another value there is hedging.

The math verifier reads whole replies as well, so it looks for a box or an announcement and passes
over what stands before it. In a section that a template has cut out, all of the text is the
answer: `7 \boxed{5}` gives two.
"""

import re

from rewardkit.verifiers.framing import after_frame
from rewardkit.verifiers.math.locate import locate

_SHOWN = 40
# The 2 of `cm^2`, `x_2` or `x_{2}` is no value of its own.
_NUMBER = re.compile(r"(?<![\d.^_])(?<![\^_][{-])\d+(?:[.,]\d+)*")
_OR = re.compile(r"\bor\b|或", re.IGNORECASE)
_ENDS_IN_OR = re.compile(r"(?:\bor|或)\W*\Z", re.IGNORECASE)
_BOX = re.compile(r"\\(?:boxed|fbox)\b")
_OWN_BOX = re.compile(r"\\(?:boxed|fbox)\s?\{\s?\Z")
# A word of prose; the name of a LaTeX command is none.
_WORD = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{2,}|[\u3400-\u9fff]{2}")
_SENTENCE_END = re.compile(r"\n|(?<=[.!?;])\s|。")


def other_value(answer: str) -> str:
    r"""Another value beside the one that is boxed or announced in an answer section.

    Working is none: words with numbers in them, or a calculation that ends in the answer, may stand
    before the box. A number that stands there by itself, is announced or boxed, and any other
    number behind the answer, is one; so is an `or`. Numbers that the answer itself holds are none.

    Args:
        answer: The answer section as a template cut it out, at most some thousand characters.

    Returns:
        The first other number, or the `or`; empty without one.

    >>> other_value(r"7 \boxed{5}"), other_value("#### 5 #### 7"), other_value(r"\boxed{5} cm^2")
    ('7', '5', '')
    """
    # Most answers are one number, or none.
    if len(set(_NUMBER.findall(answer))) < 2 and not _OR.search(answer):
        return ""
    located = locate(answer)
    if not located:
        return ""
    # Neighbouring boxes are joined into one answer, which then stands nowhere as it is.
    before, _, after = answer.rpartition(located)
    before = _OWN_BOX.sub("", before)
    own = set(_NUMBER.findall(located))
    other = _competitor(before, own) or _foreign(after, own)
    hedge = _ENDS_IN_OR.search(before) or _OR.search(after)
    return (other or (hedge[0] if hedge else ""))[:_SHOWN]


def _foreign(text: str, own: set[str]) -> str:
    """The first number of a text that the answer does not hold."""
    return next((found for found in _NUMBER.findall(text) if found not in own), "")


def _competitor(before: str, own: set[str]) -> str:
    """A number before the answer that stands as an answer of its own."""
    if _BOX.search(before) and (other := _foreign(locate(before) or before, own)):
        return other
    for sentence in _SENTENCE_END.split(before):
        framed = after_frame(sentence)
        if framed is None and _WORD.search(sentence):
            continue
        result = (framed or sentence).rpartition("=")[2]
        if other := _foreign(result, own):
            return other
    return ""
