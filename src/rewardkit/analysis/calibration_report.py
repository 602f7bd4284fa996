"""What `rewardkit calibrate` finds out, as values."""

from typing import Literal, TypeAlias

import msgspec

from rewardkit.analysis.calibration import Proposal, Spread

TextSource: TypeAlias = Literal["completion", "reference"]
"""Whose words are compared: what the part measures of the replies, or the reference captions."""


class PartCalibration(msgspec.Struct, frozen=True, kw_only=True):
    """What one part's cosines say.

    Attributes:
        part: Its dotted path; empty for the reward itself.
        kind: Its kind.
        encoder: Its encoder's name.
        text_mode: How texts were read; None for the encoder's first way.
        rows: Rows looked at.
        unseen: Rows without an image, or without captions, that can be read.
        unseen_reason: The first reason.
        unsaid: Rows with nothing to compare: an empty text, a missing section, no caption.
        unsaid_reason: The first reason.
        shown: Distinct images, or sets of them, of the pairs.
        truncated: Share of the matching pairs whose text was cut; None of nothing.
        matching: Cosines of each distinct text with what its own row shows.
        mismatched: Cosines of the same texts with what other rows show.
        auc: The chance that a matching pair is above a mismatched one, in [0, 1].
        overlap: What the best threshold gets wrong, in [0, 1].
        proposal: Where to saturate.
    """

    part: str
    kind: str
    encoder: str
    text_mode: str | None
    rows: int
    unseen: int
    unseen_reason: str
    unsaid: int
    unsaid_reason: str
    shown: int
    truncated: float | None
    matching: Spread
    mismatched: Spread
    auc: float | None
    overlap: float | None
    proposal: Proposal


class SettableOption(msgspec.Struct, frozen=True):
    """How a proposal is put into force.

    Attributes:
        part: The part's path.
        saturate_at: The value.
        option: For the command line; None where the path can't be set from there.
    """

    part: str
    saturate_at: float
    option: str | None


class CalibrationReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the data says about each part.

    Attributes:
        rows: Rollouts in the data.
        drawn: Those looked at.
        rejected: Lines that are no rollouts.
        text: Whose words were compared.
        mismatches: Mismatched pairs of a text, at most.
        seed: Of the draws.
        parts: One for each clip-score and ref-caption.
        options: One for each part with a proposal.
    """

    rows: int
    drawn: int
    rejected: int
    text: TextSource
    mismatches: int
    seed: int
    parts: list[PartCalibration]
    options: list[SettableOption]
