"""What phrase alignment reads of a row: the phrases of its description and of its keywords."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rewardkit.rewards.copied import without_prompt
from rewardkit.rewards.image_text import COPY, text_or_score
from rewardkit.rewards.keywords import mentioned, readable
from rewardkit.rewards.phrase_judging import Target
from rewardkit.rewards.phrases import Phrases, Split, split_phrases
from rewardkit.rewards.sections import TemplateOption
from rewardkit.types import Rollout, Score


class PhraseRow(NamedTuple):
    """A row that the policy and the data left fit to be scored.

    Attributes:
        images: At least one.
        said: The phrases of its description, at least one.
        keywords: By keyword the phrases that it is cut into.
    """

    images: list[Target]
    said: Phrases
    keywords: dict[str, tuple[str, ...]]


def cut_keywords(keywords: Sequence[str], split: Split) -> dict[str, tuple[str, ...]]:
    """The distinct keywords that say something, each cut as a description is.

    >>> cut_keywords(["A dog on the grass", "an image"], "phrases")
    {'a dog on the grass': ('dog', 'grass')}
    """
    distinct = dict.fromkeys(map(readable, keywords))
    cut = {keyword: split_phrases(keyword, split).found for keyword in distinct}
    return {keyword: pieces for keyword, pieces in cut.items() if pieces}


def said_phrases(
    rollout: Rollout, template: TemplateOption, section: str | None, split: Split, limit: int
) -> Phrases | Score:
    """The phrases of a row's description, less what it copies from the prompt.

    Returns:
        At least one phrase, or the score of a description without.

    >>> said_phrases(Rollout(completion="A dog."), None, None, "phrases", 32)
    Phrases(found=('dog',), beyond=0)
    """
    text = text_or_score(rollout, template, section)
    if isinstance(text, Score):
        return text
    own = without_prompt(text, rollout)
    if not own.strip():
        return Score(0.0, COPY)
    said = split_phrases(own, split, limit)
    return said if said.found else Score(0.0, "no phrase that says what the image shows")


def said_and_seen(pieces: Sequence[str], seen: Mapping[str, float]) -> float:
    """How surely a keyword was said in phrases that the image shows.

    Args:
        pieces: The keyword, cut as the description is; each has to be said.
        seen: Phrases of the description with how surely each is seen, 0 to 1.

    Returns:
        The least over the pieces of the best phrase that mentions it.

    >>> said_and_seen(("dog", "grass"), {"brown dog": 1.0, "green grass": 0.5, "hot dog": 0.0})
    0.5
    """
    return min(
        max((share for phrase, share in seen.items() if mentioned(piece, phrase)), default=0.0)
        for piece in pieces
    )
