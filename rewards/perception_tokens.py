"""Perception tokens: depth codes and boxes of AURORA are well built, and agree with a reference.

Source of the tokens: AURORA, https://arxiv.org/abs/2412.03548, which trains them by fine-tuning and
has no reward: structure and agreement are ours.
"""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.answer_place import check_answer_place, stated_answer
from rewardkit.rewards.box_worth import paired_worth
from rewardkit.rewards.numbers import check_choice
from rewardkit.rewards.plain import check_plain
from rewardkit.rewards.token_codes import CODES, DEPTH_CODES, read_depth_codes, read_token_boxes
from rewardkit.rewards.token_references import read_box_reference, read_depth_reference
from rewardkit.templates import Template
from rewardkit.types import Rollout, Score
from rewardkit.verifiers.geometry.located import Located
from rewardkit.verifiers.geometry.shapes import Box, overlap

_METRICS: Final = {"depth": ("structure", "equal", "near"), "boxes": ("structure", "iou")}


def equal_share(codes: Sequence[int], reference: Sequence[int]) -> float:
    """The share of codes that are the reference's at the same place.

    >>> equal_share([1, 2, 3, 4], [1, 2, 4, 3])
    0.5
    """
    return sum(one == other for one, other in zip(codes, reference, strict=True)) / len(codes)


def near_share(codes: Sequence[int], reference: Sequence[int]) -> float:
    """1 - mean absolute difference of the codes / 127.

    >>> near_share([0, 127], [0, 0])
    0.5
    """
    apart = sum(abs(one - other) for one, other in zip(codes, reference, strict=True))
    return 1 - apart / (len(codes) * (CODES - 1))


class PerceptionTokens(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="perception-tokens",
    forbid_unknown_fields=True,
):
    """Pay for AURORA's depth or box tokens: for their structure, or for agreement.

    Args:
        tokens: `depth`: 100 codes `<DEPTH_0>` to `<DEPTH_127>` between `<DEPTH_START>` and
            `<DEPTH_END>`. `boxes`: `(x1,y1,x2,y2)` of `<PIXEL_0>` to `<PIXEL_335>`, at most 15.
        metric: `structure`: 1 where they are well built, else 0; reads no reference. Of depth,
            `equal`: the share of codes that are the reference's; `near`: 1 - mean difference / 127.
            Of boxes, `iou`: the best pairing's IoUs over the number of boxes of the longer list.
        template: Finds the text with the tokens; None reads the whole reply.
        section: Read this section of the template in place of its answer.

    Returns:
        A share in [0, 1]; 0 where the tokens are not well built; None where the reference is not
        100 codes or at most 15 boxes: a list, a text of tokens, or an object with `depth` or
        `boxes`. Without a box in the reply `structure` is 0, and `iou` 1 for an empty reference.

    Raises:
        ConfigError: When an option is out of range, or the tokens have no such metric.

    >>> text = "Bounding box 1: (<PIXEL_0>, <PIXEL_0>, <PIXEL_10>, <PIXEL_10>)"
    >>> row = Rollout(completion=text, reference=[[0, 0, 10, 5]])
    >>> PerceptionTokens(tokens="boxes", metric="iou")([row])[0]
    Score(value=0.5, reason='1 boxes, wanted 1: iou 0.5', parts={})
    """

    tokens: Literal["depth", "boxes"] = "depth"
    metric: Literal["structure", "equal", "near", "iou"] = "structure"
    template: str | Template | None = None
    section: str | None = None

    def __post_init__(self) -> None:
        """Refuse options out of their range."""
        check_plain(self)
        check_choice(self.tokens, tuple(_METRICS), "perception-tokens.tokens")
        check_answer_place("perception-tokens", self.template, self.section)
        if self.metric not in _METRICS[self.tokens]:
            raise ConfigError(
                f"perception-tokens.metric: expected one of {', '.join(_METRICS[self.tokens])} for "
                f"{self.tokens}, got {self.metric}"
            )

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout; None where the metric needs a reference that can't be read."""
        score = self._score_depth if self.tokens == "depth" else self._score_boxes
        return [score(rollout) for rollout in rollouts]

    def _score_depth(self, rollout: Rollout) -> Score:
        right = () if self.metric == "structure" else read_depth_reference(rollout.reference)
        if isinstance(right, str):
            return Score(None, f"reference: {right}")
        answer = stated_answer(rollout, self.template, self.section)
        codes = read_depth_codes(answer.text) if answer.found else answer.reason
        if isinstance(codes, str):
            return Score(0.0, codes)
        if self.metric == "structure":
            return Score(1.0, f"{DEPTH_CODES} depth codes")
        share = equal_share(codes, right) if self.metric == "equal" else near_share(codes, right)
        return Score(share, f"{DEPTH_CODES} depth codes: {self.metric} {share:.4g}")

    def _score_boxes(self, rollout: Rollout) -> Score:
        right = () if self.metric == "structure" else read_box_reference(rollout.reference)
        if isinstance(right, str):
            return Score(None, f"reference: {right}")
        answer = stated_answer(rollout, self.template, self.section)
        boxes = read_token_boxes(answer.text) if answer.found else answer.reason
        if isinstance(boxes, str):
            return Score(0.0, boxes)
        if self.metric == "structure":
            return Score(float(len(boxes) > 0), f"{len(boxes)} boxes")
        value = paired_worth(_located(boxes), _located(right), _iou)
        return Score(value, f"{len(boxes)} boxes, wanted {len(right)}: iou {value:.4g}")


def _located(boxes: Sequence[Box]) -> list[Located]:
    return [Located(box=box) for box in boxes]


def _iou(one: Located, other: Located) -> float:
    return overlap(one.box, other.box) if one.box and other.box else 0.0
