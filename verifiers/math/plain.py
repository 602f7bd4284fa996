"""Texts that a pattern of the whole decides: letters, times, bases, words."""

import re

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.lexer import Token
from rewardkit.verifiers.math.quantity import read_quantity
from rewardkit.verifiers.math.values import Clock, InBase, Letter, Quantity, Ratio, Value, Words
from rewardkit.verifiers.math.words import number_word, plain_text
from rewardkit.verifiers.math.work import Unreadable

_RE_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))? ?([aApP])\.? ?[mM]\.?")


_RE_LETTER = re.compile(
    r"(?:\\(?:text|mathrm|textbf|mbox) ?\{ ?)?(?:(?:[Oo]ption|[Cc]hoice) )?"
    r"(\()?([A-Za-z])(\)|\.)?(?: ?\})?"
)


_RE_BASE = re.compile(
    r"\(?(\d{1,200})\)?(?:_ ?\{? ?(\d{1,2}|[a-z]{3,9}) ?\}?|(?: in)? base[ -](\d{1,2}|[a-z]{3,9}))"
)


_RE_TO = re.compile(r"([1-9]\d{0,8}) to ([1-9]\d{0,8})")
_RE_HYPHEN = re.compile(r"(?<=[a-zA-Z]{3})-(?=[a-zA-Z]{3})")
_RE_TEXT = re.compile(r"\\(?:text|textbf|textit|mathrm|mbox|textrm) ?\{([^{}]*)\}")


def whole_text(text: str) -> Value | None:
    """Readings that a pattern of the whole text decides."""
    if match := _RE_LETTER.fullmatch(text):
        bracket, name = match[1], match[2]
        closed = match[3] == ")" or text.endswith("}")
        if name not in "eix" or bracket:
            return Letter(name, bool(bracket) or closed or len(text) > 3)
    if match := _RE_CLOCK.fullmatch(_unwrapped(text)):
        hour, minute, second = (int(match[k] or 0) for k in (1, 2, 3))
        if 1 <= hour <= 12 and minute < 60 and second < 60:
            hour = hour % 12 + (12 if match[4] in "pP" else 0)
            return Clock(hour * 3600 + minute * 60 + second)
    if match := _RE_TO.fullmatch(text):
        return Ratio((fm.number(int(match[1])), fm.number(int(match[2]))))
    if match := _RE_BASE.fullmatch(text):
        named = match[2] or match[3]
        base = int(named) if named.isdigit() else number_word(named)
        if base is not None and 2 <= base <= 36 and all(int(d) < base for d in match[1]):
            return InBase(match[1].lstrip("0") or "0", int(base))
    if text[0].isalpha() or text.startswith(("\\text", "\\mathrm", "\\mbox")):
        return only_words(text)
    return None


def _unwrapped(text: str) -> str:
    return " ".join(_RE_TEXT.sub(r" \1 ", text).split()) if "\\" in text else text


def _counted(text: str) -> Quantity | None:
    """A number word with its unit or noun: fifty percent, six people."""
    words = text.split()
    for k in range(min(len(words) - 1, 8), 0, -1):
        value = number_word(" ".join(words[:k]))
        if value is None:
            continue
        rest = words[k:]
        if value.denominator > 1 or value < 0 or not all(w.isalpha() for w in rest):
            return None
        if any(number_word(w) is not None for w in rest):
            return None
        tokens: list[Token] = [("n", str(value)), *(("w", w) for w in rest)]
        try:
            found = read_quantity(tokens, True)
        except Unreadable:
            return None
        return found if isinstance(found, Quantity) else None
    return None


def only_words(text: str) -> Value | None:
    """A number word, or a text of words alone."""
    inner = " ".join(_RE_TEXT.sub(r" \1 ", text).split())
    value = number_word(inner)
    if value is not None:
        return Quantity(fm.number(value))
    counted = _counted(inner)
    if counted is not None:
        return counted
    # A sign between letters is a sign: "p - q" and "ab-cd" are no texts, "right-angled" is one.
    words = _RE_HYPHEN.sub(" ", inner).replace("'", "").rstrip(".").split()
    if any(len(w) == 1 and w not in ("a", "A") for w in words):
        return None
    if len(inner) > 200 or not words or not all(w.isalpha() for w in words):
        return None
    if inner.lower() in ("infinity", "inf", "pi", "oo") or {"or", "and"} & set(words):
        return None
    wrapped = text.startswith("\\")
    if (
        len(words) == 1
        and not wrapped
        and len(inner) <= 3
        and inner.islower()
        and inner not in ("yes", "no", "odd")
    ):
        return None
    return Words(plain_text(inner)) if len(inner) > 1 else None
