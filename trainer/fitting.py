"""What the two stages that train have in common: which weights, from where, to where."""

from typing import Any

from transformers import PrinterCallback, Trainer
from trl import SFTTrainer

from rewardkit.generation.policy import adapter_base, freeze, load_model
from rewardkit.interrupt import interrupt_flag
from rewardkit.trainer.callbacks import Figures, Keeper, Reload
from rewardkit.trainer.context import Context, Done


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
    own = getattr(context.recipe.stages[context.name], "freeze", None)
    freeze(trainer.model, context.recipe.model.freeze if own is None else own)
    # TRL's SFTTrainer counts from 0 again, GRPOTrainer goes on counting.
    counted = context.metrics.last() if isinstance(trainer, SFTTrainer) else {}
    figures = Figures(context, counted.get("num_tokens", 0.0))
    with interrupt_flag() as asked:
        keeper = Keeper(context, asked, block)
        if not (trainer.is_deepspeed_enabled or trainer.is_fsdp_enabled):
            trainer.add_callback(Reload(context))
        trainer.remove_callback(PrinterCallback)  # figures go to the file and to who watches
        trainer.callback_handler.callbacks.insert(0, figures)  # before those of `report_to`
        trainer.add_callback(keeper)
        trainer.train(resume_from_checkpoint=context.checkpoint)
    if keeper.stopped:
        raise KeyboardInterrupt
    folder = context.folder / "model"
    trainer.save_model(str(folder))
    return Done(str(folder), context.metrics.last())
