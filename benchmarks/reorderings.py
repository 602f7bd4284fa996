r"""Write a sum or a set in another order, by a seed."""

import random
import re

_RE_SUM = re.compile(r"[0-9A-Za-z+\-^{}() ]*|(?:\\(?:sqrt|[dt]?frac|pi)|[0-9A-Za-z+\-^{}() ])*")
_RE_SET = re.compile(r"\\\{([^{}\\()\[\]]*,[^{}\\()\[\]]*)\\\}")


def terms_of(text: str) -> list[str]:
    """The signed terms of a sum, each with its sign; empty where the text isn't surely a sum.

    >>> terms_of("x^{2-k} - (3+y)"), terms_of("-5"), terms_of("a = b + c")
    (['+x^{2-k}', '-(3+y)'], [], [])
    """
    if not _RE_SUM.fullmatch(text) or re.search(r"[A-Za-z]{4}", text.replace(r"\sqrt", "")):
        return []
    terms, depth, start = [], 0, 0
    compact = text.replace(" ", "") if not re.search(r"\\[a-z]+ [a-z]|\d \d", text) else text
    for place, sign in enumerate(compact):
        depth += (sign in "({") - (sign in ")}")
        if sign in "+-" and depth == 0 and place > start:
            terms.append(compact[start:place])
            start = place
    terms.append(compact[start:])
    if len(terms) < 2 or any(term.strip() in ("", "+", "-") for term in terms):
        return []
    return [term if term[0] in "+-" else f"+{term}" for term in terms]


def reordered_sum(text: str, rng: random.Random) -> str:
    """The terms of a sum in another order.

    >>> reordered_sum("p - q", random.Random(1))
    '-q + p'
    """
    terms = terms_of(text)
    if not terms:
        return text
    rng.shuffle(terms)
    joined = " ".join(f"{term[0]} {term[1:].strip()}" for term in terms)
    return joined.removeprefix("+ ") if joined[0] == "+" else f"-{joined.removeprefix('- ')}"


def reordered_set(text: str, rng: random.Random) -> str:
    r"""The elements of a set `\{…\}` in another order."""
    found = _RE_SET.fullmatch(text)
    if not found or "dots" in text:
        return text
    elements = [element.strip() for element in found[1].split(",")]
    rng.shuffle(elements)
    return rf"\{{{', '.join(elements)}\}}"
