"""What a recipe comes to, checked before any work: data, template, rewards, model, TRL options."""

from importlib.util import find_spec
from typing import Any

import msgspec

from rewardkit.engine.checks import check_models
from rewardkit.errors import ConfigError
from rewardkit.generation.filters import find_fault
from rewardkit.generation.policy import load_processor, read_config, sees
from rewardkit.generation.questions import (
    Source,
    check_enough,
    check_images,
    check_modality,
    read_questions,
)
from rewardkit.generation.split import Split, names_of, split_questions
from rewardkit.templates import load_template
from rewardkit.trainer.recipe import Evaluate, Export, Grpo, Recipe, Stage, Warmup
from rewardkit.types import Rollout


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A recipe that has been checked, with what it names.

    Attributes:
        recipe: The recipe.
        split: Its questions.
        own_rows: Questions of stages that have their own, by the stage's name; none that is held
            out is among them.
        processor: The model's.
        architecture: The model's.
        instruction: What the template asks for.
    """

    recipe: Recipe
    split: Split
    own_rows: dict[str, list[Rollout]]
    processor: Any
    architecture: str
    instruction: str


def make_plan(recipe: Recipe) -> Plan:
    """Check a recipe and read what it names.

    Raises:
        ConfigError: For the first thing that can't work, with its path in the recipe.
    """
    template = load_template(recipe.template)
    split = split_questions(recipe.data, recipe.seed)
    config, processor = read_config(recipe.model), load_processor(recipe.model)
    check_rows(split.train, "data.train", processor)
    check_rows(split.held_out, "data.held_out", processor)
    own: dict[str, list[Rollout]] = {}
    for name, stage in recipe.stages.items():
        where, rows = f"stages.{name}", split.train
        if isinstance(stage, Grpo | Warmup):
            if stage.data is not None:
                rows = own[name] = read_own(recipe, stage.data, split, f"{where}.data")
                check_rows(rows, f"{where}.data", processor)
            check_modality(rows, where)
        if isinstance(stage, Warmup) and stage.source is None:
            filters = stage.filters(template)
            if all(find_fault(row, filters) for row in rows):
                raise ConfigError(
                    f"{where}: expected rows to learn from, got none past the filters"
                )
        if isinstance(stage, Grpo) and stage.watch_every:
            check_modality(split.held_out[: stage.watch_rows], f"{where}.watch_every")
        check_stage(stage, recipe, split, rows, where)
    return Plan(
        recipe=recipe,
        split=split,
        own_rows=own,
        processor=processor,
        architecture=(config.architectures or ["unknown"])[0],
        instruction=template.instruction() if recipe.instruct else "",
    )


def read_own(recipe: Recipe, data: list[Source], split: Split, where: str) -> list[Rollout]:
    """A stage's own questions, but those whose group, or words and images, are held out.

    Raises:
        ConfigError: When none is left.
    """
    held = names_of(split.held_out)
    rows = [row for row in read_questions(data, recipe.data.places) if not names_of([row]) & held]
    if not rows:
        raise ConfigError(f"{where}: expected questions that are not held out, got none")
    return rows


def check_rows(rows: list[Rollout], where: str, processor: object) -> None:
    """Refuse images that are missing, or that the model can't see.

    Raises:
        ConfigError: For the first one.
    """
    if any(row.images for row in rows) and not sees(processor):
        raise ConfigError(f"{where}: expected text alone, as the model sees no images")
    check_images(rows, where)


def check_stage(
    stage: Stage, recipe: Recipe, split: Split, rows: list[Rollout], where: str
) -> None:
    """Refuse a stage that can't run.

    Raises:
        ConfigError: For the first thing that it lacks.
    """
    looks = isinstance(stage, Evaluate) or (isinstance(stage, Grpo) and stage.watch_every)
    if looks and not split.held_out:
        raise ConfigError(f"{where}: expected held-out questions, got none")
    if not isinstance(stage, Warmup | Export):
        try:
            check_models(stage.reward)
        except ConfigError as error:
            raise ConfigError(f"{where}.reward: {error}") from error
    if isinstance(stage, Grpo | Warmup):
        from rewardkit.trainer.options import check_options  # takes seconds to import

        config = check_options(stage, recipe, where)
        vllm = getattr(config, "use_vllm", False)
        if isinstance(stage, Grpo) and stage.source is None:
            check_enough(rows, config.generation_batch_size // config.num_generations, where)
    else:
        hows = [getattr(stage, name, None) for name in ("generation", "greedy", "sampled")]
        vllm = any(how is not None and how.engine == "vllm" for how in hows)
    if vllm and find_spec("vllm") is None:
        raise ConfigError(f"{where}: expected vllm installed, as it is asked for, got none")
