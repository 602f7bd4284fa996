"""The worker's side: rollouts come in, their scored lines go out."""

from collections.abc import Callable

import msgspec

from rewardkit.engine.rows import to_line
from rewardkit.engine.worker import load
from rewardkit.errors import ConfigError
from rewardkit.rewards.base import Reward
from rewardkit.rewards.encoders import EncoderSpec
from rewardkit.rewards.walk import nested
from rewardkit.scoring import Status, score_batch
from rewardkit.types import Rollout


class Task(msgspec.Struct, frozen=True):
    """Rollouts to score; none of them is the order to get ready.

    Attributes:
        reward: The reward's configuration.
        kind: Name of the reward's only part where it has no parts.
        rollouts: What to score.
    """

    reward: msgspec.Raw
    kind: str
    rollouts: list[Rollout]


class Reply(msgspec.Struct, frozen=True):
    """What came of a task: a line and a status a rollout, or the caller's fault in one line."""

    lines: list[bytes]
    statuses: list[Status]
    fault: str = ""


def handle(job: bytes, progress: Callable[[str], None]) -> bytes:
    """Do one task; see [`Handler`][rewardkit.worker_child.Handler].

    A task is JSON, which unlike MessagePack holds an integer of any size.
    """
    task = msgspec.json.decode(job, type=Task)
    try:
        reply = run_task(task, load(bytes(task.reward)))
    except ConfigError as error:  # such as a checkpoint that turns out damaged when it is loaded
        reply = Reply([], [], str(error).encode("utf-8", "backslashreplace").decode())
    return msgspec.msgpack.encode(reply)


def run_task(task: Task, reward: Reward) -> Reply:
    """Score a task's rollouts; where there is none, load what the reward needs."""
    if not task.rollouts:
        warm_up(reward)
    outcomes = score_batch(reward, task.rollouts)
    encoder = msgspec.json.Encoder()
    return Reply(
        [
            encoder.encode(to_line(rollout, outcome, task.kind))
            for rollout, outcome in zip(task.rollouts, outcomes, strict=True)
        ],
        [outcome.status for outcome in outcomes],
    )


def warm_up(reward: Reward) -> None:
    """Load the models of a reward, wherever they stand in it.

    A reward of the user's own that has something to load offers it as a method `warm()`.

    Raises:
        ConfigError: When a model can't be loaded.
    """
    from rewardkit.rewards.preference_model import PreferenceModel

    for one in nested(reward):
        warm = getattr(one, "warm", None)
        encoder = getattr(one, "encoder", None)
        if callable(warm):
            warm()
        elif isinstance(encoder, EncoderSpec):
            from rewardkit.rewards.encoders.shared import shared_encoder  # torch

            shared_encoder(encoder)
        elif isinstance(one, PreferenceModel):
            from rewardkit.rewards.judging.shared_scorers import shared_scorer  # torch

            shared_scorer(one.model, one)
