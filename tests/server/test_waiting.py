"""The queue: bounded, fair between requests, and empty again when nobody wants the results."""

import weakref

import pytest

from rewardkit.server.pieces import Piece, cut
from rewardkit.server.waiting import Waiting
from rewardkit.types import Rollout


def pieces(name: str, count: int) -> list[Piece]:
    rollouts = [Rollout(completion=name, group=name) for _ in range(count)]
    return cut(rollouts, False, 1, 0.0)


def taken(waiting: Waiting) -> list[str]:
    names = []
    while (piece := waiting.take(0.0)) is not None:
        names.append(piece.rollouts[0].text)
        piece.result.set_result([])
    return names


def test_requests_take_turns() -> None:
    waiting = Waiting(10)
    for name, count in (("large", 4), ("small", 1), ("other", 2)):
        assert waiting.admit(pieces(name, count))

    assert taken(waiting) == ["large", "small", "other", "large", "other", "large", "large"]


def test_room_is_free_again_when_there_are_results() -> None:
    waiting = Waiting(3)

    assert waiting.admit(pieces("a", 2))
    assert not waiting.admit(pieces("b", 2))
    assert waiting.admit(pieces("b", 1))
    assert waiting.held == 3
    assert sorted(taken(waiting)) == ["a", "a", "b"]
    assert waiting.held == 0
    assert waiting.admit(pieces("b", 3))


def test_what_is_taken_back_is_not_worked_on() -> None:
    waiting = Waiting(5)
    gone, kept = pieces("gone", 3), pieces("kept", 2)
    waiting.admit(gone)
    waiting.admit(kept)
    for piece in gone:
        piece.result.cancel()

    assert waiting.held == 2
    assert taken(waiting) == ["kept", "kept"]


def test_what_is_withdrawn_leaves_the_queue_before_a_worker_is_free() -> None:
    waiting = Waiting(10)
    running, kept = pieces("running", 3), pieces("kept", 2)
    waiting.admit(running)
    waiting.admit(kept)
    begun = waiting.take(0.0)
    assert begun is running[0]
    left = weakref.ref(running[1])

    waiting.withdraw(running)
    del running

    assert left() is None
    assert waiting.held == 3
    begun.result.set_result([])
    assert taken(waiting) == ["kept", "kept"]
    assert waiting.held == 0


def test_nothing_is_admitted_after_the_end() -> None:
    waiting = Waiting(5)
    waiting.close()

    assert not waiting.admit(pieces("late", 1))
    assert waiting.take(60.0) is None


@pytest.mark.parametrize("whole_groups", [True, False])
def test_each_row_is_in_one_piece(whole_groups: bool) -> None:
    rollouts = [Rollout(completion=str(i), group=str(i % 5)) for i in range(33)]
    found = cut(rollouts, whole_groups, 4, 0.0)

    assert sorted(row for piece in found for row in piece.rows) == list(range(33))
    for piece in found:
        assert [rollouts[row] for row in piece.rows] == piece.rollouts
        assert sorted(i for unit in piece.units for i in unit) == list(range(len(piece.rows)))
        for unit in piece.units:
            assert len({piece.rollouts[i].group for i in unit}) == 1
