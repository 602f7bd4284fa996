"""An adaptive prompt sampler: questions are drawn by what they still teach.

TRL draws before it knows the rewards, so a batch can't be refilled when its groups turn out alike
(DAPO's dynamic sampling); but a question whose rollouts were alike can be drawn less often.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from accelerate import PartialState
from torch.utils.data import Sampler
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from rewardkit.analysis.prompt_draws import DrawState, PromptDraws
from rewardkit.trainer.recipe import Adaptive

FILE = "prompts.json"


class AdaptivePrompts(Sampler[int]):
    """Draws questions in TRL's order: a batch of distinct ones, each `num_generations` times over.

    Attributes:
        draws: What is drawn.
    """

    def __init__(self, size: int, config: Any, options: Adaptive) -> None:  # noqa: ANN401 - TRL's
        """Describe the work.

        Args:
            size: Questions.
            config: TRL's `GRPOConfig`.
            options: Of the sampler.
        """
        self._each: int = config.num_generations
        self._batch: int = config.generation_batch_size // config.num_generations
        self._repeats: int = config.num_iterations * config.steps_per_generation
        self._per_epoch: int = size // self._batch
        self._epoch = 0
        self.draws = PromptDraws(size, self._batch, config.seed, options.floor, options.memory)

    def __len__(self) -> int:
        """Rollouts an epoch."""
        return self._per_epoch * self._batch * self._each * self._repeats

    def __iter__(self) -> Iterator[int]:
        """The questions' numbers of an epoch."""
        for number in range(self._per_epoch):
            picks = self.draws.picks(self._epoch * self._per_epoch + number)
            for _ in range(self._repeats):
                for pick in picks:
                    yield from [pick] * self._each

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch comes next, as the trainer does."""
        self._epoch = epoch


class SamplerState(TrainerCallback):
    """Keeps the sampler's state in each checkpoint."""

    def __init__(self, draws: PromptDraws, folder: Path) -> None:
        """Take the draws and the folder of the checkpoints."""
        self._draws, self._folder = draws, folder

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: object
    ) -> None:
        """Write it into the checkpoint."""
        if PartialState().is_main_process:
            path = self._folder / f"checkpoint-{state.global_step}" / FILE
            path.write_bytes(msgspec.json.encode(self._draws.state))

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: object
    ) -> None:
        """Read it from the checkpoint that is gone on from."""
        path = self._folder / f"checkpoint-{state.global_step}" / FILE
        if state.global_step and path.exists():
            self._draws.state = msgspec.json.decode(path.read_bytes(), type=DrawState)
