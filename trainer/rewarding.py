"""A reward of rewardkit as TRL calls one, with every part logged and no row silently 0."""

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from rewardkit.analysis.spread import Row, spread_figures
from rewardkit.engine.rows import to_line
from rewardkit.errors import VerifierError
from rewardkit.rewards.base import Reward
from rewardkit.scoring import Outcome, score_batch
from rewardkit.types import Message, Rollout

Gather = Callable[[list[Any]], list[Any]]
"""Puts the lists of all processes together, in the order of ranks; the same on each."""


class RewardFailed(VerifierError):
    """The reward failed on a row, which has been written down."""


class StageReward:
    """What is handed to TRL as its one reward function.

    TRL's rows carry the number of their question in the column `row`, so that whatever a rollout
    holds, images included, reaches the reward as it was read. A row that is not judged comes back
    as None, which TRL leaves out of its group's mean.

    Attributes:
        end_ids: Token ids that end a reply, known once the model is; one without them was cut off.
    """

    __name__ = "reward"

    def __init__(
        self,
        reward: Reward,
        questions: Sequence[Rollout],
        *,
        on_error: Literal["stop", "exclude"],
        failed: Path,
        gather: Gather,
        observe: Callable[[Sequence[Row]], None] | None = None,
    ) -> None:
        """Describe the work.

        Args:
            reward: What a rollout is worth.
            questions: By the number that `row` has.
            on_error: What a reward that raises does.
            failed: Where rows are written that it failed on.
            gather: For the figures over whole groups, whose rollouts may be on several ranks.
            observe: Is told all rollouts of each step, the same on each rank.
        """
        self._reward, self._questions, self._on_error = reward, questions, on_error
        self._failed, self._gather, self._observe = failed, gather, observe
        self.end_ids: frozenset[int] = frozenset()

    def __call__(
        self,
        prompts: Sequence[object],
        completions: Sequence[object],
        *,
        row: Sequence[int],
        completion_ids: Sequence[Sequence[int]],
        log_metric: Callable[[str, float], None],
        **unused: object,  # whatever else TRL hands to every reward
    ) -> list[float | None]:
        """One value a completion, None where not judged.

        Raises:
            RewardFailed: When the reward failed on a row and `on_error` is `stop`.
        """
        began = time.perf_counter()
        rollouts = [
            self._rollout(number, completion, ids)
            for number, completion, ids in zip(row, completions, completion_ids, strict=True)
        ]
        outcomes = score_batch(self._reward, rollouts)
        self._check(rollouts, outcomes)
        for name, value in self._figures(rollouts, outcomes).items():
            log_metric(name, value)
        log_metric("reward_seconds", time.perf_counter() - began)
        return [outcome.score.value for outcome in outcomes]

    def _rollout(self, number: int, completion: object, ids: Sequence[int]) -> Rollout:
        cut = not ids or (bool(self.end_ids) and ids[-1] not in self.end_ids)
        return msgspec.structs.replace(
            self._questions[number],
            group=str(number),  # two questions may share the words of their prompt
            completion=msgspec.convert(completion, str | list[Message]),
            completion_tokens=len(ids),
            truncated=cut,
        )

    def _check(self, rollouts: Sequence[Rollout], outcomes: Sequence[Outcome]) -> None:
        failed = [
            {"id": rollout.id, "completion": rollout.text, "error": outcome.score.reason}
            for rollout, outcome in zip(rollouts, outcomes, strict=True)
            if outcome.status == "error"
        ]
        if failed:
            with self._failed.open("a", encoding="utf-8") as stream:
                stream.writelines(json.dumps(row) + "\n" for row in failed)
        everywhere = self._gather(failed)  # a rank that stops alone would leave the others waiting
        if everywhere and self._on_error == "stop":
            first = everywhere[0]
            raise RewardFailed(
                f"reward: failed on {len(everywhere)} rollouts, first on question "
                f"'{first['id']}': {first['error']}; the rows are in {self._failed}"
            )

    def _figures(
        self, rollouts: Sequence[Rollout], outcomes: Sequence[Outcome]
    ) -> dict[str, float]:
        """What TRL doesn't say: unjudged, and by part and in total who still differs."""
        mine: list[Row] = []
        for rollout, outcome in zip(rollouts, outcomes, strict=True):
            line = to_line(rollout, outcome, "total")
            values = {name: part.value for name, part in line.scores.items()}
            mine.append((rollout.group, rollout.truncated, values | {"total": line.reward}))
        rows: list[Row] = self._gather(mine)
        if self._observe is not None:
            self._observe(rows)
        return spread_figures(rows)
