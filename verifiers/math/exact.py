r"""The exact tier of the math verifier: a verdict where it knows, None where it does not.

Pure Python and exact rational arithmetic, linear in the text, every size bounded, nothing
evaluated. The rules are in
`docs/verifiers-math-exact.md`, as tables of examples that run as a test.
"""

import re
from functools import lru_cache

from rewardkit.errors import ConfigError
from rewardkit.types import Verdict
from rewardkit.verifiers.math.agree import agree
from rewardkit.verifiers.math.agree_wrapped import WRAPPED
from rewardkit.verifiers.math.beside import place_in_order
from rewardkit.verifiers.math.boxes import every_box, last_box, spoiled, taken_back
from rewardkit.verifiers.math.clean import clean
from rewardkit.verifiers.math.explain import SHOWN, short, verdict_of
from rewardkit.verifiers.math.lexer import MAX_DIGITS
from rewardkit.verifiers.math.locate import locate
from rewardkit.verifiers.math.numbers import Finding
from rewardkit.verifiers.math.quantity import constant
from rewardkit.verifiers.math.reader import MAX_TEXT, read
from rewardkit.verifiers.math.simple import integers, simple
from rewardkit.verifiers.math.values import Items, Quantity, Vague, Value, Words
from rewardkit.verifiers.math.words import NO_SOLUTION, UNDEFINED
from rewardkit.verifiers.math.work import TooBig, Unreadable, allow_work

_RE_COMMA = re.compile(r"(-?\d+),(\d+)")
_RE_DIGIT_COMMA = re.compile(r"(?<=\d),(?=\d)")
_RE_SPACED_COMMA = re.compile(r",\s+")
_RE_IDLE_SPACE = re.compile(r"(?<![0-9A-Za-z]) | (?![0-9A-Za-z])")
"""Spaces that part neither two words nor two numbers."""
_RE_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_RE_HINT = re.compile(r"\\f?box|####|answer|答案|故选|^A:", re.IGNORECASE | re.MULTILINE)


def compare(answer: str, reference: str, *, figures: int = 6) -> Verdict | None:
    r"""Judge an answer as far as exact arithmetic can.

    Args:
        answer: The answer as a template cut it out, or a whole reply in which the answer is
            announced or boxed.
        reference: What is right.
        figures: Significant digits that an exact reference wants of a decimal answer, 1 to 14.

    Returns:
        A verdict when the exact tier knows; None when it does not.

    Raises:
        ConfigError: When figures is out of range.

    >>> compare(r"\frac{6}{8}", "3/4").reason
    '\\frac{6}{8} = 3/4'
    >>> compare("10 km", "10 cm").rule, compare("12 or 13", "12").status
    ('units', 'ambiguous_answer')
    >>> compare(r"\int_0^1 x\,dx", r"\sum_n a_n") is None
    True
    """
    if not 1 <= figures <= 14:
        raise ConfigError(f"figures: expected 1 to 14, got {figures}")
    if answer.isdigit() and reference.isdigit() and answer.isascii() and reference.isascii():
        return integers(answer, reference)
    plain = simple(answer, reference, figures)
    return plain if plain is not None else _by_reading(answer, reference, figures)


def _by_reading(answer: str, reference: str, figures: int) -> Verdict | None:
    reference = reference.strip()
    if not reference:
        return Verdict(
            "unreadable_reference", answer[:SHOWN], None, "empty", "the reference is empty"
        )
    answer = answer.strip()
    if not answer:
        return Verdict("no_answer", None, reference, "empty", "the answer is empty")
    if answer == reference:
        return Verdict("correct", answer, reference, "identical", "the same text")
    boxes = reference.count("\\boxed")
    reference = _unboxed(reference)
    if boxes > 1 and isinstance(_reading(reference), Quantity):
        return None  # Several boxes with prose between them: what counts is not known.
    located = locate(answer) if len(answer) > MAX_TEXT or _RE_HINT.search(answer) else None
    if located == "":
        return Verdict(
            "unreadable_answer",
            answer[-SHOWN:],
            reference,
            "box",
            "the last box is empty or not closed",
        )
    if located is None and len(answer) > MAX_TEXT:
        if answer.isdigit():
            return (
                None
                if len(reference) > MAX_DIGITS
                else _too_hard(answer, reference, f"{len(answer)} digits")
            )
        reason = f"a text of {len(answer)} characters that announces no answer"
        return Verdict("no_answer", None, reference, "location", reason)
    verdict = _judge(located or answer, reference, figures, located is None)
    if located and (verdict is None or verdict.correct) and spoiled(answer) and located in answer:
        reason = "the words next to the box make something else of it"
        return Verdict("unreadable_answer", located, reference, "box", reason)
    other = taken_back(answer) if located and (verdict is None or verdict.correct) else ""
    if other and not isinstance(_reading(reference), Items):
        again = _judge(other, reference, figures, False)
        if again is None or not again.correct:
            reason = f"{short(other)!r} is offered beside {short(located or '')}"
            return Verdict("ambiguous_answer", located, reference, "hedge", reason)
    if verdict is not None and not verdict.correct and answer.count("\\boxed") > 1:
        # Parts of one answer may stand in boxes of their own, with prose between them.
        return None if isinstance(_reading(reference), Items) else verdict
    return verdict


