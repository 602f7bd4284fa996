"""GRPO on TRL, with a reward of rewardkit as its one reward function."""

import logging
import math

from accelerate.utils import gather_object
from datasets import Dataset
from torch.utils.data import Sampler
from trl import GRPOTrainer

from rewardkit.generation.columns import add_images
from rewardkit.generation.policy import end_ids
from rewardkit.generation.questions import ask, check_enough, check_modality
from rewardkit.trainer.context import Context, Done
from rewardkit.trainer.fitting import fit, policy_for
from rewardkit.trainer.options import trl_config
from rewardkit.trainer.recipe import Grpo
from rewardkit.trainer.rewarding import StageReward
from rewardkit.trainer.sampler import AdaptivePrompts, SamplerState, TrlPrompts
from rewardkit.trainer.watch import Watch


def run(stage: Grpo, context: Context) -> Done:
    """Train with GRPO on the stage's questions."""
    where = f"stages.{context.name}"
    config = trl_config(stage, context.recipe, context.folder, context.seed, where)
    check_enough(context.rows, config.generation_batch_size // config.num_generations, where)
    prompts: AdaptivePrompts | TrlPrompts = TrlPrompts()
    if stage.adaptive is not None:
        prompts = AdaptivePrompts(len(context.rows), config, stage.adaptive)
    reward = StageReward(
        stage.reward,
        context.rows,
        on_error=stage.on_error,
        failed=context.folder / "failed.jsonl",
        gather=gather_object,
        observe=prompts.draws.observe if isinstance(prompts, AdaptivePrompts) else None,
    )
    trainer = PromptTrainer(
        args=config,
        reward_funcs=[reward],
        train_dataset=to_dataset(context, check_modality(context.rows, where)),
        processing_class=context.processor,
        **policy_for(context),
    )
    trainer.prompts = prompts
    trainer.add_callback(SamplerState(prompts, context.folder))
    reward.end_ids = frozenset(end_ids(trainer.model, context.processor))
    if stage.watch_every:
        trainer.add_callback(Watch(stage, context, trainer))
    # TRL prints the whole row for each reply that is not judged; the share is in the figures.
    logging.getLogger("trl.trainer.grpo_trainer").setLevel(logging.ERROR)
    shared = config.steps_per_generation * config.num_iterations
    step = config.gradient_accumulation_steps
    return fit(trainer, context, math.lcm(shared, step) // step)


class PromptTrainer(GRPOTrainer):
    """GRPO whose questions come in an order of ours.

    Attributes:
        prompts: The sampler, to be set before training.
    """

    prompts: AdaptivePrompts | TrlPrompts

    def _get_train_sampler(self, dataset: Dataset | None = None) -> Sampler[int]:
        if isinstance(self.prompts, TrlPrompts):
            self.prompts.order = super()._get_train_sampler(dataset)
        return self.prompts


def to_dataset(context: Context, with_images: bool) -> Dataset:
    """Prompts as TRL takes them, each with the number of its question for the reward."""
    columns = {
        "prompt": [ask(row, context.instruction) for row in context.rows],
        "row": list(range(len(context.rows))),
    }
    dataset = Dataset.from_dict(columns)
    return add_images(dataset, context.rows) if with_images else dataset
