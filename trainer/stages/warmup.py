"""Warm-up: supervised fine-tuning on replies in the template, the loss on the reply alone."""

from collections import Counter

from datasets import Dataset
from trl import SFTTrainer

from rewardkit.errors import ConfigError
from rewardkit.generation.columns import add_images
from rewardkit.generation.filters import FAULTS, find_fault
from rewardkit.generation.questions import ask, check_modality
from rewardkit.templates import load_template
from rewardkit.trainer.context import Context, Done
from rewardkit.trainer.fitting import fit, policy_for
from rewardkit.trainer.options import trl_config
from rewardkit.trainer.recipe import Warmup
from rewardkit.types import Rollout


def run(stage: Warmup, context: Context) -> Done:
    """Fine-tune on the rows that pass the filters.

    Raises:
        ConfigError: When none passes.
    """
    where, filters = f"stages.{context.name}", stage.filters(load_template(context.recipe.template))
    faults = [find_fault(row, filters) for row in context.rows]
    kept = [row for row, fault in zip(context.rows, faults, strict=True) if fault is None]
    counts = Counter(faults)
    dropped = {f"dropped/{name}": float(counts[name]) for name in FAULTS}
    if context.checkpoint is None:
        context.metrics.log(0, {"rows": len(kept), **dropped})
    if not kept:
        left_out = ", ".join(f"{name} {counts[name]}" for name in FAULTS)
        raise ConfigError(f"{where}: expected rows to learn from, got none: {left_out}")
    trainer = SFTTrainer(
        args=trl_config(stage, context.recipe, context.folder, context.seed, where),
        train_dataset=to_dataset(kept, context.instruction, check_modality(kept, where)),
        processing_class=context.processor,
        **policy_for(context),
    )
    return fit(trainer, context)


def to_dataset(rows: list[Rollout], instruction: str, with_images: bool) -> Dataset:
    """Prompts and replies as TRL takes them."""
    columns = {
        "prompt": [ask(row, instruction) for row in rows],
        "completion": [[{"role": "assistant", "content": row.text}] for row in rows],
    }
    dataset = Dataset.from_dict(columns)
    return add_images(dataset, rows) if with_images else dataset