def reads(reference: str) -> bool:
    """Whether the exact tier has a reading of a reference; remembered for its group.

    >>> reads("101_2"), reads("???")
    (True, False)
    """
    return not isinstance(_reading(_unboxed(reference.strip())), str)


def names_no_value(reference: str) -> bool:
    """Whether a reference says that there is no value: no solution, undefined."""
    right = _reading(_unboxed(reference.strip()))
    return isinstance(right, Words) and right.text in (NO_SOLUTION, UNDEFINED)


def same_kind(answer: str, reference: str) -> bool | None:
    """Whether the readings of both are of one kind; None where the answer has none."""
    left = _reading(locate(answer) or answer if _RE_HINT.search(answer) else answer)
    right = _reading(_unboxed(reference.strip()))
    if isinstance(left, str) or isinstance(right, str):
        return None
    if isinstance(right, Vague) and right.kind == "about" and right.value is not None:
        right = right.value
    return type(left) is type(right) or isinstance(right, WRAPPED)


def _unboxed(reference: str) -> str:
    inside = every_box(reference) or last_box(reference) if "box" in reference else None
    return inside or reference


def _judge(answer: str, reference: str, figures: int, search: bool) -> Verdict | None:
    if _same_text(answer, reference):
        return Verdict("correct", answer, reference, "identical", "the same text")
    if place_in_order(answer) and not isinstance(_reading(reference), Words):
        if _RE_ORDINAL.search(reference) is None:
            reason = f"{short(answer)!r} is a place in an order, not a number"
            return Verdict("unreadable_answer", answer, reference, "ordinal", reason)
    right = _reading(reference)
    left = _reading(answer)
    if search and (isinstance(left, str) or isinstance(left, Words)):
        found = locate(answer)
        if found:
            answer, left = found, _reading(found)
    if isinstance(right, str):
        return None
    if isinstance(left, str):
        if left and isinstance(right, Quantity) and constant(right.form):
            return _too_hard(answer, reference, left)
        return None
    allow_work()
    commas = _decimal_commas(answer, reference, left, right, figures)
    if commas is not None:
        return commas if commas.rule else None
    found_ = agree(left, right, figures)
    if found_ is None or (not found_.equal and _commas_in_doubt(answer, reference, figures)):
        return None
    return verdict_of(found_, answer, reference)


def _too_hard(answer: str, reference: str, why: str) -> Verdict:
    return Verdict(
        "answer_too_hard", answer[:SHOWN], reference, "size", f"the answer is too big: {why}"
    )


def _same_text(answer: str, reference: str) -> bool:
    if len(answer) > MAX_TEXT or len(reference) > MAX_TEXT:
        return answer == reference
    left, right = clean(answer), clean(reference)
    if left == right:
        return left != ""
    if len(left) < 3 or " " not in left + right:
        return False
    return _RE_IDLE_SPACE.sub("", left) == _RE_IDLE_SPACE.sub("", right)


@lru_cache(maxsize=8192)
def _reading(text: str) -> Value | str:
    """A reading, or why there is none: not empty only where the text is over a limit of size."""
    try:
        return read(text)
    except TooBig as error:
        return str(error)
    except Unreadable:
        return ""


def _decimal_commas(
    answer: str, reference: str, left: Value, right: Value, figures: int
) -> Verdict | None:
    """Readings of `2,74` as a decimal: in an answer where right, in a reference `0,74` alone.

    Returns:
        A verdict; one without a rule where nothing is known; None where no comma is in doubt.
    """
    comma_a, comma_r = _RE_COMMA.fullmatch(answer), _RE_COMMA.fullmatch(clean(reference))
    if comma_a and isinstance(right, Quantity) and isinstance(left, Items):
        found = agree(_as_decimal(comma_a), right, figures)
        if found is not None and found.equal:
            return verdict_of(Finding(True, "decimal comma"), answer, reference)
    if comma_r and isinstance(left, Quantity):
        found = agree(left, _as_decimal(comma_r), figures)
        certain = comma_r[1].lstrip("-") == "0" or (
            found is not None and found.equal and len(comma_r[2]) > 1 and len(comma_r[2]) != 3
        )
        if found is not None and (found.equal or certain):
            return (
                verdict_of(Finding(found.equal, "decimal comma"), answer, reference)
                if certain
                else Verdict("undecided")
            )
    return None


def _as_decimal(match: re.Match[str]) -> Value:
    value = _reading(f"{match[1]}.{match[2]}")
    return Items("bare", ()) if isinstance(value, str) else value


def _commas_in_doubt(answer: str, reference: str, figures: int) -> bool:
    """Whether unequal texts would be equal if a comma between digits were read the other way.

    `1,234` may be a list, and `2,74 kg` a decimal.
    """
    for one, other in ((answer, reference), (reference, answer)):
        if _RE_DIGIT_COMMA.search(one) is None:
            continue
        if _RE_SPACED_COMMA.sub(",", other) == one:
            return True
        decimal = _reading(_RE_DIGIT_COMMA.sub(".", one))
        value = _reading(other)
        if isinstance(decimal, str) or isinstance(value, str):
            continue
        found = agree(decimal, value, figures)
        if found is not None and found.equal:
            return True
    return False
