"""Points: pay for the points of an answer by how near they are to the reference's.

Sources: the point terms of VisionReasoner (https://arxiv.org/abs/2505.12081) and Seg-Zero
(https://arxiv.org/abs/2503.06520), dvlab-research/Seg-Zero@42a3345. What differs: two empty lists
are worth 1; an answer that is not JSON of points in the frame is worth 0.
"""

import math
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from rewardkit.rewards.answer_place import check_answer_place, stated_answer
from rewardkit.rewards.box_worth import paired_worth
from rewardkit.rewards.numbers import check_choice
from rewardkit.rewards.plain import check_plain
from rewardkit.templates import Template
from rewardkit.types import Rollout, Score
from rewardkit.verifiers.geometry.limits import Limits, check_limits, check_reach
from rewardkit.verifiers.geometry.located import Located
from rewardkit.verifiers.geometry.matching import best_pairs
from rewardkit.verifiers.geometry.points import spread_points
from rewardkit.verifiers.geometry.reading import Unread, read_answer
from rewardkit.verifiers.geometry.references import read_reference
from rewardkit.verifiers.geometry.shapes import is_inside

_FAR: Final = 1e9
"""Farther than any two coordinates are: a pair that must not be."""


class Points(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="points",
    forbid_unknown_fields=True,
):
    """Pay for a JSON list of points by its best one-to-one pairing with the reference's points.

    Args:
        template: Finds the answer; None reads the whole reply.
        section: Read this section of the template in place of its answer.
        metric: `hits`: pairs nearer than `within`, divided by the number of points of the longer
            list. `mean`: 1 where there are as many points as in the reference, and the mean
            distance of the shortest pairing is under `within`; else 0.
        within: A distance in the unit of the coordinates, above 0; a hit is nearer than this.
        aim: What every object of the reference has and is compared by: a `point`, a `box`, or
            `either`, the point where it has one. A point in a box, edges included, is at distance
            0, any other is far away.
        own_box: A point counts only in the box of its own object of the answer.
        labels: A reference with a label only pairs with an answer of that label.
        frame: Width and height that the coordinates refer to; None for any coordinates.
        max_objects: Most objects of an answer or a reference, 1 to 1000.

    Returns:
        A share in [0, 1]. 1 where both lists are empty; 0 for an answer that is missing or can't
        be read; None where the reference can't be read.

    Raises:
        ConfigError: When an option is out of range.

    >>> row = Rollout(completion="[[10, 10], [90, 90]]", reference=[[13, 14]])
    >>> Points(template=None, within=10)([row])[0]
    Score(value=0.5, reason='2 points, wanted 1: hits 0.5', parts={})
    """

    template: str | Template | None = "think-answer"
    section: str | None = None
    metric: Literal["hits", "mean"] = "hits"
    within: float = 30.0
    aim: Literal["point", "box", "either"] = "either"
    own_box: bool = False
    labels: bool = True
    frame: tuple[float, float] | None = None
    max_objects: int = 120

    def __post_init__(self) -> None:
        """Refuse options out of their range."""
        check_plain(self)
        check_choice(self.metric, ("hits", "mean"), "points.metric")
        check_choice(self.aim, ("point", "box", "either"), "points.aim")
        check_answer_place("points", self.template, self.section)
        check_limits("points", self._limits)
        check_reach("points.within", self.within)

    @property
    def _limits(self) -> Limits:
        # A box may be one pixel wide: a point can lie in it.
        return Limits(frame=self.frame, inclusive=True, max_objects=self.max_objects)

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout; None where the reference can't be read."""
        return [self._score(rollout) for rollout in rollouts]

    def _score(self, rollout: Rollout) -> Score:
        limits = self._limits
        right = read_reference(rollout.reference, limits, self.aim)
        if isinstance(right, Unread):
            return Score(None, right.reason)
        answer = stated_answer(rollout, self.template, self.section)
        if not answer.found:
            return Score(0.0, f"{answer.status}: {answer.reason}")
        given = read_answer(answer.text, limits, "both" if self.own_box else "point")
        if isinstance(given, Unread):
            return Score(0.0, f"{given.status}: {given.reason}")
        points = spread_points(given)
        wanted = list(right) if self.aim == "box" else spread_points(right)
        if self.metric == "mean":
            return self._mean(points, wanted)
        value = paired_worth(points, wanted, self._hit)
        return Score(value, f"{len(points)} points, wanted {len(wanted)}: hits {value:.4g}")

    def _mean(self, points: Sequence[Located], wanted: Sequence[Located]) -> Score:
        if len(points) != len(wanted):
            return Score(0.0, f"{len(points)} points, wanted {len(wanted)}")
        if not points:
            return Score(1.0, "0 points, wanted 0")
        rows = sorted(points, key=lambda one: one.order)
        columns = sorted(wanted, key=lambda one: one.order)
        ways = [[self._distance(one, other) for other in columns] for one in rows]
        pairs = best_pairs([[-way for way in row] for row in ways])
        apart = [ways[row][column] for row, column in pairs]
        if max(apart) >= _FAR:
            return Score(0.0, f"{len(rows)} points, not all of them where one may be")
        mean = math.fsum(apart) / len(rows)
        return Score(float(mean < self.within), f"{len(rows)} points, {mean:.4g} away in the mean")

    def _hit(self, one: Located, other: Located) -> float:
        return float(self._distance(one, other) < self.within)

    def _distance(self, one: Located, other: Located) -> float:
        point = one.points[0]
        if self.labels and other.label is not None and one.label != other.label:
            return _FAR
        if self.own_box and not (one.box is not None and is_inside(point, one.box)):
            return _FAR
        if other.box is not None and (self.aim == "box" or not other.points):
            return 0.0 if is_inside(point, other.box) else _FAR
        return math.dist(point, other.points[0])
