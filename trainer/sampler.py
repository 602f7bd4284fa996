"""An adaptive prompt sampler: questions are drawn by what they still teach.

TRL draws before it knows the rewards, so a batch can't be refilled when its groups turn out alike
(DAPO's dynamic sampling); but a question whose rollouts were alike can be drawn less often.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from accelerate import PartialState
from torch.utils.data import Sampler
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from rewardkit.trainer.recipe import Adaptive
from rewardkit.trainer.spread import Row, spreads

FILE = "prompts.json"


class AdaptivePrompts(Sampler[int]):
    """Draws questions in TRL's order: a batch of distinct ones, each `num_generations` times over.

    Each draw depends on the seed, its number and the rewards seen before it alone. Those are
    gathered over all processes, so that all of them draw the same. Draws are kept, as they go on
    from where a checkpoint was: the loader is one batch ahead of the rewards.
    """

    def __init__(self, size: int, config: Any, options: Adaptive) -> None:  # noqa: ANN401 - TRL's
        """Describe the work.

        Args:
            size: Questions.
            config: TRL's `GRPOConfig`.
            options: Of the sampler.
        """
        self._each: int = config.num_generations
        self._seed: int = config.seed
        self._options = options
        self._batch: int = config.generation_batch_size // config.num_generations
        self._repeats: int = config.num_iterations * config.steps_per_generation
        self._per_epoch: int = size // self._batch
        self._epoch = 0
        self._teaches = np.ones(size)
        self._drawn: list[list[int]] = []

    def __len__(self) -> int:
        """Rollouts an epoch."""
        return self._per_epoch * self._batch * self._each * self._repeats

    def __iter__(self) -> Iterator[int]:
        """The questions' numbers of an epoch."""
        for number in range(self._per_epoch):
            picks = self._picks(self._epoch * self._per_epoch + number)
            for _ in range(self._repeats):
                for pick in picks:
                    yield from [pick] * self._each

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch comes next, as the trainer does."""
        self._epoch = epoch

    def observe(self, rows: Sequence[Row]) -> None:
        """Learn from the rollouts of a step which questions still differ."""
        memory = self._options.memory
        for group, differs in spreads("total", rows).items():
            old = self._teaches[int(group)]
            self._teaches[int(group)] = (1 - memory) * old + memory * differs

    def _picks(self, number: int) -> list[int]:
        while len(self._drawn) <= number:
            random = np.random.default_rng((self._seed, len(self._drawn)))
            floor = self._options.floor
            chances = floor + (1 - floor) * self._teaches
            picks = random.choice(
                len(chances), self._batch, replace=False, p=chances / chances.sum()
            )
            self._drawn.append(picks.tolist())
        return self._drawn[number]

    def state(self) -> dict[str, Any]:
        """What another one needs to go on as this one would."""
        return {"teaches": self._teaches.tolist(), "drawn": self._drawn}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on as the one whose state this is."""
        self._teaches, self._drawn = np.array(state["teaches"]), state["drawn"]


class SamplerState(TrainerCallback):
    """Keeps the sampler's state in each checkpoint."""

    def __init__(self, prompts: AdaptivePrompts, folder: Path) -> None:
        """Take the sampler and the folder of the checkpoints."""
        self._prompts, self._folder = prompts, folder

    def on_save(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **unused: object,
    ) -> None:
        """Write it into the checkpoint."""
        if PartialState().is_main_process:
            path = self._folder / f"checkpoint-{state.global_step}" / FILE
            path.write_text(json.dumps(self._prompts.state()))

    def on_train_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **unused: object,
    ) -> None:
        """Read it from the checkpoint that is gone on from."""
        path = self._folder / f"checkpoint-{state.global_step}" / FILE
        if state.global_step and path.exists():
            self._prompts.restore(json.loads(path.read_text()))
