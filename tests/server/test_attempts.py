"""A piece within its time: what a lost worker costs, and what it doesn't."""

import time

import msgspec
import pytest

from rewardkit.server.attempts import TRIES, Attempts
from rewardkit.server.pieces import Line, cut
from rewardkit.server.seat import Lost, Seat
from rewardkit.server.worker import Reply
from rewardkit.types import Rollout


class Scripted(Seat):
    """A seat without a process: replies say what they do to their worker."""

    def __init__(self, start_s: float = 0.0) -> None:
        """Begin with nothing asked.

        Args:
            start_s: Seconds until a worker is there.
        """
        super().__init__(b"{}", "play", lambda: None)
        self.start_s = start_s
        self.asked: list[list[str]] = []
        self.deaths = 0

    def prepare(self, deadline: float) -> str:
        """There is always a worker, though it may take a while."""
        time.sleep(self.start_s)
        return ""

    def run(self, rollouts: list[Rollout], limit_s: float) -> Reply | Lost:
        """Lose the worker where a rollout says so."""
        texts = [rollout.text for rollout in rollouts]
        self.asked.append(texts)
        if "hang" in texts:
            return "timeout"
        if "die" in texts or ("die once" in texts and self.deaths == 0):
            self.deaths += 1
            return "died"
        if "fault" in texts:
            return Reply([], [], "model: gone")
        return Reply([b'{"reward":1.0}' for _ in texts], ["scored" for _ in texts])


def lines(*texts: str, whole_groups: bool = False, left_s: float = 100.0) -> list[Line]:
    rollouts = [Rollout(completion=text, id=text, group=text[0]) for text in texts]
    (piece,) = cut(rollouts, whole_groups, 100, time.monotonic() + left_s)
    return Attempts(piece, Scripted(), "play", 50.0).lines()


@pytest.mark.parametrize(
    ("bad", "cause", "status"),
    [
        ("hang", "deadline", "unjudged"),
        ("die", "died", "unjudged"),
        ("die once", "", "scored"),
    ],
)
def test_a_bad_row_costs_itself_alone(bad: str, cause: str, status: str) -> None:
    a, found, b, c = lines("a", bad, "b", "c")

    assert {line.status for line in (a, b, c)} == {"scored"}
    assert (found.status, found.cause) == (status, cause)


@pytest.mark.parametrize("bad", ["hang", "die"])
def test_a_bad_row_costs_its_group(bad: str) -> None:
    found = lines("a1", bad, "a2", f"{bad[0]}x", "b", whole_groups=True)

    statuses = [line.status for line in found]
    assert statuses == ["scored", "scored", "unjudged", "unjudged", "scored"]  # group by group


def test_a_row_is_tried_a_few_times_and_no_more() -> None:
    seat = Scripted()
    (piece,) = cut([Rollout(completion="die")], False, 1, time.monotonic() + 100)
    (line,) = Attempts(piece, seat, "play", 50.0).lines()

    assert seat.asked == [["die"]] * TRIES
    assert (
        f"died on this row, {TRIES} times"
        in msgspec.json.decode(line.data)["scores"]["play"]["reason"]
    )


def test_a_fault_of_the_rewards_is_an_error_and_not_tried_again() -> None:
    found = lines("a", "fault")

    assert [(line.status, line.cause) for line in found] == [("error", "fault")] * 2
    assert b"error: model: gone" in found[0].data


def test_the_start_of_a_worker_is_no_work_of_a_piece() -> None:
    """A worker that loads a model for longer than a piece may take costs it nothing."""
    (piece,) = cut([Rollout(completion="a")], False, 1, time.monotonic() + 100)
    (line,) = Attempts(piece, Scripted(start_s=0.2), "play", 0.1).lines()

    assert line.status == "scored"


def test_nothing_is_begun_when_a_worker_comes_after_the_deadline() -> None:
    seat = Scripted(start_s=0.2)
    (piece,) = cut([Rollout(completion="a")], False, 1, time.monotonic() + 0.1)
    (line,) = Attempts(piece, seat, "play", 50.0).lines()

    assert (seat.asked, line.cause) == ([], "deadline")


def test_nothing_is_begun_after_the_deadline() -> None:
    seat = Scripted()
    (piece,) = cut([Rollout(completion="a")] * 3, False, 9, time.monotonic() - 1)
    found = Attempts(piece, seat, "play", 50.0).lines()

    assert seat.asked == []
    assert [line.cause for line in found] == ["deadline"] * 3
