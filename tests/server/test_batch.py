"""One request's rollouts: what is scored is answered, whatever became of the others."""

import asyncio

from rewardkit.server.batch import Batch
from rewardkit.server.pieces import Line
from rewardkit.types import Rollout

ROWS = [Rollout(completion=str(number)) for number in range(3)]
SCORED = Line(b'{"reward":1.0}', "scored")


def test_rows_that_were_scored_in_time_are_answered_after_others_were_not() -> None:
    batch = Batch(ROWS, whole_groups=False, piece_rows=1, deadline_s=-10.0, kind="play")
    first, *others = batch.pieces
    for piece in others:
        piece.result.set_result([SCORED])

    late, *found = asyncio.run(batch.all())

    assert found == [SCORED, SCORED]
    assert (late.status, late.cause) == ("unjudged", "deadline")
    assert first.result.cancelled()
