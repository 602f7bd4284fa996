"""Non-repeat: 1 for a reply that doesn't say whole sentences over again, else 0.

Source: the non-repeat term of VisionReasoner, https://arxiv.org/abs/2505.12081,
dvlab-research/Seg-Zero@42a3345. What differs: a text without a sentence is worth 0.
"""

from collections.abc import Sequence

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.plain import check_plain
from rewardkit.rewards.sections import check_section, measured_text
from rewardkit.templates import Template
from rewardkit.types import Rollout, Score


def repeated_sentences(text: str) -> tuple[int, int]:
    """How many sentences a text has, and how many of them stood there before.

    A sentence is what stands between full stops, without white space around it; 1.5 are two.

    >>> repeated_sentences("It is red. It is big. It is red.")
    (3, 1)
    """
    sentences = [sentence for part in text.split(".") if (sentence := part.strip())]
    return len(sentences), len(sentences) - len(set(sentences))


class NonRepeat(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="non-repeat",
    forbid_unknown_fields=True,
):
    """Pay 1 for a reply with at most so many sentences that stood there before.

    Args:
        allowed: Repeated sentences that cost nothing, at least 0.
        template: With `section`: look only into that section of the reply.
        section: The section's name in the template.

    Returns:
        1.0 or 0.0; 0 for a text without a sentence and for a missing section; never None.

    Raises:
        ConfigError: When an option is out of range.

    >>> NonRepeat()([Rollout(completion="No. No. No.")])[0]
    Score(value=0.0, reason='2 of 3 sentences repeated, 1 allowed', parts={})
    """

    allowed: int = 1
    template: str | Template | None = None
    section: str | None = None

    def __post_init__(self) -> None:
        """Refuse options out of their range."""
        check_plain(self)
        if self.allowed < 0:
            raise ConfigError(f"non-repeat.allowed: expected at least 0, got {self.allowed!r}")
        check_section("non-repeat", self.template, self.section)

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout; never None."""
        return [self._score(rollout) for rollout in rollouts]

    def _score(self, rollout: Rollout) -> Score:
        text = measured_text(rollout, self.template, self.section)
        if text is None:
            return Score(0.0, f"no section {self.section!r}")
        count, repeated = repeated_sentences(text)
        if not count:
            return Score(0.0, "no sentence")
        reason = f"{repeated} of {count} sentences repeated, {self.allowed} allowed"
        return Score(float(repeated <= self.allowed), reason)
