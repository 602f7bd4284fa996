"""What a recipe comes to, checked before any work: data, template, rewards, model, TRL options."""

from typing import Any

import msgspec

from rewardkit.engine.checks import check_models
from rewardkit.errors import ConfigError
from rewardkit.formats import read_renamings
from rewardkit.generation.policy import load_processor, read_config, sees
from rewardkit.generation.questions import check_modality, read_questions
from rewardkit.rewards import needs_groups
from rewardkit.suggest import did_you_mean
from rewardkit.templates import load_template
from rewardkit.trainer.recipe import Evaluate, Grpo, Recipe, Sample, Warmup
from rewardkit.trainer.split import Split, split_questions
from rewardkit.types import Rollout

OURS = ("output_dir", "model_init_kwargs", "remove_unused_columns", "resume_from_checkpoint")
"""Options of TRL that a recipe can't set, as the run is built on them."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe that has been checked, with what it names.

    Attributes:
        recipe: The recipe.
        split: Its questions.
        own_rows: Questions of stages that have their own, by the stage's `id()`.
        processor: The model's.
        architecture: The model's.
        instruction: What the template asks for.
    """

    recipe: Recipe
    split: Split
    own_rows: dict[int, list[Rollout]]
    processor: Any
    architecture: str
    instruction: str

    def lines(self) -> list[str]:
        """The plan for a person, one line a fact."""
        recipe, counts = self.recipe, (len(self.split.train), len(self.split.held_out))
        images = "images" if sees(self.processor) else "text alone"
        lines = [
            f"model {recipe.model.path}: {self.architecture}, {images}",
            f"data {counts[0]} questions to train on, {counts[1]} held out",
            f"output {recipe.output}, seed {recipe.seed}",
        ]
        for number, (name, stage) in enumerate(recipe.stages.items(), start=1):
            own = self.own_rows.get(id(stage))
            source = getattr(stage, "source", None)
            of = f" on {len(own)} rows of its own" if own else f" on {source}" if source else ""
            options = ", ".join(f"{k}={v}" for k, v in getattr(stage, "options", {}).items())
            lines.append(f"{number}. {name}: {stage.__struct_config__.tag}{of} {options}".rstrip())
        return lines


def make_plan(recipe: Recipe) -> Plan:
    """Check a recipe and read what it names.

    Raises:
        ConfigError: For the first thing that can't work, with its path in the recipe.
    """
    split = split_questions(recipe.data, recipe.seed)
    places = read_renamings(None, [f"{name}={at}" for name, at in recipe.data.fields.items()])
    own = {
        id(stage): read_questions(stage.data, places)
        for stage in recipe.stages.values()
        if isinstance(stage, Warmup) and stage.data
    }
    config, processor = read_config(recipe.model), load_processor(recipe.model)
    for rows, where in [(split.train, "data.train"), *((rows, "warmup") for rows in own.values())]:
        if check_modality(rows, where) and not sees(processor):
            raise ConfigError(f"{where}: expected text alone, as the model sees no images")
    for name, stage in recipe.stages.items():
        where = f"stages.{name}"
        if isinstance(stage, Evaluate) or (isinstance(stage, Grpo) and stage.watch_every):
            if not split.held_out:
                raise ConfigError(f"{where}: expected held-out questions, got none")
        if isinstance(stage, Grpo | Sample | Evaluate):
            try:
                check_models(stage.reward)
            except ConfigError as error:
                raise ConfigError(f"{where}.reward: {error}") from error
        if isinstance(stage, Grpo | Warmup):
            check_options(stage, recipe, where)
    return Plan(
        recipe=recipe,
        split=split,
        own_rows=own,
        processor=processor,
        architecture=(config.architectures or ["unknown"])[0],
        instruction=load_template(recipe.template).instruction() if recipe.instruct else "",
    )


def check_options(stage: Grpo | Warmup, recipe: Recipe, where: str) -> None:
    """Refuse options that TRL doesn't know or that contradict each other."""
    from rewardkit.trainer.fitting import option_names, trl_config  # takes seconds to import

    known = option_names(stage)
    for name in stage.options:
        if name in OURS:
            raise ConfigError(f"{where}.options.{name}: expected none, as the run sets it")
        if name not in known:
            near = did_you_mean(name, known)
            raise ConfigError(f"{where}.options.{name}: unknown to TRL{near}")
    config = trl_config(stage, recipe, recipe.output, 0, where)
    if not isinstance(stage, Grpo):
        return
    local = config.per_device_train_batch_size * config.steps_per_generation
    if needs_groups(stage.reward) and local % config.num_generations:
        raise ConfigError(
            f"{where}.options: expected whole groups on each process, as the reward compares their "
            f"rollouts, got {local} rollouts a process and {config.num_generations} a group"
        )
