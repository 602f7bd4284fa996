"""A worker's place: filled again and again, and a fault that stays is told."""

import time
from pathlib import Path

import msgspec
import pytest

from rewardkit.rewards import encode, load_reward
from rewardkit.server.seat import Seat

REWARD = """\
import os

class Reward:
    def warm(self):
        with open("{starts}", "a") as starts:
            starts.write("x")
        if os.path.getsize("{starts}") <= {deaths}:
            os._exit(3)

    def __call__(self, rollouts):
        return [1.0 for _ in rollouts]
"""


@pytest.fixture
def starts(tmp_path: Path) -> Path:
    return tmp_path / "starts"


def seat(starts: Path, deaths: int) -> Seat:
    """A seat whose worker ends some times while it gets ready."""
    file = starts.with_name("my.py")
    file.write_text(REWARD.format(starts=starts, deaths=deaths))
    return Seat(msgspec.json.encode(encode(load_reward(f"{file}:Reward"))), "my", lambda: None)


def test_a_worker_that_ends_while_it_starts_is_started_again(starts: Path) -> None:
    found = seat(starts, deaths=2)
    try:
        assert found.prepare(time.monotonic() + 60.0) == ""
        assert found.warm
    finally:
        found.close()

    assert starts.read_text() == "xxx"


def test_a_worker_that_never_starts_is_told_at_the_deadline(starts: Path) -> None:
    found = seat(starts, deaths=1_000)

    assert "expected it to get ready, got its end" in found.prepare(time.monotonic())


def test_a_seat_that_is_closed_starts_nothing(starts: Path) -> None:
    found = seat(starts, deaths=0)
    found.close()

    assert found.prepare(time.monotonic() + 60.0) == "the server has stopped"
    assert not starts.exists()
