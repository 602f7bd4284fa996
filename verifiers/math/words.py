"""Number words, and texts made comparable."""

import re
from fractions import Fraction
from functools import lru_cache

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: k for k, word in enumerate(_ONES)} | {
    word: 10 * k + 20 for k, word in enumerate(_TENS)
}
_LARGE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6,
    "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "twelfth": 12, "hundredth": 100,
}  # fmt: skip
_RE_WORD = re.compile(r"[^\W_]+")
_ARTICLES = frozenset(("the", "a", "an"))


@lru_cache(maxsize=1024)
def number_word(text: str) -> Fraction | None:
    """The number that words name, None where they name none.

    >>> number_word("one hundred and twenty-one"), number_word("sevenths")
    (Fraction(121, 1), None)
    """
    words = [
        w
        for w in text[:200].lower().replace(" - ", " minus ").replace("-", " ").split()
        if w != "and"
    ]
    sign = 1
    if words and words[0] in ("minus", "negative"):
        sign, words = -1, words[1:]
    if not words or len(words) > 20:
        return None
    bottom = _PARTS.get(words[-1]) or _PARTS.get(words[-1].removesuffix("s"))
    if bottom is not None:
        top = _whole(words[:-1]) if len(words) > 1 and words[0] != "a" else 1
        if top is None or (len(words) == 1 and words[0] != "half"):
            return None
        return Fraction(sign * top, bottom)
    whole = _whole(words)
    return None if whole is None else Fraction(sign * whole)


def _whole(words: list[str]) -> int | None:
    total = current = 0
    last = 10**18
    open_to = 10**18
    for word in words:
        if word in _SMALL:
            value = _SMALL[word]
            if value >= open_to:
                return None
            current += value
            open_to = 10 if value >= 20 else 0
        elif word == "hundred" and 0 < current < 100:
            current *= 100
            open_to = 100
        elif word in _LARGE and current and _LARGE[word] < last:
            last = _LARGE[word]
            total += current * last
            current, open_to = 0, 1000
        else:
            return None
    return total + current


def plain_text(text: str) -> str:
    """Lower case words with single spaces, articles left out.

    >>> plain_text("The  Ellipse.")
    'ellipse'
    """
    words = _RE_WORD.findall(text.casefold())
    return " ".join(w for w in words if w not in _ARTICLES) or " ".join(words)


_CLASSES = tuple(
    frozenset(line.split())
    for line in (
        "yes no",
        "true false",
        "even odd",
        "north south east west northeast northwest southeast southwest",
        "monday tuesday wednesday thursday friday saturday sunday",
        "january february march april may june july august september october november december",
        "increasing decreasing",
        "positive negative zero",
        "convergent divergent",
        "converges diverges",
        "circle ellipse parabola hyperbola line",
        "acute obtuse right",
        "red green blue yellow black white orange purple",
    )
)


def exclusive(a: str, b: str) -> bool:
    """Whether two different words exclude each other: yes and no, Monday and Friday."""
    return a != b and any(a in kind and b in kind for kind in _CLASSES)
