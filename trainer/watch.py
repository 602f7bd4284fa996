"""Greedy held-out accuracy while training, and an alarm when the reward rises and it falls."""

import sys
from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

from accelerate.utils import gather_object
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from trl.models import unwrap_model_for_generation

from rewardkit.generation.generate import TransformersPolicy, generate, share_of
from rewardkit.generation.options import Generation
from rewardkit.rewards import Accuracy
from rewardkit.scoring import score_batch
from rewardkit.trainer.recipe import Grpo
from rewardkit.trainer.run import Context

ACCURACY, ALARM = "watch/accuracy", "watch/alarm"


class Watch(TrainerCallback):
    """Looks at accuracy on held-out questions every few steps; leaves the random state alone."""

    def __init__(self, stage: Grpo, context: Context, trainer: Any) -> None:  # noqa: ANN401 - TRL's
        """Take the stage and the trainer whose model is watched."""
        self._every, self._context, self._trainer = stage.watch_every, context, trainer
        self._rows = context.split.held_out[: stage.watch_rows]
        self._how = Generation(
            n=1,
            temperature=0.0,
            max_tokens=trainer.args.max_completion_length,
            batch_size=trainer.args.per_device_train_batch_size,
        )
        self._reward = Accuracy(template=context.recipe.template)

    def on_step_end(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **unused: object,
    ) -> None:
        """Look, every few steps."""
        if state.global_step % self._every:
            return
        metrics, step = self._context.metrics, state.global_step
        metrics.log(step, {ACCURACY: self._look()})
        if alarm(metrics.history, len(self._rows)):
            metrics.log(step, {ALARM: 1.0})
            if state.is_world_process_zero:
                print(
                    f"rewardkit: warning: step {step}: the reward rises and held-out accuracy "
                    "falls: the reward may be cheated",
                    file=sys.stderr,
                )

    def _look(self) -> float:
        model = self._trainer.model_wrapped
        training = model.training
        model.eval()
        with unwrap_model_for_generation(model, self._trainer.accelerator) as plain:
            policy = TransformersPolicy(plain, self._context.processor)
            replies = generate(
                policy,
                share_of(self._rows),
                self._how,
                processor=self._context.processor,
                instruction=self._context.instruction,
            )
            outcomes = [one for batch in replies for one in score_batch(self._reward, batch)]
        model.train(training)
        values: list[float | None] = gather_object([one.score.value for one in outcomes])
        judged = [value for value in values if value is not None]
        return sum(judged) / max(1, len(judged))


def alarm(history: Sequence[Mapping[str, float]], rows: int) -> bool:
    """Whether the reward has risen while accuracy fell by more than chance.

    Args:
        history: What was logged, in order: rows with `reward`, and rows with accuracy.
        rows: Held-out questions.

    Returns:
        True when the latest accuracy is more than two standard errors below the best look before,
        and the mean reward since the look before is above that up to the best one.

    >>> rising = [{"reward": 0.1}, {"watch/accuracy": 0.9}, {"reward": 0.8}]
    >>> [alarm([*rising, {"watch/accuracy": accuracy}], 64) for accuracy in (0.3, 0.85)]
    [True, False]
    """
    looks: list[tuple[float, float]] = []
    rewards: list[float] = []
    for row in history:
        if "reward" in row:
            rewards.append(row["reward"])
        if ACCURACY in row and rewards:
            looks.append((row[ACCURACY], sum(rewards) / len(rewards)))
            rewards = []
    if len(looks) < 2:
        return False
    now, reward = looks[-1]
    best, reward_then = max(looks[:-1])
    error = sqrt((best * (1 - best) + now * (1 - now)) / rows)
    return now < best - 2 * error and reward > reward_then
