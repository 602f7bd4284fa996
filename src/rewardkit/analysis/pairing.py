"""Mismatched pairs: each text beside what other rows show, drawn at random."""

import random
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

TRIES: Final = 8
"""For each mismatch that is wanted so many others are looked at; more would not find them."""


class Subject(NamedTuple):
    """What a row shows and says.

    Attributes:
        shows: Names of its images, or of its captions, by content.
        says: Its text.
    """

    shows: frozenset[str]
    says: str


def mismatches(subjects: Sequence[Subject], each: int, seed: int) -> Iterator[tuple[int, int]]:
    """Put each text beside what others show.

    Others show nothing that the text's own row shows, and no row that shows what they show says
    the same words.

    Args:
        subjects: Distinct ones.
        each: Mismatches of a text, at most.
        seed: Of the draw; equal input gives equal pairs.

    Yields:
        The indices of a text and of a row that shows something else, each pair once.

    >>> rows = [Subject(frozenset("1"), "a"), Subject(frozenset("2"), "b")]
    >>> list(mismatches(rows, each=3, seed=0))
    [(0, 1), (1, 0)]
    """
    first: dict[frozenset[str], int] = {}
    said: dict[str, set[str]] = {}
    for index, subject in enumerate(subjects):
        first.setdefault(subject.shows, index)
        said.setdefault(subject.says, set()).update(subject.shows)
    shown, draw = list(first.items()), random.Random(seed)
    for index, subject in enumerate(subjects):
        found = 0
        for place in draw.sample(range(len(shown)), min(len(shown), (each + 1) * TRIES)):
            other, other_index = shown[place]
            if found < each and other.isdisjoint(said[subject.says]):
                found += 1
                yield index, other_index
