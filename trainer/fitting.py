"""What the two stages that train have in common: TRL's options, checkpoints, stopping, resuming."""

import contextlib
import dataclasses
import io
import math
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import torch
from accelerate import PartialState
from accelerate.utils import gather_object
from datasets import Dataset, Image, List
from transformers import (
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)
from trl import GRPOConfig, SFTConfig, SFTTrainer

from rewardkit.errors import ConfigError, RewardkitError
from rewardkit.generation.generate import open_images
from rewardkit.generation.policy import adapter_base, freeze, load_model
from rewardkit.rewards.images.naming import scheme_of
from rewardkit.trainer.recipe import Grpo, Recipe, Warmup
from rewardkit.trainer.run import COMPLETE, Context, Done
from rewardkit.types import Rollout


class TrainingError(RewardkitError):
    """Training can't go on: a loss that is no number."""


def option_names(stage: Grpo | Warmup) -> set[str]:
    """The options that TRL has for a stage."""
    kind = GRPOConfig if isinstance(stage, Grpo) else SFTConfig
    return {field.name for field in dataclasses.fields(kind)}


def trl_config(
    stage: Grpo | Warmup, recipe: Recipe, folder: str | Path, seed: int, where: str
) -> Any:  # noqa: ANN401 - one of two
    """TRL's configuration: the stage's options over defaults that fit the machine.

    Raises:
        ConfigError: With what TRL has to say on options that don't go together.
    """
    cuda = torch.cuda.is_available()
    defaults: dict[str, Any] = {
        "seed": seed,
        "logging_steps": 1,
        "save_strategy": "steps",
        "save_total_limit": 2,
        "report_to": "none",
        "disable_tqdm": True,
        "logging_nan_inf_filter": False,
        "use_cpu": not cuda,
        "bf16": cuda,
        "gradient_checkpointing": cuda,
        **({"max_length": None} if isinstance(stage, Warmup) else {}),
    }
    init = {"dtype": recipe.model.dtype, "revision": recipe.model.revision}
    kind = GRPOConfig if isinstance(stage, Grpo) else SFTConfig
    try:
        return kind(
            output_dir=str(folder),
            remove_unused_columns=False,
            model_init_kwargs=init,
            **(defaults | stage.options),
        )
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{where}.options: {' '.join(str(error).split())}") from error


def policy_for(context: Context) -> dict[str, Any]:
    """The arguments of a trainer that say which weights it trains: `model` and `peft_config`."""
    model = context.recipe.model
    if model.lora is None:
        return {"model": context.model}
    if adapter_base(context.model):
        return {"model": load_model(context.model, model, trainable=True)}
    from peft import LoraConfig

    lora = LoraConfig(
        r=model.lora.rank,
        lora_alpha=model.lora.alpha,
        lora_dropout=model.lora.dropout,
        target_modules=model.lora.targets,
        task_type="CAUSAL_LM",
    )
    return {"model": context.model, "peft_config": lora}


def add_images(dataset: Dataset, rows: Sequence[Rollout]) -> Dataset:
    """Add the questions' images as a column; those in files are opened when a batch needs them."""
    column = [[image_cell(row, i) for i in range(len(row.images))] for row in rows]
    feature = List(Image(mode="RGB"))
    return dataset.add_column("images", column, feature=feature)


def image_cell(row: Rollout, i: int) -> dict[str, Any]:
    """An image as `datasets` keeps it: the path of its file, or its bytes."""
    image = row.images[i]
    if isinstance(image, str) and not scheme_of(image):
        return {"path": image, "bytes": None}
    (opened,) = open_images(msgspec.structs.replace(row, images=[image]))
    packed = io.BytesIO()
    opened.save(packed, "PNG")
    return {"path": None, "bytes": packed.getvalue()}


def fit(trainer: Trainer, context: Context, block: int = 1) -> Done:
    """Train from the last complete checkpoint, or from the start, and keep the weights.

    Args:
        trainer: TRL's.
        context: The stage's.
        block: Steps that share a generation; a checkpoint inside one could not be gone on from.

    Raises:
        TrainingError: When the loss or its gradient is no finite number.
        KeyboardInterrupt: After a checkpoint, when one was asked for during a step.
    """
    args = trainer.args
    if args.save_strategy == "steps" and args.save_steps % block:
        args.save_steps = math.ceil(args.save_steps / block) * block
    own = getattr(context.recipe.stages[context.name], "freeze", None)
    freeze(trainer.model, context.recipe.model.freeze if own is None else own)
    with interrupt_flag() as asked:
        # TRL's SFTTrainer counts from 0 again, GRPOTrainer goes on counting.
        counted = context.metrics.last() if isinstance(trainer, SFTTrainer) else {}
        keeper = Keeper(context, asked, block, counted.get("num_tokens", 0.0))
        if not (trainer.is_deepspeed_enabled or trainer.is_fsdp_enabled):
            trainer.add_callback(Reload(context))
        trainer.remove_callback(PrinterCallback)  # figures go to the file and to who watches
        trainer.add_callback(keeper)
        trainer.train(resume_from_checkpoint=context.checkpoint)
    if keeper.stopped:
        raise KeyboardInterrupt
    folder = context.folder / "model"
    trainer.save_model(str(folder))
    return Done(str(folder), context.metrics.last())


@contextlib.contextmanager
def interrupt_flag() -> Iterator[threading.Event]:
    """Let the first Ctrl-C set a flag; the second one stops at once."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def note(number: int, frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = signal.signal(signal.SIGINT, note)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


class Keeper(TrainerCallback):
    """Logs figures, marks checkpoints that are whole, stops where it has to."""

    def __init__(self, context: Context, asked: threading.Event, block: int, tokens: float) -> None:
        """Nothing has happened yet, but `tokens` that TRL doesn't know of."""
        self._context, self._asked, self._block, self._tokens = context, asked, block, tokens
        self.stopped = False

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **unused: object,
    ) -> None:
        """Write figures down; refuse a loss that is no number."""
        figures = {name: float(value) for name, value in (logs or {}).items() if is_number(value)}
        for name in ("loss", "grad_norm"):
            if not math.isfinite(figures.get(name, 0.0)):
                raise TrainingError(
                    f"stages.{self._context.name}: step {state.global_step}: expected a finite "
                    f"{name}, got {figures[name]}: lower the learning rate, or look at the rewards"
                )
        if figures.get("step_time") and "reward_seconds" in figures:
            figures["reward_share"] = figures["reward_seconds"] / figures["step_time"]
        if "num_tokens" in figures:
            figures["num_tokens"] += self._tokens
        if "train_runtime" not in figures:  # the summary at the end is of the last try alone
            self._context.metrics.log(state.global_step, figures, state.max_steps)

    def on_step_end(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **unused: object,
    ) -> None:
        """Save and stop when any process was asked to."""
        if any(gather_object([self._asked.is_set()])) and not state.global_step % self._block:
            self.stopped = control.should_save = control.should_training_stop = True

    def on_save(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **unused: object,
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


def is_number(value: object) -> bool:
    """Whether a logged value is a figure."""
    return isinstance(value, int | float) and not isinstance(value, bool)
