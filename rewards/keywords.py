"""Finding a phrase in a text as a reader would: whole words, in any case, width and white space."""

import re
from collections.abc import Iterator
from typing import Final

import regex

from rewardkit.rewards.words import UNSPACED
from rewardkit.verifiers.cleaning import folded

MAX_LOOKS: Final = 1000
"""Places of a keyword that are looked at (`cat` in a text of nothing but `category`)."""

MARKS: Final = regex.compile(r"(\p{M}{8})\p{M}++")
HYPHEN: Final = re.compile(r"(?<=\w)-(?=\w)")
SIGNS: Final = str.maketrans({"\u2019": "'", "\u2018": "'", "\u2010": "-", "\u00ad": None})
NO_BOUNDARY: Final = regex.compile(rf"[{UNSPACED}]")
HANGUL: Final = regex.compile(r"\p{Hangul}")

NEGATED: Final = re.compile(
    r"(?:\b(?:no|not|never|without|neither|nor|none|cannot|lacks|lacking|absence of)|n't)"
    r"(?! (?:only|just|doubt)\b)"
    r"(?: [\w'-]+){0,3} ?$"
)
"""A negation at most three words back, in what stands before the keyword in its clause."""

NEGATED_ZH: Final = re.compile(r"(?:没有|沒有|没|沒|不是|并非|並非|不含|无|無)[^\s]{0,4}$")
CLAUSE_END: Final = re.compile(
    r"[.,;:!?\u3002\uff0c\uff1b\uff1a\uff01\uff1f\u3001]|\b(?:but|however|although)\b"
)


def readable(text: str) -> str:
    r"""Normalise a text for finding phrases in it.

    NFKC and casefold; Markdown emphasis goes; white space, underscores and hyphens between letters
    become one space. Runs of combining marks are cut at eight, for normalising them takes
    quadratic time.

    >>> readable("A **Red\n T-Shirt**")
    'a red t shirt'
    """
    if text.isascii():
        text = text.lower()
    else:
        text = folded(folded(MARKS.sub(r"\1", text)).casefold()).translate(SIGNS)
    text = text.replace("*", "").replace("`", "").replace("_", " ")
    if "-" in text:
        text = HYPHEN.sub(" ", text)
    return " ".join(text.split())


def mentioned(keyword: str, text: str, negation_aware: bool = False) -> bool:
    """Whether a phrase occurs in a text as whole words.

    Args:
        keyword: From `readable`, not empty.
        text: From `readable`.
        negation_aware: Whether "no dog" or "isn't a dog" are no mention of a dog.

    Returns:
        True when it occurs. Scripts written without spaces have no word boundaries: there any
        place counts; after Hangul a particle may follow.

    >>> mentioned("cat", "a category"), mentioned("cat", "the cat's tail")
    (False, True)
    >>> mentioned("猫", "图中有猫")
    True
    >>> mentioned("dog", "there is no brown dog", negation_aware=True)
    False
    """
    return any(
        not negation_aware or not is_negated(_before(text, start))
        for start in _places(keyword, text)
    )


def _before(text: str, start: int) -> str:
    """The last whole words before a place, of 60 characters."""
    window = text[max(0, start - 60) : start]
    return window if start <= 60 else window.partition(" ")[2]


def _places(keyword: str, text: str) -> Iterator[int]:
    """Where the keyword stands as whole words; at most `MAX_LOOKS` places are looked at."""
    start = text.find(keyword)
    for _ in range(MAX_LOOKS):
        if start < 0:
            return
        end = start + len(keyword)
        opens = start == 0 or not _one_word(text[start - 1], keyword[0])
        if opens and (end == len(text) or not _runs_on(keyword[-1], text[end])):
            yield start
        start = text.find(keyword, end)


def _one_word(left: str, right: str) -> bool:
    """Whether two neighbouring characters belong to one word."""
    if not (left.isalnum() and right.isalnum()):
        return False
    return (left.isascii() and right.isascii()) or not NO_BOUNDARY.search(left + right)


def _runs_on(last: str, after: str) -> bool:
    return _one_word(last, after) and not (HANGUL.match(last) and HANGUL.match(after))


def is_negated(before: str) -> bool:
    """Whether what stands before a phrase, in its own clause, negates it.

    >>> is_negated("there isn't a "), is_negated("not a cat, but a "), is_negated("not only a ")
    (True, False, False)
    """
    clause = CLAUSE_END.split(before)[-1]
    return NEGATED.search(clause) is not None or NEGATED_ZH.search(clause) is not None
