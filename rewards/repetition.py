"""Repetition: a penalty for a reply that says the same n words again and again.

Source: arXiv 2502.03373, appendix C.2, with the numbers of huggingface/open-r1@0056faa,
`src/open_r1/rewards.py`. What differs: scripts that are written without spaces count by the
character, where the released code takes a Chinese reply for one word and never finds a repetition
in it.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Final

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.plain import check_plain
from rewardkit.rewards.sections import check_section, measured_text
from rewardkit.rewards.words import split_words
from rewardkit.templates import Template
from rewardkit.types import Rollout, Score

MAX_WORDS: Final = 200_000
"""Words that are looked at, from the start of the text: it bounds the memory."""


def repeated_share(words: Sequence[str], n: int) -> float:
    """The share of n-grams that were there before: 1 - distinct n-grams / n-grams.

    Args:
        words: The words of a text.
        n: Words an n-gram, at least 1.

    Returns:
        A value in [0, 1); 0.0 for fewer than n words.

    >>> repeated_share("a b a b".split(), 2)  # ab, ba, ab
    0.33333333333333337
    """
    total = len(words) - n + 1
    if total <= 0:
        return 0.0
    distinct = len(set(zip(*(islice(words, start, None) for start in range(n)), strict=False)))
    return 1 - distinct / total


class Repetition(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="repetition",
    forbid_unknown_fields=True,
):
    """Penalise repeated n-grams of words; upper and lower case are the same.

    Args:
        n: Words an n-gram, 1 to 16.
        max_penalty: What a reply of nothing but repetition tends to, -1 to 0.
        template: With `section`: measure only that section of the reply.
        section: The section's name in the template.

    Returns:
        `max_penalty` times the share of repeated n-grams, in [max_penalty, 0]. 0 for fewer than n
        words, an empty reply and a missing section: that is for `format` to punish.

    Raises:
        ConfigError: When an option is out of its range.

    >>> Repetition(n=2)([Rollout(completion="go on go on go on")])[0]
    Score(value=-0.6, reason='3 of 5 2-grams repeated', parts={})
    """

    n: int = 3
    max_penalty: float = -1.0
    template: str | Template | None = None
    section: str | None = None

    def __post_init__(self) -> None:
        """Refuse options out of their range."""
        check_plain(self)
        if not 1 <= self.n <= 16:
            raise ConfigError(f"repetition.n: expected 1 to 16, got {self.n!r}")
        if not -1.0 <= self.max_penalty <= 0.0:
            raise ConfigError(f"repetition.max_penalty: expected -1 to 0, got {self.max_penalty!r}")
        check_section("repetition", self.template, self.section)

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout; never None."""
        return [self._score(rollout) for rollout in rollouts]

    def _score(self, rollout: Rollout) -> Score:
        text = measured_text(rollout, self.template, self.section)
        if text is None:
            return Score(0.0, f"no section {self.section!r}")
        words = split_words(text.lower(), MAX_WORDS)
        total = max(0, len(words) - self.n + 1)
        share = repeated_share(words, self.n)
        # 0.0 and not -0.0 where nothing repeats
        value = self.max_penalty * share if share else 0.0
        return Score(value, f"{round(share * total)} of {total} {self.n}-grams repeated")
