"""The crew: what nobody has foreseen costs a request, and never a worker's thread."""

import msgspec
import pytest

from rewardkit.rewards import encode, load_reward
from rewardkit.server.crew import Crew
from rewardkit.server.pieces import Piece, cut
from rewardkit.server.waiting import Waiting
from rewardkit.types import Rollout


def admitted(waiting: Waiting, rollout: Rollout) -> Piece:
    (piece,) = cut([rollout], False, 1, float("inf"))
    assert waiting.admit([piece])
    return piece


def test_a_thread_goes_on_after_an_error_that_nobody_has_foreseen() -> None:
    waiting = Waiting(10)
    crew = Crew(1, msgspec.json.encode(encode(load_reward("gsm8k"))), "gsm8k", waiting, 60.0)
    crew.start()
    try:
        broken = admitted(waiting, Rollout(completion="x", extra={"no": object()}))
        sound = admitted(waiting, Rollout(completion="A: 4", reference="4"))

        with pytest.raises(TypeError, match="unsupported"):
            broken.result.result(60)
        (line,) = sound.result.result(60)
        assert line.status == "scored"
    finally:
        crew.close()


def test_a_crew_that_was_never_started_can_be_closed() -> None:
    crew = Crew(1, b"{}", "play", Waiting(1), 60.0)

    crew.close()

    assert crew.warm == 0
