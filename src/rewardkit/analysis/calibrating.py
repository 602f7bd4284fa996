"""Calibration of a part: the cosines of its own pairs beside those of mismatched ones."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rewardkit.analysis.calibration import (
    Proposal,
    area_under_curve,
    overlap,
    propose,
    spread_of,
)
from rewardkit.analysis.calibration_report import PartCalibration, TextSource
from rewardkit.analysis.model_parts import CosinePart
from rewardkit.analysis.pairing import Subject, mismatches
from rewardkit.errors import ConfigError
from rewardkit.rewards.captions import reference_captions
from rewardkit.rewards.clip_score import ClipScore
from rewardkit.rewards.encoders.shared import shared_encoder
from rewardkit.rewards.image_text import (
    ReadText,
    cosine,
    images_by_row,
    over_images,
    read_texts,
    text_or_score,
)
from rewardkit.types import Rollout, Score

if TYPE_CHECKING:
    from rewardkit.rewards.encoders.base import Vectors
    from rewardkit.rewards.encoders.encoder import Encoder


class _Pair(NamedTuple):
    """A distinct text with what its row shows."""

    subject: Subject
    text: ReadText
    targets: list[Vectors]


class _Gap:
    """Rows that say nothing, and the first reason."""

    def __init__(self) -> None:
        self.rows = 0
        self.reason = ""

    def add(self, score: Score) -> None:
        self.rows += 1
        self.reason = self.reason or score.reason


def calibrate_part(
    path: str,
    part: CosinePart,
    rollouts: Sequence[Rollout],
    *,
    text: TextSource = "completion",
    each: int = 4,
    seed: int = 0,
) -> PartCalibration:
    """Compare the cosines of matching and mismatched pairs, as the part computes them.

    A matching pair is a distinct text and what its row shows: the images, of `ref-caption` the
    captions. For a mismatched one the same text stands beside what another row shows.

    Args:
        path: Where the part stands.
        part: The part; its `saturate_at` plays no role.
        rollouts: The rows.
        text: Whose words: what the part measures of the replies, or the rows' captions.
        each: Mismatches of a text, at least 1.
        seed: Of the draw.

    Raises:
        ConfigError: When the encoder can't be had, or captions are to be compared with themselves.
    """
    if text == "reference" and not isinstance(part, ClipScore):
        raise ConfigError("--text reference: expected a clip-score, got a ref-caption")
    encoder = shared_encoder(part.encoder)
    unseen, unsaid = _Gap(), _Gap()
    pairs = _pairs(part, encoder, rollouts, text, unseen, unsaid)
    matching = [_value(part, pair.text, pair.targets) for pair in pairs]
    drawn = mismatches([pair.subject for pair in pairs], each, seed)
    mismatched = [_value(part, pairs[i].text, pairs[other].targets) for i, other in drawn]
    cut = sum(pair.text.truncated for pair in pairs)
    return PartCalibration(
        part=path,
        kind=str(part.__struct_config__.tag),
        encoder=part.encoder.name,
        text_mode=part.text_mode,
        rows=len(rollouts),
        unseen=unseen.rows,
        unseen_reason=unseen.reason,
        unsaid=unsaid.rows,
        unsaid_reason=unsaid.reason,
        shown=len({pair.subject.shows for pair in pairs}),
        truncated=cut / len(pairs) if pairs else None,
        matching=spread_of(matching),
        mismatched=spread_of(mismatched),
        auc=area_under_curve(matching, mismatched),
        overlap=overlap(matching, mismatched),
        proposal=_proposal(part, matching, mismatched),
    )


def _proposal(part: CosinePart, matching: Sequence[float], mismatched: Sequence[float]) -> Proposal:
    found = propose(matching, mismatched)
    if found.saturate_at is not None and isinstance(part, ClipScore) and part.form != "cosine":
        return Proposal(
            None, f"form {part.form!r} doesn't saturate: set form to cosine", weak=False
        )
    return found


def _value(part: CosinePart, text: ReadText, targets: Sequence[Vectors]) -> float:
    """The cosine that the part would pay by."""
    cosines = [cosine(target, text.vector) for target in targets]
    return over_images(cosines, part.across if isinstance(part, ClipScore) else "max")


def _pairs(
    part: CosinePart,
    encoder: Encoder,
    rollouts: Sequence[Rollout],
    text: TextSource,
    unseen: _Gap,
    unsaid: _Gap,
) -> list[_Pair]:
    """Each distinct text with what its row shows, in the order of the rows."""
    said: list[list[str]] = []
    shown: list[list[Vectors]] = []
    targets = _targets(part, encoder, rollouts)
    for rollout, target in zip(rollouts, targets, strict=True):
        if isinstance(target, Score):
            unseen.add(target)
            continue
        texts = _texts(part, rollout, text)
        if isinstance(texts, Score):
            unsaid.add(texts)
            continue
        said.append(texts)
        shown.append(target)
    read = read_texts(encoder, (one for texts in said for one in texts), part.text_mode)
    found: dict[Subject, _Pair] = {}
    for texts, target in zip(said, shown, strict=True):
        names = frozenset(hashlib.sha256(vector.tobytes()).hexdigest() for vector in target)
        vectors = {one: read[one] for one in texts}
        for one, vector in vectors.items():
            if not isinstance(vector, Score):
                subject = Subject(names, one)
                found.setdefault(subject, _Pair(subject, vector, target))
        faults = [vector for vector in vectors.values() if isinstance(vector, Score)]
        if len(faults) == len(vectors):
            unsaid.add(faults[0])
    return list(found.values())


def _texts(part: CosinePart, rollout: Rollout, text: TextSource) -> list[str] | Score:
    """What a row says."""
    if text == "reference" and isinstance(part, ClipScore):
        captions = reference_captions(rollout, part.captions)
        return captions if isinstance(captions, Score) else [part.text_prefix + c for c in captions]
    own = text_or_score(rollout, part.template, part.section)
    if isinstance(own, Score):
        return own
    return [part.text_prefix + own if isinstance(part, ClipScore) else own]


def _targets(
    part: CosinePart, encoder: Encoder, rollouts: Sequence[Rollout]
) -> list[list[Vectors] | Score]:
    """What each row shows, as vectors."""
    if isinstance(part, ClipScore):
        return images_by_row(
            rollouts,
            part.across,
            lambda sources: encoder.image_vectors(sources, part.allow_remote_images),
        )
    rows = [reference_captions(rollout, part.captions) for rollout in rollouts]
    captions = (caption for row in rows if not isinstance(row, Score) for caption in row)
    read = read_texts(encoder, captions, part.text_mode)
    return [row if isinstance(row, Score) else _vectors(row, read) for row in rows]


def _vectors(captions: list[str], read: dict[str, ReadText | Score]) -> list[Vectors] | Score:
    found: list[Vectors] = []
    for caption in captions:
        one = read[caption]
        if isinstance(one, Score):
            return one
        found.append(one.vector)
    return found
