"""Boxes: pay for the boxes of an answer by how well they cover the reference's.

Sources: VisionReasoner (https://arxiv.org/abs/2505.12081, dvlab-research/Seg-Zero@42a3345) and
Visual-RFT (https://arxiv.org/abs/2503.01785) for pairs over the longer list, VLM-R1
(https://arxiv.org/abs/2504.07615) for `od-ap`. What differs: two empty lists are worth 1, for
there is nothing to find; boxes are paired for the greatest sum, not greedily; an answer that is not
JSON of boxes in the frame is worth 0.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.answer_place import check_answer_place, stated_answer
from rewardkit.rewards.average_precision import mean_average_precision
from rewardkit.rewards.box_worth import Hits, paired_worth
from rewardkit.rewards.numbers import check_choice
from rewardkit.rewards.plain import check_plain
from rewardkit.templates import Template
from rewardkit.types import Rollout, Score
from rewardkit.verifiers.geometry.limits import (
    Limits,
    check_limits,
    check_pixels,
    check_reach,
    check_share,
)
from rewardkit.verifiers.geometry.located import Located
from rewardkit.verifiers.geometry.reading import Needs, Unread, read_answer
from rewardkit.verifiers.geometry.references import read_reference
from rewardkit.verifiers.geometry.shapes import generalized_overlap, overlap

Metric: TypeAlias = Literal["iou", "giou", "hits", "od-ap"]
"""What the boxes of an answer are worth by."""


class Boxes(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="boxes",
    forbid_unknown_fields=True,
):
    """Pay for a JSON list of boxes by its best one-to-one pairing with the reference's boxes.

    The value is the sum over the pairs, divided by the number of boxes of the longer list, so that
    a box too many costs as much as one too few.

    Args:
        template: Finds the answer; None reads the whole reply.
        section: Read this section of the template in place of its answer.
        metric: What a pair is worth. `iou`: its IoU. `giou`: (1 + generalized IoU) / 2. `hits`:
            the share of the thresholds below that it meets. `od-ap`: in place of pairs, COCO's mean
            average precision times min(1, reference boxes / answer boxes).
        iou_over: For `hits`: the IoU is over this, in (0, 1].
        corners_under: For `hits`: the mean difference of the four coordinates is under this.
        point_under: For `hits`: the object's point is under this distance from the reference's,
            and in the answer's own box; every object needs a point then.
        labels: A reference box with a label only pairs with an answer of that label.
        frame: Width and height that the coordinates refer to; None for any coordinates.
        inclusive: Corners are pixels of the box: (0, 0, 9, 9) is 10 by 10.
        max_objects: Most boxes of an answer or a reference, 1 to 1000.

    Returns:
        A share in [0, 1]. 1 where both lists are empty; 0 for an answer that is missing or can't
        be read; None where the reference can't be read.

    Raises:
        ConfigError: When an option is out of range, or one that the metric doesn't read is set.

    >>> row = Rollout(completion="[[0, 0, 10, 10]]", reference=[[0, 0, 10, 5], [50, 50, 60, 60]])
    >>> Boxes(template=None)([row])[0]
    Score(value=0.25, reason='1 boxes, wanted 2: iou 0.25', parts={})
    """

    template: str | Template | None = "think-answer"
    section: str | None = None
    metric: Metric = "iou"
    iou_over: float | None = None
    corners_under: float | None = None
    point_under: float | None = None
    labels: bool = True
    frame: tuple[float, float] | None = None
    inclusive: bool = False
    max_objects: int = 120

    def __post_init__(self) -> None:
        """Refuse options out of their range, and thresholds that nobody looks at."""
        check_plain(self)
        check_choice(self.metric, get_args(Metric), "boxes.metric")
        check_answer_place("boxes", self.template, self.section)
        check_limits("boxes", self._limits)
        check_pixels("boxes", self._limits)
        if self.iou_over is not None:
            check_share("boxes.iou_over", self.iou_over)
        for name in ("corners_under", "point_under"):
            if getattr(self, name) is not None:
                check_reach(f"boxes.{name}", getattr(self, name))
        if (self._hits.count > 0) != (self.metric == "hits"):
            raise ConfigError(
                "boxes.metric: expected hits together with iou_over, corners_under or point_under, "
                f"got {self.metric} with {self._hits.count or 'none'} of them"
            )

    @property
    def _limits(self) -> Limits:
        return Limits(frame=self.frame, inclusive=self.inclusive, max_objects=self.max_objects)

    @property
    def _hits(self) -> Hits:
        return Hits(
            iou_over=self.iou_over,
            corners_under=self.corners_under,
            point_under=self.point_under,
        )

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout; None where the reference can't be read."""
        return [self._score(rollout) for rollout in rollouts]

    def _score(self, rollout: Rollout) -> Score:
        needs: Needs = "box" if self.point_under is None else "both"
        right = read_reference(rollout.reference, self._limits, needs)
        if isinstance(right, Unread):
            return Score(None, right.reason)
        answer = stated_answer(rollout, self.template, self.section)
        if not answer.found:
            return Score(0.0, f"{answer.status}: {answer.reason}")
        given = read_answer(answer.text, self._limits, needs)
        if isinstance(given, Unread):
            return Score(0.0, f"{given.status}: {given.reason}")
        value = self._value(given, right)
        return Score(value, f"{len(given)} boxes, wanted {len(right)}: {self.metric} {value:.4g}")

    def _value(self, given: Sequence[Located], right: Sequence[Located]) -> float:
        if self.metric != "od-ap":
            return paired_worth(given, right, self._worth, self.labels)
        if not given or not right:
            return 1.0 if not given and not right else 0.0
        precision = mean_average_precision(given, right, self.labels, self.inclusive)
        return precision * min(1.0, len(right) / len(given))

    def _worth(self, one: Located, other: Located) -> float:
        if one.box is None or other.box is None:
            return 0.0
        if self.metric == "hits":
            return self._hits.share(one, other, self.inclusive)
        if self.metric == "giou":
            return (1 + generalized_overlap(one.box, other.box, self.inclusive)) / 2
        return overlap(one.box, other.box, self.inclusive)
