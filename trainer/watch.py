"""Greedy held-out accuracy while training, and an alarm when the reward rises and it falls."""

import sys
from typing import Any

from accelerate.utils import gather_object
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from trl.models import unwrap_model_for_generation

from rewardkit.analysis.alarm import ACCURACY, reward_is_cheated
from rewardkit.generation.generate import TransformersPolicy, generate, share_of
from rewardkit.generation.options import Generation
from rewardkit.rewards import Accuracy
from rewardkit.scoring import score_batch
from rewardkit.trainer.context import Context
from rewardkit.trainer.recipe import Grpo

ALARM = "watch/alarm"


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
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: object
    ) -> None:
        """Look, every few steps."""
        if state.global_step % self._every:
            return
        seen = {ACCURACY: self._look()}
        if reward_is_cheated([*self._context.metrics.history, seen], len(self._rows)):
            seen[ALARM] = 1.0
            if state.is_world_process_zero:
                print(
                    f"rewardkit: warning: step {state.global_step}: the reward rises and held-out "
                    "accuracy falls: the reward may be cheated",
                    file=sys.stderr,
                )
        # To all that the trainer reports to, as every other figure. Not by TRL's own `log`, which
        # would hand out and forget what it has gathered of the steps since.
        due = control.should_log  # logging says that what was due is done
        Trainer.log(self._trainer, seen)
        control.should_log = due

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
