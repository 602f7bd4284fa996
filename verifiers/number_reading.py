"""Which number does this text give: one quantity, several, or none that can be read?"""

import re
from fractions import Fraction
from functools import lru_cache

import msgspec

from rewardkit.types import Reference, Status
from rewardkit.verifiers.number_cursor import Cursor, TooLargeError, UnreadableError, decimal
from rewardkit.verifiers.number_tokens import tokenize
from rewardkit.verifiers.quantity import Quantity, read_quantity

MAX_CHARACTERS = 1_000
"""Longer answers are not read: an answer is a number, not an essay."""

_MAX_NOUNS = 6
_INTEGER = re.compile(r"-?[0-9]{1,18}")
# `3!` may say 6, and `0.33...` a third; `\\!` is a space of LaTeX.
_OPEN_ENDED = re.compile(r"(?<!\\)[!\uff01]|\.\.|\u2026|dots")
_BEFORE = frozenset(
    "the a an final correct right my our your answer result value solution total sum number amount "
    "it this that there they we i he she is are was were will be has have had get gets got so thus "
    "therefore hence then equals equal to of gives approximately about around roughly only just "
    "exactly costs cost price would us 答案 答案是 答案为 是 为 等于 共 一共 结果是".split()
)
# Words after a number that change what it says; everything else counts as a noun.
_CHANGES = frozenset(
    "or and to plus minus times divided by squared cubed factorial over under more less than least "
    "most not no nor but if maybe perhaps possibly either between except pi e i x y z n k sqrt log "
    "ln exp sin cos tan mod half twice double triple one two three four five six seven eight nine "
    "ten hundred thousand million billion trillion dozen percentage points wrong false incorrect "
    "never isn't aren't doesn't instead rather something each-way bit bits".split()
)


class Unread(msgspec.Struct, frozen=True):
    """Why a text gives no quantity, as the status that an answer then gets."""

    status: Status
    reason: str


def read_number(text: str) -> Quantity | Unread:
    r"""Read the one quantity that a text gives.

    Args:
        text: At most 1,000 characters.

    Returns:
        The quantity. `Unread` where two numbers differ or stand side by side, where something
        beside the number may change what it says, and beyond the limits on digits.

    >>> read_number(r"The answer is \frac{6}{8}.").value
    Fraction(3, 4)
    >>> read_number("12 or 13").status, read_number("7 2").status, read_number("not 7").status
    ('ambiguous_answer', 'ambiguous_answer', 'unreadable_answer')
    """
    if _INTEGER.fullmatch(text):
        return Quantity(Fraction(int(text)))
    if len(text) > MAX_CHARACTERS:
        return Unread("answer_too_hard", f"more than {MAX_CHARACTERS} characters")
    sign = _OPEN_ENDED.search(text)
    if sign:
        return Unread("unreadable_answer", f"{sign[0]!r} may change the number")
    cursor = Cursor(tokenize(text))
    numbers = [token.text.rstrip(",.") for token in cursor.tokens if token.kind == "number"]
    if not numbers:
        return Unread("unreadable_answer", "no number in it")
    try:
        return _read(cursor)
    except TooLargeError as error:
        return Unread("answer_too_hard", str(error))
    except UnreadableError as error:
        if len(numbers) > 1 or _is_list(numbers[0]):
            return Unread("ambiguous_answer", f"more than one number, and {error}")
        return Unread("unreadable_answer", str(error))


def _is_list(text: str) -> bool:
    """Whether a run with commas is a list, not a number: `1,2,3`."""
    try:
        decimal(text)
    except (UnreadableError, TooLargeError):
        return "," in text
    return False


def _read(cursor: Cursor) -> Quantity:
    _skip_before(cursor)
    found = read_quantity(cursor)
    nouns = _nouns(cursor)
    # The same number once more, as in `1 km = 1000 m` or `0.25 (25%)`.
    while cursor.peek() in {"=", "(", "≈"}:
        cursor.place += 1
        other = read_quantity(cursor)
        if not same(found, other):
            raise UnreadableError("they differ")
        nouns = nouns or _nouns(cursor)
        cursor.take(")")
    while cursor.take(".", ",", ";", ":", ")", "]", "}"):
        pass
    if cursor.peek():
        raise UnreadableError(f"{cursor.peek()[:40]!r} after the number")
    return Quantity(found.value, found.percent, found.units, nouns)


def _skip_before(cursor: Cursor) -> None:
    """Step over an announcement such as `The answer is` or `x =`."""
    while text := cursor.peek():
        if cursor.peek(1) == "=" and len(text) == 1 and text.isalpha():
            cursor.place += 2
        elif text.lower() in _BEFORE or text in {":", "=", "≈", "#", "(", "[", "{", ",", '"', "'"}:
            cursor.place += 1
        else:
            return


def _nouns(cursor: Cursor) -> frozenset[str]:
    """Step over the counted nouns after a number: `golden apples in the basket`."""
    nouns: list[str] = []
    marks = 0
    while cursor.place < len(cursor.tokens) and cursor.tokens[cursor.place].kind != "number":
        word = cursor.peek()
        if cursor.tokens[cursor.place].kind != "word":
            if word not in {"{", "}", "(", ")"} or cursor.number(1) or marks == _MAX_NOUNS:
                break
            marks += 1
        elif (
            word.lower() in _CHANGES
            or word.startswith("\\")
            or len(nouns) == _MAX_NOUNS
            or len(word) > 40
        ):
            raise UnreadableError(f"{word[:40]!r} after the number")
        elif word.isascii() and len(word) < (3 if cursor.glued() else 2):
            raise UnreadableError(f"{word!r} after the number is no unit")
        else:
            nouns.append(word.casefold().removesuffix("s"))
        cursor.place += 1
    return frozenset(nouns)


def same(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities are the same number, after conversion of their units.

    >>> same(read_number("1 km"), read_number("1000 m"))
    True
    """
    if one.units and other.units:
        return any(
            a.convert(one.value, b) == other.value
            for a in one.units
            for b in other.units
            if a.dimension == b.dimension
        )
    scale = Fraction(1, 100)
    return one.value * (scale if one.percent else 1) == other.value * (
        scale if other.percent else 1
    )


@lru_cache(maxsize=4096)
def _read_reference(text: str) -> Quantity | Unread:
    return read_number(text.strip())


def read_reference(reference: Reference) -> Quantity | Unread | None:
    """Read a reference: a finite number, or a text that gives one.

    Returns:
        The quantity; `Unread` for a text without one; None where the type is wrong or it is empty.
        A float means its shortest decimal notation: 0.1 is one tenth. A bool is no number.

    >>> read_reference(0.1).value
    Fraction(1, 10)
    >>> read_reference(True) is None
    True
    """
    if isinstance(reference, str):
        return _read_reference(reference) if reference.strip() else None
    if isinstance(reference, bool) or not isinstance(reference, int | float):
        return None
    if isinstance(reference, int):
        return Quantity(Fraction(reference)) if abs(reference) < 10**400 else None
    text = repr(reference)
    return Quantity(Fraction(text)) if "n" not in text else None
