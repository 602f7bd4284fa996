"""CLIPScore: how well a description fits its image, by the cosine of an image-text encoder.

Source: CLIPScore (Hessel et al. 2021, arXiv 2104.08718; jmhessel/clipscore@1036465) for the forms
`clipscore` and `refclipscore`; PeBR-R1 (arXiv 2509.13031; cythu/PeBR-R1@0f332ce) for the cosine
that pays in full from a stated value on. What differs: any encoder, and a text is cut in the
tokenizer, so that its end token survives; an empty text earns the minimum, an image that can't be
read is not judged, and a negative cosine never pays less than nothing where values begin at 0.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, TypeAlias, get_args

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.captions import REFERENCE, check_captions, reference_captions
from rewardkit.rewards.clip_formulas import PREFIX, WEIGHT, clipscore, refclipscore
from rewardkit.rewards.encoders import EncoderSpec
from rewardkit.rewards.encoders.shared import shared_encoder
from rewardkit.rewards.image_text import (
    Across,
    ReadText,
    check_across,
    check_encoder,
    cosine,
    images_by_row,
    over_images,
    read_texts,
    text_or_score,
)
from rewardkit.rewards.numbers import check_choice, check_number
from rewardkit.rewards.plain import check_plain
from rewardkit.rewards.saturation import SaturateAt, check_saturation, saturation_of
from rewardkit.rewards.sections import TemplateOption, check_section
from rewardkit.rewards.transform import saturate
from rewardkit.rewards.truncation import TRUNCATED
from rewardkit.types import Rollout, Score

if TYPE_CHECKING:
    from rewardkit.rewards.encoders.base import Vectors

Form: TypeAlias = Literal["clipscore", "refclipscore", "cosine"]


class _Row(NamedTuple):
    """A row that can be scored."""

    images: "list[Vectors]"
    text: str
    references: list[str]


class ClipScore(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="clip-score",
    forbid_unknown_fields=True,
):
    """Pay for a text by its cosine with the row's image.

    Args:
        encoder: What turns images and texts into vectors, such as `{kind: transformers, model:
            openai/clip-vit-base-patch32}`.
        form: `clipscore` weight * max(cosine, 0), in [0, weight]. `refclipscore` its harmonic mean
            with the largest cosine of the text and a reference caption, in [0, 2 weight /
            (weight + 1)]. `cosine` the cosine in [-1, 1], or with `saturate_at` in [0, 1].
        saturate_at: `cosine` only: the cosine that pays 1, above 0, at most 1; below it cosine /
            saturate_at, 0 for a negative one. It belongs to one encoder; `published` takes the one
            of PeBR-R1 where the encoder is theirs and is refused before any work elsewhere.
        weight: Not for `cosine`: above 0; None for the published 2.5.
        prefix: In front of text and references; None for the published `A photo depicts `, of
            `cosine` for none.
        text_mode: The encoder's way to read texts, such as `long`; None for its first.
        template: With `section`: measure only that section of the reply.
        section: The section's name in the template, such as `description` of `pebr`.
        across: Of several images the `mean` cosine, the `max`, or that of the `first` alone.
        captions: `refclipscore` only: the field of the row that holds its captions, a string or a
            list of strings.
        allow_remote_images: Fetch images that are http or https URLs.

    Returns:
        The form's value; its minimum for a missing or empty text (-1 of a plain cosine, else 0).
        None where the row has no image, no captions where they are needed, or one that can't be
        read.

    Raises:
        ConfigError: When an option is out of its range or not one of the form's.

    >>> from rewardkit.rewards.encoders import TransformersClip
    >>> reward = ClipScore(encoder=TransformersClip(model="some/folder"), form="cosine")
    >>> reward.saturate_at is None
    True
    """

    uses_models: ClassVar[bool] = True

    encoder: EncoderSpec
    form: Form = "clipscore"
    saturate_at: SaturateAt = None
    weight: float | None = None
    prefix: str | None = None
    text_mode: str | None = None
    template: TemplateOption = None
    section: str | None = None
    across: Across = "mean"
    captions: str = REFERENCE
    allow_remote_images: bool = False

    def __post_init__(self) -> None:
        """Refuse options that can't be meant."""
        check_plain(self)
        check_encoder("clip-score", self.encoder)
        check_choice(self.form, get_args(Form), "clip-score.form")
        check_across("clip-score", self.across)
        check_section("clip-score", self.template, self.section)
        check_saturation(self.saturate_at, "clip-score.saturate_at")
        check_captions("clip-score", self.captions)
        if self.weight is not None:
            check_number(self.weight, "clip-score.weight")
            if self.weight <= 0.0:
                raise ConfigError(f"clip-score.weight: expected above 0, got {self.weight!r}")
        self._refuse_unused()

    def _refuse_unused(self) -> None:
        """An option that the form doesn't read is a mistake, not a wish."""
        unused = {
            "saturate_at": self.saturate_at is not None and self.form != "cosine",
            "weight": self.weight is not None and self.form == "cosine",
            "captions": self.captions != REFERENCE and self.form != "refclipscore",
        }
        for name, wrong in unused.items():
            if wrong:
                raise ConfigError(
                    f"clip-score.{name}: expected nothing, for form {self.form!r} doesn't use it, "
                    f"got {getattr(self, name)!r:.60}"
                )

    @property
    def text_prefix(self) -> str:
        """What stands in front of every text."""
        if self.prefix is not None:
            return self.prefix
        return "" if self.form == "cosine" else PREFIX

    @property
    def lowest(self) -> float:
        """The least that a text can be worth."""
        return -1.0 if self.form == "cosine" and self.saturate_at is None else 0.0

    def check(self) -> None:
        """Refuse a saturation that this encoder has not, and an encoder that can't be had.

        Raises:
            ConfigError: Saying what is wrong.
        """
        self._saturation()
        self.encoder.check()

    def _saturation(self) -> float | None:
        return saturation_of(
            self.saturate_at, self.encoder, self.text_mode, "clip-score.saturate_at"
        )

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout; equal images and texts are encoded once."""
        at = self._saturation()
        if not rollouts:
            return []
        encoder = shared_encoder(self.encoder)
        seen = images_by_row(
            rollouts,
            self.across,
            lambda sources: encoder.image_vectors(sources, self.allow_remote_images),
        )
        rows = list(map(self._row, rollouts, seen))
        wanted = [
            text for row in rows if isinstance(row, _Row) for text in (row.text, *row.references)
        ]
        read = read_texts(encoder, wanted, self.text_mode)
        return [row if isinstance(row, Score) else self._score(row, read, at) for row in rows]

    def _row(self, rollout: Rollout, images: "list[Vectors] | Score") -> _Row | Score:
        """What is measured, or the score of a row where there is nothing to measure."""
        if isinstance(images, Score):
            return images
        references: list[str] = []
        if self.form == "refclipscore":
            captions = reference_captions(rollout, self.captions)
            if isinstance(captions, Score):
                return captions
            references = [self.text_prefix + caption for caption in captions]
        text = text_or_score(rollout, self.template, self.section, self.lowest)
        if isinstance(text, Score):
            return text
        return _Row(images, self.text_prefix + text, references)

    def _score(self, row: _Row, read: dict[str, ReadText | Score], at: float | None) -> Score:
        text = read[row.text]
        if isinstance(text, Score):
            return text
        value = over_images([cosine(image, text.vector) for image in row.images], self.across)
        reason = f"cosine {value:.4f}"
        if len(row.images) > 1:
            reason += f", {self.across} of {len(row.images)} images"
        if text.truncated:
            reason += f"; {TRUNCATED}"
        if self.form == "cosine":
            if at is None:
                return Score(value, reason)
            return Score(saturate(value, at), f"{reason}; pays in full from {at:g}")
        paid = clipscore(value, WEIGHT if self.weight is None else self.weight)
        if self.form == "clipscore":
            return Score(paid, reason)
        nearest = -1.0
        for caption in row.references:
            reference = read[caption]
            if isinstance(reference, Score):
                return Score(None, f"reference {reference.reason}")
            nearest = max(nearest, cosine(reference.vector, text.vector))
        return Score(refclipscore(paid, nearest), f"{reason}; with the references {nearest:.4f}")
