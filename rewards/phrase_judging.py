"""How phrases of a batch are set against its images: vectors from the encoder, shares out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rewardkit.errors import ConfigError
from rewardkit.rewards.image_text import ReadText, read_texts
from rewardkit.rewards.images.source import Unreadable
from rewardkit.rewards.phrase_levels import levels_of, together
from rewardkit.rewards.phrase_neutral import neutral_images
from rewardkit.rewards.phrase_rivals import GENERIC
from rewardkit.rewards.phrase_seen import (
    Bar,
    bar_of,
    best_cosines,
    cells_of,
    gains_of,
    seen_share,
)
from rewardkit.types import Score

if TYPE_CHECKING:
    from rewardkit.rewards.encoders.base import Vectors
    from rewardkit.rewards.encoders.encoder import Encoder


class Look(NamedTuple):
    """How to look for a phrase.

    Attributes:
        region: Whether in the cells of the dense map, else in the image as a whole.
        window: Cells on a side of a region.
        text_mode: The encoder's way to read texts; None for its first.
        prefix: In front of every phrase.
        quantile: Share of the distractors that a phrase has to beat.
        margin: Standard deviations above the bar at which a phrase is fully seen.
    """

    region: bool
    window: int
    text_mode: str | None
    prefix: str
    quantile: float
    margin: float


class Target(NamedTuple):
    """An image in which phrases are looked for.

    Attributes:
        cells: The vectors that a phrase may match, [C, D].
        gains: Of each distractor on the image, by its text.
        floor: The best gain of a phrase that fits any image.
        bar: What the image asks of a phrase that is no distractor.
        rival_bars: What it asks of a distractor, as far as one was asked for.
        judged: The shares of a text's phrases, as far as they were asked for: replies to one
            question say much the same.
    """

    cells: Vectors
    gains: dict[str, float]
    floor: float
    bar: Bar
    rival_bars: dict[str, Bar]
    judged: dict[tuple[str, ...], dict[str, float] | Score]


class PhraseJudge:
    """Says how surely images show phrases; made once a call, from fixed texts and images alone.

    Args:
        encoder: The encoder.
        look: How to look.
        distractors: Phrases of other images, normalised.
        contrast: Images beside which a phrase has to gain; empty for images of nothing.

    Raises:
        ConfigError: When the encoder has no such mode, no dense map, or a contrast image can't be
            read. Where the encoder fails on the fixed texts or images of nothing, no image is fit.
    """

    def __init__(
        self, encoder: Encoder, look: Look, distractors: Sequence[str], contrast: Sequence[object]
    ) -> None:
        """Encode what all images are measured by."""
        self._encoder, self._look = encoder, look
        self._distractors = tuple(distractors)
        fixed = (*distractors, *GENERIC)
        self._fixed = _stacked(fixed, self.read(fixed))
        self._levels: dict[tuple[str, ...], Vectors] = {}
        neutral: list[Vectors] = []
        for number, cells in enumerate(self._cells(contrast or neutral_images(), False)):
            if not isinstance(cells, Unreadable):
                neutral.append(cells_of(cells, self._look.window))
            elif contrast:
                raise ConfigError(f"phrase-alignment.contrast_images.{number}: {cells.reason}")
            else:  # made in memory, so that it is the encoder which failed
                self._fixed = Score(None, f"image of nothing: {cells.reason}")
        self._neutral = together(neutral)

    def see(self, sources: Sequence[object], allow_remote: bool) -> list[Target | Unreadable]:
        """Encode images, and find what each asks of a phrase; a shared one once."""
        made: dict[int, Target | Unreadable] = {}
        encoded = self._cells(sources, allow_remote)  # keeps them alive, so that ids stay theirs
        for one in encoded:
            if id(one) not in made:
                made[id(one)] = one if isinstance(one, Unreadable) else self._target(one)
        return [made[id(one)] for one in encoded]

    def read(self, phrases: Iterable[str]) -> dict[str, ReadText | Score]:
        """Encode phrases, those of many rows in one call; by phrase, without the prefix."""
        prefix = self._look.prefix
        texts = {phrase: prefix + phrase for phrase in phrases}
        found = read_texts(self._encoder, texts.values(), self._look.text_mode)
        return {phrase: found[text] for phrase, text in texts.items()}

    def judge(
        self,
        phrases: Sequence[str],
        images: Sequence[Target],
        read: Mapping[str, ReadText | Score],
    ) -> dict[str, float] | Score:
        """How surely one of a row's images shows each phrase.

        Args:
            phrases: Distinct, at least one.
            images: From `see`, at least one.
            read: From `read`, these phrases and maybe others.

        Returns:
            By phrase a share in [0, 1], the best over the images, and 0 where the encoder didn't
            read the phrase to its end; `Score(None, reason)` where the encoder failed.
        """
        key = tuple(phrases)
        best = dict.fromkeys(phrases, 0.0)
        for image in images:
            if key not in image.judged:
                image.judged[key] = self._judge_one(key, image, read)
            shares = image.judged[key]
            if isinstance(shares, Score):
                return shares
            best = {phrase: max(share, shares[phrase]) for phrase, share in best.items()}
        for phrase in phrases:
            text = read[phrase]
            if isinstance(text, ReadText) and text.truncated:
                best[phrase] = 0.0  # what stands at its end was never looked for
        return best

    def _judge_one(
        self, phrases: tuple[str, ...], image: Target, read: Mapping[str, ReadText | Score]
    ) -> dict[str, float] | Score:
        """How surely one image shows each phrase."""
        vectors = _stacked(phrases, read)
        if isinstance(vectors, Score):
            return vectors
        if phrases not in self._levels:
            self._levels[phrases] = levels_of(vectors, self._neutral)
        gains = best_cosines(vectors, image.cells) - self._levels[phrases]
        shares: dict[str, float] = {}
        for phrase, gain in zip(phrases, map(float, gains), strict=True):
            if not math.isfinite(gain):
                return Score(None, f"phrase {phrase[:40]!r}: expected a cosine, got {gain}")
            shares[phrase] = seen_share(gain, self._bar(image, phrase), self._look.margin)
        return shares

    def _cells(self, sources: Sequence[object], allow_remote: bool) -> list[Vectors | Unreadable]:
        look = self._encoder.dense_maps if self._look.region else self._encoder.image_vectors
        return look(list(sources), allow_remote)

    def _target(self, encoded: Vectors) -> Target | Unreadable:
        import numpy as np

        if isinstance(self._fixed, Score):
            return Unreadable(self._fixed.reason)
        cells = cells_of(encoded, self._look.window)
        gains = gains_of(self._fixed, cells, self._neutral)
        if not np.isfinite(gains).all():
            return Unreadable("image: expected finite cosines with all distractors, got others")
        count = len(self._distractors)
        rivals = dict(zip(self._distractors, map(float, gains[:count]), strict=True))
        floor = float(gains[count:].max())
        bar = bar_of(list(rivals.values()), floor, self._look.quantile)
        return Target(cells, rivals, floor, bar, {}, {})

    def _bar(self, image: Target, phrase: str) -> Bar:
        """The image's bar; a distractor of the same words doesn't count against a phrase."""
        if phrase not in image.gains:
            return image.bar
        if phrase not in image.rival_bars:
            others = [gain for text, gain in image.gains.items() if text != phrase]
            image.rival_bars[phrase] = bar_of(others, image.floor, self._look.quantile)
        return image.rival_bars[phrase]


def _stacked(phrases: Iterable[str], read: Mapping[str, ReadText | Score]) -> Vectors | Score:
    """The vectors of phrases as rows, [M, D], or why one has none."""
    import numpy as np

    rows = []
    for phrase in phrases:
        found = read[phrase]
        if isinstance(found, Score):
            return found
        rows.append(found.vector)
    return np.stack(rows)
