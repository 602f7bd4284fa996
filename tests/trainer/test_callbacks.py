"""Checkpoints and figures: what TRL's trainers are told while they train."""

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from transformers import TrainerControl, TrainerState, TrainingArguments

from rewardkit.trainer.callbacks import Figures, Keeper, TrainingError
from rewardkit.trainer.context import Context
from rewardkit.trainer.metrics import Metrics

# steps that share a generation, steps between checkpoints as the trainer counts them, and as kept
SAVES = [(1, 3, 3), (2, 3, 4), (4, 5, 8), (3, 500, 501)]


@pytest.mark.parametrize(("block", "counted", "kept"), SAVES)
def test_checkpoints_fall_between_generations(block: int, counted: int, kept: int) -> None:
    keeper = Keeper(cast("Context", None), threading.Event(), block)
    state = TrainerState(save_steps=counted)
    keeper.on_train_begin(cast("TrainingArguments", None), state, TrainerControl())
    assert state.save_steps == kept


def told(tmp_path: Path, logs: dict[str, Any], fp16: bool) -> None:
    context = SimpleNamespace(name="rl", metrics=Metrics(tmp_path / "m", False))
    args = cast("TrainingArguments", SimpleNamespace(fp16=fp16))
    figures = Figures(cast("Context", context), 0.0)
    figures.on_log(args, TrainerState(), TrainerControl(), logs=logs)


def test_overflow_is_no_error_in_float16_alone(tmp_path: Path) -> None:
    told(tmp_path, {"loss": 0.5, "grad_norm": float("inf")}, fp16=True)
    with pytest.raises(TrainingError, match="expected a finite grad_norm, got inf"):
        told(tmp_path, {"loss": 0.5, "grad_norm": float("inf")}, fp16=False)
    with pytest.raises(TrainingError, match="expected a finite loss, got nan"):
        told(tmp_path, {"loss": float("nan")}, fp16=True)
