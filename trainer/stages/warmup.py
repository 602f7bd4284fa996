"""Warm-up: supervised fine-tuning on replies in the template, the loss on the reply alone."""

from datasets import Dataset
from trl import SFTTrainer

from rewardkit.errors import ConfigError
from rewardkit.generation.generate import open_images
from rewardkit.generation.questions import ask, check_modality
from rewardkit.templates import load_template
from rewardkit.trainer.fitting import add_images, fit, policy_for, trl_config
from rewardkit.trainer.recipe import Warmup
from rewardkit.trainer.run import Context, Done
from rewardkit.types import Rollout


def run(stage: Warmup, context: Context) -> Done:
    """Fine-tune on the rows that pass the filters.

    Raises:
        ConfigError: When none passes.
    """
    kept, dropped = filtered(stage, context)
    if context.checkpoint is None:
        context.metrics.log(0, {"rows": len(kept), **dropped})
    if not kept:
        counts = ", ".join(f"{name} {count:.0f}" for name, count in dropped.items())
        raise ConfigError(f"stages.{context.name}: expected rows to learn from, got none: {counts}")
    where = f"stages.{context.name}"
    trainer = SFTTrainer(
        args=trl_config(stage, context.recipe, context.folder, context.seed, where),
        train_dataset=to_dataset(kept, context.instruction, check_modality(kept, where)),
        processing_class=context.processor,
        **policy_for(context),
    )
    return fit(trainer, context)


def filtered(stage: Warmup, context: Context) -> tuple[list[Rollout], dict[str, float]]:
    """The rows to learn from, and how many each filter left out."""
    template = load_template(context.recipe.template)
    forbidden = [phrase.lower() for phrase in stage.forbidden]
    dropped = {
        "dropped/no_reply": 0.0,
        "dropped/phrase": 0.0,
        "dropped/form": 0.0,
        "dropped/small": 0.0,
    }
    kept = []
    for row in context.rows:
        if not row.text:
            dropped["dropped/no_reply"] += 1
        elif any(phrase in row.text.lower() for phrase in forbidden):
            dropped["dropped/phrase"] += 1
        elif stage.format_valid_only and template.parse(row.text).faults:
            dropped["dropped/form"] += 1
        elif stage.min_image_side and smallest_side(row) < stage.min_image_side:
            dropped["dropped/small"] += 1
        else:
            kept.append(row)
    return kept, dropped


def smallest_side(row: Rollout) -> float:
    """Of a row's images, in pixels; infinite without images."""
    return min((min(image.size) for image in open_images(row)), default=float("inf"))


def to_dataset(rows: list[Rollout], instruction: str, with_images: bool) -> Dataset:
    """Prompts and replies as TRL takes them; images are opened when a batch needs them."""
    columns = {
        "prompt": [ask(row, instruction) for row in rows],
        "completion": [[{"role": "assistant", "content": row.text}] for row in rows],
    }
    return (
        add_images(Dataset.from_dict(columns), rows) if with_images else Dataset.from_dict(columns)
    )
