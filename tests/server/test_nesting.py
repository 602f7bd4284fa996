"""JSON that is nested almost too deeply to be read: what is let in can also be written."""

import json
from collections.abc import Callable

import msgspec
import pytest

from rewardkit.server.image_root import ImageRoot
from rewardkit.server.limits import Limits
from rewardkit.server.nemo_gym import answer, read_question
from rewardkit.server.pieces import unscored
from rewardkit.server.refusals import RefusedError
from rewardkit.server.rows import Rows
from rewardkit.server.worker import Task

DEPTHS = range(700, 1000)
CALLS = 60
"""As many as stand between the event loop and an endpoint, and some more."""


@pytest.fixture
def rows() -> Rows:
    return Rows({}, ImageRoot(None), Limits())


def deep(depth: int, fields: dict[str, object]) -> bytes:
    """A JSON object; what is None among its fields is deep."""
    return json.dumps(fields).replace("null", "[" * depth + "]" * depth).encode()


def lower(calls: int, write: Callable[[], bytes]) -> bytes:
    """Write from below some calls."""
    return lower(calls - 1, write) if calls else write()


def let_in(write: Callable[[int], bytes]) -> list[int]:
    """Depths that are not refused."""
    found = []
    for depth in DEPTHS:
        try:
            write(depth)
        except RefusedError as error:
            assert "expected JSON" in error.refusal.error
        else:
            found.append(depth)
    return found


def test_a_row_that_is_read_can_be_sent_to_a_worker(rows: Rows) -> None:
    def write(depth: int) -> bytes:
        (rollout,) = rows.read_lines(deep(depth, {"completion": "x", "deep": None}))
        return lower(CALLS, lambda: msgspec.json.encode(Task(msgspec.Raw(b"{}"), "", [rollout])))

    found = let_in(write)

    assert found == list(range(DEPTHS[0], found[-1] + 1))  # those that are deeper are refused


@pytest.mark.parametrize(
    "fields", [{"deep": None, "response": {}}, {"response": {"deep": None}}], ids=["row", "reply"]
)
def test_fields_that_are_read_can_be_sent_back(rows: Rows, fields: dict[str, object]) -> None:
    def write(depth: int) -> bytes:
        body = deep(depth, {"responses_create_params": {}, **fields})
        read, rollout = read_question(body, rows, {})
        return lower(CALLS, lambda: answer(read, unscored(rollout, "", "no", "died")))

    found = let_in(write)

    assert found == list(range(DEPTHS[0], found[-1] + 1))
