"""Keyword recall: the share of a row's keywords that the reply mentions.

Source: the keyword reward of PeBR-R1, arXiv 2509.13031, cythu/PeBR-R1@0f332ce. What differs:
whole words ('cat' is not in 'category'), each keyword once, optionally in one section, of so many
words, and not negated; what the reply copies whole from the prompt doesn't count; a row without
keywords is not judged, where the released code pays 0.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.copied import without_prompt
from rewardkit.rewards.keywords import mentioned, readable
from rewardkit.rewards.plain import check_plain
from rewardkit.rewards.sections import check_section, measured_text
from rewardkit.rewards.words import cut_words
from rewardkit.templates import Template
from rewardkit.types import Rollout, Score

MAX_NAMED: Final = 5
"""Keywords that a reason names; each is cut at 40 characters."""


def found_keywords(
    text: str, keywords: Sequence[str], negation_aware: bool = False
) -> dict[str, bool]:
    """Which keywords a text mentions.

    Args:
        text: Any text.
        keywords: Phrases; those that read the same are one, and those without a character are
            left out.
        negation_aware: Whether a negated mention is none.

    Returns:
        Each distinct keyword, normalised, in its order, with whether it was found.

    >>> found_keywords("A red  ball and a category", ["Red ball", "cat", "red ball"])
    {'red ball': True, 'cat': False}
    """
    wanted = dict.fromkeys(filter(None, map(_read_once, keywords)))
    read = readable(text)
    return {keyword: mentioned(keyword, read, negation_aware) for keyword in wanted}


@lru_cache(maxsize=4096)
def _read_cached(keyword: str) -> str:
    return readable(keyword)


def _read_once(keyword: str) -> str:
    """The rollouts of a question share their keywords; long ones would fill the cache."""
    return _read_cached(keyword) if len(keyword) <= 100 else readable(keyword)


class KeywordRecall(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="keyword-recall",
    forbid_unknown_fields=True,
):
    """Pay for the share of the row's `keywords` that the reply mentions as whole words.

    Args:
        template: With `section`: look only into that section of the reply.
        section: The section's name in the template, such as `description` of `pebr`.
        negation_aware: "no dog", "without a dog" and "isn't a dog" don't mention a dog. English
            and Chinese.
        max_words: Words of the text that count, from its start, against stuffing; at least 1;
            None for all.

    Returns:
        A share in [0, 1]; 0 for a missing section; None for a row without keywords.

    Raises:
        ConfigError: When an option is out of its range.

    >>> KeywordRecall()([Rollout(completion="A dog runs.", keywords=["dog", "ball"])])[0]
    Score(value=0.5, reason='found dog; missed ball', parts={})
    """

    template: str | Template | None = None
    section: str | None = None
    negation_aware: bool = False
    max_words: int | None = None

    def __post_init__(self) -> None:
        """Refuse options out of their range."""
        check_plain(self)
        check_section("keyword-recall", self.template, self.section)
        if self.max_words is not None and self.max_words < 1:
            raise ConfigError(
                f"keyword-recall.max_words: expected at least 1, got {self.max_words!r}"
            )

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout; None for a row without keywords."""
        return [self._score(rollout) for rollout in rollouts]

    def _score(self, rollout: Rollout) -> Score:
        text = measured_text(rollout, self.template, self.section)
        own = without_prompt(text or "", rollout)
        if self.max_words is not None:
            own = cut_words(own, self.max_words)
        found = found_keywords(own, rollout.keywords, self.negation_aware)
        if not found:
            return Score(None, "keywords missing: expected at least one phrase")
        if text is None:
            return Score(0.0, f"no section {self.section!r}")
        hits = [keyword for keyword, hit in found.items() if hit]
        misses = [keyword for keyword, hit in found.items() if not hit]
        return Score(len(hits) / len(found), f"found {_named(hits)}; missed {_named(misses)}")


def _named(keywords: Sequence[str]) -> str:
    """A bounded list of keywords for a reason."""
    if not keywords:
        return "none"
    named = ", ".join(keyword[:40] for keyword in keywords[:MAX_NAMED])
    more = len(keywords) - MAX_NAMED
    return f"{named} and {more} more" if more > 0 else named
