"""Reference captions: pay for a description by how near it comes to what people wrote.

Source: the text-text half of RefCLIPScore (Hessel et al. 2021, arXiv 2104.08718;
jmhessel/clipscore@1036465), by itself and without its prefix.
"""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

import msgspec

from rewardkit.rewards.captions import REFERENCE, check_captions, reference_captions
from rewardkit.rewards.encoders import EncoderSpec
from rewardkit.rewards.encoders.shared import shared_encoder
from rewardkit.rewards.image_text import ReadText, check_encoder, cosine, read_texts, text_or_score
from rewardkit.rewards.plain import check_plain
from rewardkit.rewards.saturation import check_saturation
from rewardkit.rewards.sections import TemplateOption, check_section
from rewardkit.rewards.transform import saturate
from rewardkit.rewards.truncation import TRUNCATED
from rewardkit.types import Rollout, Score


class _Row(NamedTuple):
    """A row that can be scored."""

    text: str
    references: list[str]


class RefCaption(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="ref-caption",
    forbid_unknown_fields=True,
):
    """Pay for a text by its largest cosine with a reference caption; the image is not looked at.

    Args:
        encoder: What turns texts into vectors.
        saturate_at: The cosine that pays 1, above 0, at most 1; below it cosine / saturate_at, 0
            for a negative one. It belongs to one encoder; None pays the cosine.
        text_mode: The encoder's way to read texts, such as `long`; None for its first.
        template: With `section`: measure only that section of the reply.
        section: The section's name in the template, such as `description` of `pebr`.
        captions: The field of the row that holds its captions, a string or a list of strings.

    Returns:
        A number in [-1, 1], with `saturate_at` in [0, 1]; the minimum for a missing or empty text.
        None where the row has no captions.

    Raises:
        ConfigError: When an option is out of its range.

    >>> from rewardkit.rewards.encoders import TransformersClip
    >>> reward = RefCaption(encoder=TransformersClip(model="some/folder"), saturate_at=0.9)
    >>> reward.lowest
    0.0
    """

    uses_models: ClassVar[bool] = True

    encoder: EncoderSpec
    saturate_at: float | None = None
    text_mode: str | None = None
    template: TemplateOption = None
    section: str | None = None
    captions: str = REFERENCE

    def __post_init__(self) -> None:
        """Refuse options out of their range."""
        check_plain(self)
        check_encoder("ref-caption", self.encoder)
        check_section("ref-caption", self.template, self.section)
        check_saturation(self.saturate_at, "ref-caption.saturate_at")
        check_captions("ref-caption", self.captions)

    @property
    def lowest(self) -> float:
        """The least that a text can be worth."""
        return -1.0 if self.saturate_at is None else 0.0

    def check(self) -> None:
        """Refuse an encoder that can't be had.

        Raises:
            ConfigError: Saying what is missing.
        """
        self.encoder.check()

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout; equal texts are encoded once."""
        if not rollouts:
            return []
        rows = [self._row(rollout) for rollout in rollouts]
        wanted = [
            text for row in rows if isinstance(row, _Row) for text in (row.text, *row.references)
        ]
        encoder = shared_encoder(self.encoder)
        read = read_texts(encoder, wanted, self.text_mode)
        return [row if isinstance(row, Score) else self._score(row, read) for row in rows]

    def _row(self, rollout: Rollout) -> _Row | Score:
        """What is measured, or the score of a row where there is nothing to measure."""
        references = reference_captions(rollout, self.captions)
        if isinstance(references, Score):
            return references
        text = text_or_score(rollout, self.template, self.section, self.lowest)
        return text if isinstance(text, Score) else _Row(text, references)

    def _score(self, row: _Row, read: dict[str, ReadText | Score]) -> Score:
        text = read[row.text]
        if isinstance(text, Score):
            return text
        value, nearest = -1.0, 0
        for number, caption in enumerate(row.references):
            reference = read[caption]
            if isinstance(reference, Score):
                return Score(None, f"reference {reference.reason}")
            near = cosine(reference.vector, text.vector)
            if near > value:
                value, nearest = near, number
        reason = f"cosine {value:.4f} with reference {nearest + 1} of {len(row.references)}"
        if text.truncated:
            reason += f"; {TRUNCATED}"
        if self.saturate_at is None:
            return Score(value, reason)
        paid = saturate(value, self.saturate_at)
        return Score(paid, f"{reason}; pays in full from {self.saturate_at:g}")
