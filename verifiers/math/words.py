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
_SCALES = frozenset(("hundred", "dozen", *_LARGE))
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
    words = text[:200].lower().replace(" - ", " minus ").replace("-", " ").split()
    if len(words) > 1 and words[0] == "a" and words[1] in _SCALES:
        words[0] = "one"
    if "and" in words and (both := _mixed(words)) is not None:
        return both
    words = [w for w in words if w != "and"]
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


def _mixed(words: list[str]) -> Fraction | None:
    """A whole number and a proper fraction: three and a half."""
    at = len(words) - 1 - words[::-1].index("and")
    whole, part = _whole(words[:at]), number_word(" ".join(words[at + 1 :]))
    if words[at + 1 : at + 2] == ["a"] and words[-1] in _PARTS and len(words) == at + 3:
        part = Fraction(1, _PARTS[words[-1]])
    if not whole or part is None or not 0 < part < 1:
        return None
    return whole + part


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
    plain = " ".join(w for w in words if w not in _ARTICLES) or " ".join(words)
    return _SAME.get(plain, plain)


NO_SOLUTION, UNDEFINED = "no solution", "undefined"
ALL_REALS, INFINITELY_MANY = "all real numbers", "infinitely many"
_SAME = {
    spelling: name
    for name, spellings in (
        (
            NO_SOLUTION,
            "no solutions;no real solution;no real solutions;there is no solution;无解;无实数解;"
            "there are no solutions;no solution exists;no solutions exist;empty set;空集",
        ),
        (UNDEFINED, "dne;does not exist;not defined;limit does not exist;不存在;is undefined"),
        (INFINITELY_MANY, "infinitely many solutions;infinite solutions;无数个;无穷多个"),
        (
            ALL_REALS,
            "all reals;all real number;any real number;any real numbers;set of all real numbers;"
            "real numbers;全体实数;every real number",
        ),
    )
    for spelling in spellings.split(";")
}
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
        "是 否",
        "对 错",
        "正确 错误",
        "充分不必要条件 必要不充分条件 充要条件 既不充分也不必要条件",
        "上升 下降",
        "增函数 减函数",
        "奇函数 偶函数",
        "red green blue yellow black white orange purple",
    )
)


def exclusive(a: str, b: str) -> bool:
    """Whether two different words exclude each other: yes and no, Monday and Friday."""
    if a != b and not a.isascii() and sorted(a) == sorted(b):
        return True  # The same characters in another order: conditions, mostly.
    return a != b and any(a in kind and b in kind for kind in _CLASSES)
