"""Words of a text: what length, repetition and keyword rewards count.

Scripts that are written without spaces (Chinese, Japanese, Thai …) count by the character, so
that a Chinese reply is not one word.
"""

import re
from itertools import islice
from typing import Final

import regex

UNSPACED: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
"""Scripts without spaces between words, as members of a character class."""

WORD: Final = regex.compile(rf"[{UNSPACED}]\p{{M}}*+|[^\s\x1c-\x1f{UNSPACED}]++")
"""One word. Linear in the text: the two branches share no first character and never give back."""

SPELLED: Final = regex.compile(
    rf"[{UNSPACED}]\p{{M}}*+|[^\W_{UNSPACED}]++(?:['\u2019][^\W_{UNSPACED}]++)*+"
)
"""One word by its letters and digits alone: `dog,cat` and `dog-cat` are two."""

ASCII_SPELLED: Final = re.compile(r"[A-Za-z0-9]++(?:'[A-Za-z0-9]++)*+")
"""The same for an ASCII text, and faster."""


def split_words(text: str, limit: int | None = None) -> list[str]:
    r"""Cut a text into words: runs without white space, and single characters of unspaced scripts.

    Args:
        text: Any text.
        limit: The most words to return, counted from the start; None for all.

    Returns:
        The words in their order, punctuation left on; of an ASCII text just `text.split()`.

    >>> split_words("the dog, again")
    ['the', 'dog,', 'again']
    >>> split_words("图中有 2 只cat")
    ['图', '中', '有', '2', '只', 'cat']
    """
    if text.isascii():
        return text.split() if limit is None else text.split(None, limit)[:limit]
    if limit is None or len(text) <= limit:
        words: list[str] = WORD.findall(text)
        return words
    return [match.group() for match in islice(WORD.finditer(text), limit)]


def cut_words(text: str, limit: int) -> str:
    """The text up to the end of its `limit`-th word, unchanged where it has no more.

    Signs end a word as white space does: the limit is one on how much is said.

    >>> cut_words("a dog and a cat", 2), cut_words("dog,cat,ball", 2)
    ('a dog', 'dog,cat')
    """
    ends = (match.end() for match in SPELLED.finditer(text))
    if text.isascii():
        ends = (match.end() for match in ASCII_SPELLED.finditer(text))
    last = next(islice(ends, limit - 1, None), None)
    return text if last is None else text[:last]
