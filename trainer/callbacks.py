"""What TRL's trainers call while they train: figures logged, checkpoints kept and loaded."""

import math
import threading
from typing import Any

import torch
from accelerate import PartialState
from accelerate.utils import gather_object
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from rewardkit.errors import RewardkitError
from rewardkit.generation.policy import adapter_base, load_model
from rewardkit.trainer.context import Context
from rewardkit.trainer.state import COMPLETE


class TrainingError(RewardkitError):
    """Training can't go on: a loss that is no number."""


class Figures(TrainerCallback):
    """Writes down what is logged, and completes it for the callbacks after it."""

    def __init__(self, context: Context, tokens: float) -> None:
        """Take the stage, and how many `tokens` it has seen that TRL doesn't know of."""
        self._context, self._tokens = context, tokens

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **unused: object,
    ) -> None:
        """Write figures down; refuse a loss that is no number."""
        logs = {} if logs is None else logs
        if logs.get("step_time") and "reward_seconds" in logs:
            logs["reward_share"] = logs["reward_seconds"] / logs["step_time"]
        if "num_tokens" in logs:
            logs["num_tokens"] += self._tokens
        figures = {
            name: float(value) for name, value in logs.items() if isinstance(value, int | float)
        }
        # In float16 a step whose gradient overflows is left out, and the next one scaled down.
        for name in ("loss",) if args.fp16 else ("loss", "grad_norm"):
            if not math.isfinite(figures.get(name, 0.0)):
                raise TrainingError(
                    f"stages.{self._context.name}: step {state.global_step}: expected a finite "
                    f"{name}, got {figures[name]}: lower the learning rate, or look at the rewards"
                )
        if "train_runtime" not in figures:  # the summary at the end is of the last try alone
            self._context.metrics.log(state.global_step, figures, state.max_steps)


class Keeper(TrainerCallback):
    """Marks checkpoints that are whole, stops where it has to.

    Attributes:
        stopped: Whether it has stopped the training, as it was asked to.
    """

    def __init__(self, context: Context, asked: threading.Event, block: int) -> None:
        """Take the stage, the flag that asks to stop, and the steps that share a generation."""
        self._context, self._asked, self._block = context, asked, block
        self.stopped = False

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: object
    ) -> None:
        """Let no checkpoint fall inside a generation; a share of all steps is a number by now."""
        state.save_steps = math.ceil(state.save_steps / self._block) * self._block

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: object
    ) -> None:
        """Save and stop when any process was asked to."""
        if any(gather_object([self._asked.is_set()])) and not state.global_step % self._block:
            self.stopped = control.should_save = control.should_training_stop = True

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: object
    ) -> None:
        """Mark the checkpoint once every process has written its part."""
        ranks = PartialState()
        ranks.wait_for_everyone()
        if ranks.is_main_process:
            (self._context.folder / f"checkpoint-{state.global_step}" / COMPLETE).touch()


class Reload(TrainerCallback):
    """Loads a checkpoint's weights by the names that they are saved under.

    The Trainer of transformers 5.23 loads them by the names in memory, which differ for models such
    as Qwen2.5-VL, and goes on with the weights that it began with. (DeepSpeed and FSDP have their
    own checkpoints.)
    """

    def __init__(self, context: Context) -> None:
        """Take the stage's checkpoint to go on from, if any."""
        self._checkpoint, self._model = context.checkpoint, context.recipe.model

    def on_train_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        model: torch.nn.Module | None = None,
        **unused: object,
    ) -> None:
        """Put the checkpoint's weights in the place of those that are there."""
        if self._checkpoint and model is not None and not adapter_base(self._checkpoint):
            model.load_state_dict(load_model(self._checkpoint, self._model).state_dict())
