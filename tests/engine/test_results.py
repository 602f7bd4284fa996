"""Results put together from pieces are those of the whole chunk, to the last bit."""

import functools
import operator
from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.engine.chunks import Chunk, Position
from rewardkit.engine.results import ChunkResult, add_up
from rewardkit.engine.rows import Job, score_chunk
from rewardkit.types import Rollout, Score

VALUES = st.floats(-1e6, 1e6) | st.none()
JOB = Job(("in",), "length", whole_groups=True)


def by_id(rollouts: Sequence[Rollout], /) -> list[Score]:
    return [Score(float(rollout.id)) for rollout in rollouts]


@given(st.lists(VALUES, max_size=20))
def test_sum_is_taken_in_order(values: list[float | None]) -> None:
    lines = b"".join(msgspec.json.encode({"reward": v, "id": "a\r"}) + b"\n" for v in values)

    assert add_up(lines) == functools.reduce(operator.add, [v or 0.0 for v in values], 0.0)


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(-1e6, 1e6)), min_size=1, max_size=20))
def test_chunk_scored_by_groups_is_the_chunk_scored_whole(rows: list[tuple[int, float]]) -> None:
    lines = [
        msgspec.json.encode({"id": str(v), "group": f"g{g}", "completion": ""}) for g, v in rows
    ]
    data = b"\n".join([*lines, b"bad", b""])
    end = Position(0, len(data), len(lines) + 1)
    chunk = Chunk(Position(), end, data)

    def group_of(line: bytes, number: int) -> str | None:
        return None if line in (b"", b"bad") else str(msgspec.json.decode(line)["group"])

    pieces = list(chunk.pieces(group_of))
    found = ChunkResult.join([score_chunk(piece, JOB, by_id) for piece in pieces], "")

    assert found == score_chunk(chunk, JOB, by_id)
    assert all(piece.data for piece in pieces)
