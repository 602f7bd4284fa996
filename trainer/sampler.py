"""Which questions come next: in TRL's order, or adaptively by what they still teach.

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


class TrlPrompts(Sampler[int]):
    """TRL's own order, gone on with where a run was.

    TRL 1.16 shuffles for each epoch from one generator, which a resumed run would begin anew.

    Attributes:
        order: TRL's sampler.
    """

    def __init__(self) -> None:
        """No epoch has begun; the order is known once TRL has made it."""
        self.order: Any = ()
        self._begun = 0

    def __len__(self) -> int:
        """Rollouts an epoch."""
        return len(self.order)

    def __iter__(self) -> Iterator[int]:
        """The questions' numbers of the next epoch."""
        self._begun += 1
        yield from self.order

    def set_epoch(self, epoch: int) -> None:
        """Leave out the epochs that an earlier process has had."""
        while self._begun < epoch:
            for _ in self:
                pass


class SamplerState(TrainerCallback):
    """Keeps the adaptive sampler's state in each checkpoint, and tells either where it was."""

    def __init__(self, prompts: AdaptivePrompts | TrlPrompts, folder: Path) -> None:
        """Take the sampler and the folder of the checkpoints."""
        self._prompts, self._folder = prompts, folder

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: object
    ) -> None:
        """Write it into the checkpoint."""
        if isinstance(self._prompts, AdaptivePrompts) and PartialState().is_main_process:
            path = self._folder / f"checkpoint-{state.global_step}" / FILE
            path.write_bytes(msgspec.json.encode(self._prompts.draws.state))

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **rest: object
    ) -> None:
        """Go on from the checkpoint; on several processes the loader doesn't tell its epoch."""
        self._prompts.set_epoch(int(state.epoch or 0))
        path = self._folder / f"checkpoint-{state.global_step}" / FILE
        if isinstance(self._prompts, AdaptivePrompts) and state.global_step and path.exists():
            self._prompts.draws.state = msgspec.json.decode(path.read_bytes(), type=DrawState)
