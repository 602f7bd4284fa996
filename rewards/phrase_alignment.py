"""Phrase alignment: is each thing that a description says in the image, and is what matters said?

Ours: PeBR-R1 (arXiv 2509.13031) speaks of phrase-aware alignment, but its released code scores the
description as a whole. The encoder is meant to be an FG-CLIP (arXiv 2505.05071, 2510.10921), which
was trained on phrases of regions; any other will do for `where: global`.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Literal, TypeAlias, get_args

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders import EncoderSpec, FgClip
from rewardkit.rewards.encoders.shared import shared_encoder
from rewardkit.rewards.image_text import ReadText, check_encoder, images_by_row
from rewardkit.rewards.images.read import read_image
from rewardkit.rewards.images.source import Unreadable
from rewardkit.rewards.numbers import check_choice, check_range
from rewardkit.rewards.phrase_judging import Look, PhraseJudge, Target
from rewardkit.rewards.phrase_report import report
from rewardkit.rewards.phrase_rivals import DISTRACTORS
from rewardkit.rewards.phrase_rows import PhraseRow, cut_keywords, said_and_seen, said_phrases
from rewardkit.rewards.phrases import SPLITS, Split, plain_phrase
from rewardkit.rewards.plain import check_plain
from rewardkit.rewards.sections import TemplateOption, check_section
from rewardkit.types import Rollout, Score

Where: TypeAlias = Literal["global", "region"]
Measure: TypeAlias = Literal["f", "precision", "recall"]

LEAST_DISTRACTORS: Final = 5
ROWS: Final = 64
"""Rows whose images are held at a time: a dense map takes megabytes."""


class PhraseAlignment(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="phrase-alignment",
    forbid_unknown_fields=True,
):
    """Pay for phrases that the image shows (precision) and for keywords said in such (recall).

    A phrase is seen when its cosine with the image, less what it gets on images of nothing, is
    above that of nearly all distractor phrases and of all phrases that fit any image.

    Args:
        encoder: What turns images and texts into vectors, such as `{kind: fg-clip, model:
            qihoo360/fg-clip-large}`.
        template: With `section`: measure only that section of the reply.
        section: The section's name in the template, such as `description` of `pebr`.
        split: `phrases` for noun phrases, `clauses` for claims such as `left is 3`, `sentences`.
        max_phrases: Phrases that are looked for, 1 to 1000; further ones count as not seen.
        where: `global` for the image as a whole, `region` for the best place of the dense map.
        window: `region` only: cells on a side of a place, 1 to 64.
        text_mode: The encoder's way to read phrases, such as `short` or `box`; None for its first.
        prefix: In front of every phrase, such as `a photo of `.
        distractors: At least 5 phrases that fit other images of the kind; None for a general list.
        quantile: Share of the distractors that a phrase has to beat, 0 to 1.
        margin: How far above the bar a phrase is fully seen, 0 to 100 standard deviations of the
            distractors; a straight line up to there.
        contrast_images: Paths of images of the kind, in place of the images of nothing, so that
            what is true of all of them doesn't pay; None for images of nothing.
        measure: `f` for both, `precision` or `recall` alone.
        beta: How many times recall matters as much as precision, 0.01 to 100.
        unseen_weight: How many seen phrases one that isn't seen weighs in the precision, 1 to 100;
            from 2 on, naming two guesses never pays more than deciding on one.
        allow_remote_images: Fetch images that are http or https URLs.

    Returns:
        A share in [0, 1]; 0 for a description that is missing, empty or without a phrase. None for
        a row without an image or with one that can't be read, and, except for `precision`, without
        keywords.

    Raises:
        ConfigError: When an option is out of its range.

    >>> from rewardkit.rewards.encoders import FgClip
    >>> reward = PhraseAlignment(encoder=FgClip(model="some/folder"), where="region")
    >>> reward.measure, reward.split, reward.quantile
    ('f', 'phrases', 0.9)
    """

    uses_models: ClassVar[bool] = True

    encoder: EncoderSpec
    template: TemplateOption = None
    section: str | None = None
    split: Split = "phrases"
    max_phrases: int = 32
    where: Where = "global"
    window: int = 1
    text_mode: str | None = None
    prefix: str = ""
    distractors: list[str] | None = None
    quantile: float = 0.9
    margin: float = 0.5
    contrast_images: list[str] | None = None
    measure: Measure = "f"
    beta: float = 1.0
    unseen_weight: float = 2.0
    allow_remote_images: bool = False

    def __post_init__(self) -> None:
        """Refuse options out of their range."""
        check_plain(self)
        check_encoder("phrase-alignment", self.encoder)
        check_section("phrase-alignment", self.template, self.section)
        check_choice(self.split, SPLITS, "phrase-alignment.split")
        check_choice(self.where, get_args(Where), "phrase-alignment.where")
        check_choice(self.measure, get_args(Measure), "phrase-alignment.measure")
        check_range(self.max_phrases, 1, 1000, "phrase-alignment.max_phrases")
        check_range(self.window, 1, 64, "phrase-alignment.window")
        check_range(self.quantile, 0.0, 1.0, "phrase-alignment.quantile")
        check_range(self.margin, 0.0, 100.0, "phrase-alignment.margin")
        check_range(self.beta, 0.01, 100.0, "phrase-alignment.beta")
        check_range(self.unseen_weight, 1.0, 100.0, "phrase-alignment.unseen_weight")
        if self.where == "global" and self.window != 1:
            raise ConfigError(
                f"phrase-alignment.window: expected 1 where 'global', got {self.window!r}"
            )
        if self.where == "region" and not isinstance(self.encoder, FgClip):
            raise ConfigError(
                "phrase-alignment.where: expected global, for only an encoder of kind fg-clip has "
                f"a dense map, got {self.where!r}"
            )
        if len(self._rivals()) < LEAST_DISTRACTORS:
            raise ConfigError(
                f"phrase-alignment.distractors: expected at least {LEAST_DISTRACTORS} different "
                f"phrases, got {len(self._rivals())}"
            )
        if self.contrast_images is not None and not self.contrast_images:
            raise ConfigError("phrase-alignment.contrast_images: expected at least one, got none")

    def _rivals(self) -> list[str]:
        given = DISTRACTORS if self.distractors is None else self.distractors
        return list(dict.fromkeys(filter(None, map(plain_phrase, given))))

    def check(self) -> None:
        """Refuse an encoder that can't be had and contrast images that can't be read.

        Raises:
            ConfigError: Saying what is wrong.
        """
        self.encoder.check()
        for number, source in enumerate(self.contrast_images or []):
            read = read_image(source)
            image = read if isinstance(read, Unreadable) else read.decode()
            if isinstance(image, Unreadable):
                raise ConfigError(f"phrase-alignment.contrast_images.{number}: {image.reason}")

    def source_files(self) -> list[str]:
        """The files beside the encoder's that decide a value: a fingerprint holds their content."""
        return list(self.contrast_images or [])

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout; None where the data or the encoder are to blame."""
        if not rollouts:
            return []
        look = Look(
            self.where == "region",
            self.window,
            self.text_mode,
            self.prefix,
            self.quantile,
            self.margin,
        )
        encoder = shared_encoder(self.encoder)
        judge = PhraseJudge(encoder, look, self._rivals(), self.contrast_images or [])
        scores: list[Score] = []
        for start in range(0, len(rollouts), ROWS):
            scores += self._score_rows(rollouts[start : start + ROWS], judge)
        return scores

    def _score_rows(self, rollouts: Sequence[Rollout], judge: PhraseJudge) -> list[Score]:
        seen = images_by_row(
            rollouts, "max", lambda sources: judge.see(sources, self.allow_remote_images)
        )
        rows = [self._read(*pair) for pair in zip(rollouts, seen, strict=True)]
        read = judge.read(
            phrase for row in rows if isinstance(row, PhraseRow) for phrase in row.said.found
        )
        return [row if isinstance(row, Score) else self._score(row, judge, read) for row in rows]

    def _read(self, rollout: Rollout, images: list[Target] | Score) -> PhraseRow | Score:
        """The row's images, phrases and keywords; the data's faults come before the policy's."""
        if isinstance(images, Score):
            return images
        keywords = cut_keywords(rollout.keywords, self.split)
        if not keywords and self.measure != "precision":
            return Score(None, "keywords missing: expected at least one phrase")
        said = said_phrases(rollout, self.template, self.section, self.split, self.max_phrases)
        return said if isinstance(said, Score) else PhraseRow(images, said, keywords)

    def _score(
        self, row: PhraseRow, judge: PhraseJudge, read: Mapping[str, ReadText | Score]
    ) -> Score:
        seen = judge.judge(row.said.found, row.images, read)
        if isinstance(seen, Score):
            return seen
        covered = {keyword: said_and_seen(pieces, seen) for keyword, pieces in row.keywords.items()}
        return report(seen, row.said.beyond, covered, self.measure, self.beta, self.unseen_weight)
