"""Cutting a description into phrases that can each be looked for in the image.

By closed word lists and punctuation alone, with no grammar and no model: fast, the same everywhere,
and nothing that a reply could break. Other languages than English are cut at their punctuation.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

import regex

from rewardkit.rewards.keywords import readable
from rewardkit.rewards.phrase_words import (
    ARTICLES,
    CONTRASTS,
    EMPTY,
    FINITE,
    FUNCTION,
    HARMLESS,
    JOINS,
    NEGATIONS,
    PREPOSITIONS,
    VERBS,
)

Split: TypeAlias = Literal["phrases", "clauses", "sentences"]
"""`phrases`: noun phrases, `red ball`; `clauses`: what holds of what, `left is 3`; `sentences`."""

SPLITS: Final = ("phrases", "clauses", "sentences")

MAX_TEXT: Final = 50_000
"""Characters that are read, from the start; far more than a description has."""

SHORT_TEXT: Final = 100
"""Characters of a text up to which its phrases are remembered."""

MAX_LETTERS: Final = 40
"""Characters of a word; a longer one, or a run of a script without spaces, becomes several."""

MAX_WORDS: Final = {"phrases": 5, "clauses": 16, "sentences": 48}
"""Words of a phrase; a longer one becomes several, a run of nouns as many as it has words."""

REACH: Final = 4
"""A negation reaches this many words, as in `no big brown dog`."""

SENTENCE_END: Final = re.compile(r"[!?;\n\r…。！？；؟؛।]|\.(?!\d)")  # noqa: RUF001 - these are meant
CLAUSE_END: Final = re.compile(
    r"[!?;:\n\r…。！？；：，、؟؛،।,()\[\]{}<>|\"“”„«»「」『』（）【】—–/\\=\u2022]"  # noqa: RUF001 - these are meant
    r"|\.(?!\d)|(?<!\w)-|-(?!\w)"
)
NUMBER_COMMA: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
AROUND: Final = "'`~^#&@*+.,:"
UNSEEN: Final = regex.compile(r"[\p{Cf}\p{Variation_Selector}]")
"""Signs that no reader sees, such as a zero-width joiner: with one, a phrase is no other phrase."""

NEGATED_UNSPACED: Final = re.compile(r"没有|沒有|没|沒|不是|并非|並非|不含")


class Phrases(NamedTuple):
    """The distinct phrases of a text.

    Attributes:
        found: The first ones, in their order, lower-cased and without leading articles.
        beyond: How many more there are than the limit.
    """

    found: tuple[str, ...]
    beyond: int


def split_phrases(text: str, split: Split = "phrases", limit: int = 32) -> Phrases:
    """Cut a text into its distinct phrases, in time linear in the text.

    Negated phrases (`no dog`) are left out, for they don't say that something is seen; so are those
    that fit any image (`the background`, `a picture of something`).

    Args:
        text: Any text; its first 50,000 characters are read.
        split: What a phrase is.
        limit: The most phrases to return, at least 1.

    >>> split_phrases("The image shows a red ball and two dogs on the grass, no cat.").found
    ('red ball', 'two dogs', 'grass')
    >>> split_phrases("left is 3 right is 8", "clauses").found
    ('left is 3', 'right is 8')
    >>> split_phrases("图中有一只猫,没有狗。").found
    ('图中有一只猫',)
    """
    # Rollouts of a question share keywords and often claims; long texts would fill the cache.
    distinct = _cut_short(text, split) if len(text) <= SHORT_TEXT else _distinct(text, split)
    found = distinct[:limit]
    return Phrases(found, len(distinct) - len(found))


@lru_cache(maxsize=4096)
def _cut_short(text: str, split: Split) -> tuple[str, ...]:
    return _distinct(text, split)


def _distinct(text: str, split: Split) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_cut_text(text[:MAX_TEXT], split)))


def plain_phrase(text: str) -> str:
    """One phrase as `split_phrases` would write it: without signs and leading articles, uncut.

    >>> plain_phrase("A  Red-Ball.")
    'red ball'
    """
    return " ".join(_without_articles(_words(CLAUSE_END.sub(" ", NUMBER_COMMA.sub("", text)))))


def _cut_text(text: str, split: Split) -> Iterator[str]:
    end = SENTENCE_END if split == "sentences" else CLAUSE_END
    most = MAX_WORDS[split]
    for part in end.split(NUMBER_COMMA.sub("", text)):
        words = _words(part)
        for piece in _pieces(words, split):
            own = _without_articles(piece)
            if all(word in EMPTY for word in own):
                continue
            step = most
            if split == "phrases" and len(own) > most and all(map(str.isascii, own)):
                own = [word for word in own if word not in EMPTY]
                step = 1  # no noun phrase but a list, of which each word has to be seen
            for start in range(0, len(own), step):
                yield " ".join(own[start : start + step])


def _words(part: str) -> list[str]:
    """The words of a part without signs around them or unseen ones in them; bounded in length."""
    words = []
    for run in UNSEEN.sub("", readable(part)).split():
        word = run.strip(AROUND)
        if any(map(str.isalnum, word)):
            words += [word[at : at + MAX_LETTERS] for at in range(0, len(word), MAX_LETTERS)]
    return words


def _pieces(words: Sequence[str], split: Split) -> Iterator[list[str]]:
    if split == "phrases":
        yield from _noun_phrases(words)
        return
    for piece in [list(words)] if split == "sentences" else _clauses(words):
        if not any(_negates(piece, at) for at in range(len(piece))):
            yield piece


def _noun_phrases(words: Sequence[str]) -> Iterator[list[str]]:
    """Runs of words that can stand in a noun phrase, those behind a negation left out."""
    phrase: list[str] = []
    negation = -REACH - 1
    for at, word in enumerate(words):
        if word in FUNCTION or _two_numbers(phrase, word) or _negates(words, at):
            if phrase:
                yield phrase
            phrase = []
        if word in CONTRASTS:
            negation = -REACH - 1
        if _negates(words, at):
            negation = at
        elif word not in FUNCTION and (phrase or at - negation > REACH):
            phrase.append(word)
    if phrase:
        yield phrase


def _clauses(words: Sequence[str]) -> Iterator[list[str]]:
    """Runs of words with one finite verb each, cut at conjunctions and before the next subject."""
    clause: list[str] = []
    verb: int | None = None  # where the clause has its verb
    listed = False  # whether the clause is a further number of a list
    for word in words:
        cut: int | None = None
        if word in JOINS or _two_numbers(clause, word) or listed:
            cut = len(clause)
        elif word in FINITE and verb is not None:
            cut = _subject(clause, verb)
        listed = _two_numbers(clause, word)
        if cut is not None:
            yield clause[:cut]
            clause, verb = clause[cut:], None
        if word not in JOINS:
            verb = len(clause) if word in FINITE else verb
            clause.append(word)
    yield clause


def _subject(clause: Sequence[str], verb: int) -> int:
    """Where the subject of the next verb begins: back to an article, or to what can't be in it."""
    start = len(clause)
    while start > max(verb + 2, len(clause) - REACH):
        word = clause[start - 1]
        if word.isdecimal() or word in VERBS or word in PREPOSITIONS:
            break
        start -= 1
        if word in ARTICLES:
            break
    return start


def _two_numbers(phrase: Sequence[str], word: str) -> bool:
    """Whether a number follows a number: `3 5 8` is a list, not one thing."""
    return bool(phrase) and word.isdecimal() and phrase[-1].isdecimal()


def _negates(words: Sequence[str], at: int) -> bool:
    """Whether the word at a place negates what follows, or holds a negation itself."""
    word = words[at]
    if not word.isascii():
        return NEGATED_UNSPACED.search(word) is not None
    if word not in NEGATIONS and not word.endswith("n't"):
        return False
    return at + 1 == len(words) or words[at + 1] not in HARMLESS


def _without_articles(piece: Sequence[str]) -> Sequence[str]:
    start = next((at for at, word in enumerate(piece) if word not in ARTICLES), len(piece))
    return piece[start:]
