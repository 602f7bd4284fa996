"""The `boxes` task: does the answer draw the reference's boxes, and no others?"""

from collections.abc import Sequence

import msgspec

from rewardkit.types import Reference, Status, Verdict
from rewardkit.verifiers.geometry.limits import (
    Limits,
    check_flag,
    check_limits,
    check_pixels,
    check_share,
)
from rewardkit.verifiers.geometry.located import Located
from rewardkit.verifiers.geometry.matching import best_pairs
from rewardkit.verifiers.geometry.reading import Unread, read_answer, shown
from rewardkit.verifiers.geometry.references import read_reference
from rewardkit.verifiers.geometry.shapes import overlap


class BoxMatch(
    msgspec.Struct, frozen=True, tag_field="kind", tag="boxes", forbid_unknown_fields=True
):
    """Judges an answer that is a JSON list of boxes.

    Right is one box for each of the reference, with an IoU of at least `threshold`, and no other;
    the order is free. Both lists empty is right: there is nothing to find.

    Attributes:
        threshold: Least IoU of a pair, above 0 up to 1.
        frame: Width and height that the coordinates refer to; None for any coordinates.
        inclusive: Corners are pixels of the box: (0, 0, 9, 9) is 10 by 10.
        labels: A reference box with a label only pairs with an answer of that label.
        max_objects: Most boxes of an answer or a reference, 1 to 1000.

    Raises:
        ConfigError: When an option is out of range.

    >>> BoxMatch()("[[10, 10, 50, 50]]", [[12, 10, 50, 50]]).reason
    '1 of 1 boxes found with an IoU of at least 0.5, lowest 0.950'
    >>> BoxMatch()('[{"bbox_2d": [10, 10, 50, 50]}, [0, 0, 5, 5]]', [[12, 10, 50, 50]]).status
    'wrong'
    """

    threshold: float = 0.5
    frame: tuple[float, float] | None = None
    inclusive: bool = False
    labels: bool = True
    max_objects: int = 120

    def __post_init__(self) -> None:
        """Refuse options out of range."""
        check_share("boxes.threshold", self.threshold)
        check_flag("boxes.labels", self.labels)
        check_limits("boxes", self._limits)
        check_pixels("boxes", self._limits)

    @property
    def _limits(self) -> Limits:
        return Limits(frame=self.frame, inclusive=self.inclusive, max_objects=self.max_objects)

    def __call__(
        self, answer: str, reference: Reference, choices: Sequence[str] = (), /
    ) -> Verdict:
        """Judge one answer; see [`Verifier`][rewardkit.verifiers.base.Verifier]."""
        right = read_reference(reference, self._limits)
        if isinstance(right, Unread):
            return Verdict(right.status, rule="reference", reason=right.reason)
        given = read_answer(answer, self._limits)
        if isinstance(given, Unread):
            return Verdict(given.status, None, shown(right), "json", given.reason)
        return self._compare(given, right)

    def _compare(self, given: Sequence[Located], right: Sequence[Located]) -> Verdict:
        shares = [[self._overlap(one, other) for other in right] for one in given]
        # One more pair over the threshold is worth more than all overlaps together.
        most = len(given) + 1
        worth = [[share + most * (share >= self.threshold) for share in row] for row in shares]
        pairs = [shares[row][column] for row, column in best_pairs(worth)]
        found = [share for share in pairs if share >= self.threshold]
        extra = len(given) - len(found)
        reason = f"{len(found)} of {len(right)} boxes found with an IoU of at least"
        reason += f" {self.threshold:g}"
        reason += f", lowest {min(found):.3f}" if found else ""
        reason += f", {extra} that match none" if extra else ""
        right_answer = len(found) == len(right) == len(given)
        status: Status = "correct" if right_answer else "wrong"
        return Verdict(status, shown(given), shown(right), "overlap", reason)

    def _overlap(self, one: Located, other: Located) -> float:
        if one.box is None or other.box is None:
            return 0.0
        if self.labels and other.label is not None and one.label != other.label:
            return 0.0
        return overlap(one.box, other.box, self.inclusive)
