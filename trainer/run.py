"""A recipe from end to end: stages in order, each written down when it is done."""

import gc
import shutil
from pathlib import Path

from rewardkit.engine.unfinished import hold_folder
from rewardkit.errors import ConfigError
from rewardkit.full_disk import full_disk_said
from rewardkit.generation.questions import read_questions
from rewardkit.trainer.context import Context, Done
from rewardkit.trainer.identity import fingerprint_of
from rewardkit.trainer.metrics import Metrics, Progress
from rewardkit.trainer.plan import Plan, make_plan
from rewardkit.trainer.recipe import Recipe, Stage
from rewardkit.trainer.state import State, last_checkpoint, read_state, step_of, write_state
from rewardkit.types import Rollout


def run_recipe(
    recipe: Recipe, *, resume: bool = False, progress: Progress | None = None
) -> dict[str, Done]:
    """Run a recipe's stages; what is done is left alone when a run is resumed.

    Args:
        recipe: The recipe.
        resume: Whether to go on with the run in `recipe.output`, also in the midst of a stage.
        progress: Is told how far the run is, on the process that writes.

    Returns:
        What came of each stage.

    Raises:
        ConfigError: Before any work, for what `make_plan` finds, and when another run is at work in
            the folder; when the disk is full.
        KeyboardInterrupt: After the stage under way has been saved.
    """
    from accelerate import PartialState

    ranks = PartialState()
    folder = Path(recipe.output).absolute()
    same = fingerprint_of(recipe)
    read_state(folder, same, resume)  # what is refused is refused before the plan's work
    plan = make_plan(recipe)
    lock = None
    if ranks.is_main_process:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = hold_folder(folder)
    try:
        ranks.wait_for_everyone()
        state = read_state(folder, same, resume)
        ranks.wait_for_everyone()
        metrics = Metrics(folder / "metrics.jsonl", ranks.is_main_process, progress)
        for number, (name, stage) in enumerate(recipe.stages.items()):
            if name not in state.done:
                context = make_context(plan, state, name, number, metrics)
                state.done[name] = run_stage(stage, context)
                ranks.wait_for_everyone()
                if ranks.is_main_process:
                    write_state(folder, state)
                    for checkpoint in context.folder.glob("checkpoint-*"):
                        shutil.rmtree(checkpoint)
        return state.done
    finally:
        if lock is not None:
            lock.release()


def make_context(plan: Plan, state: State, name: str, number: int, metrics: Metrics) -> Context:
    """Gather what a stage works with."""
    recipe, before = plan.recipe, state.done
    folder = metrics.path.parent / f"{number + 1}-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = last_checkpoint(folder)
    own = metrics.of(name)
    own.rewind(-1 if checkpoint is None else step_of(checkpoint))
    models = [done.model for done in before.values()]
    return Context(
        recipe=recipe,
        name=name,
        folder=folder,
        model=models[-1] if models else recipe.model.path,
        seed=recipe.seed + number,
        rows=rows_of(name, recipe.stages[name], plan, before),
        split=plan.split,
        processor=plan.processor,
        instruction=plan.instruction,
        before=before,
        metrics=own,
        checkpoint=None if checkpoint is None else str(checkpoint),
    )


def rows_of(name: str, stage: Stage, plan: Plan, before: dict[str, Done]) -> list[Rollout]:
    """The questions of a stage: its own, an earlier sampling's, or the recipe's."""
    if name in plan.own_rows:
        return plan.own_rows[name]
    source = getattr(stage, "source", None)
    if source is None:
        return plan.split.train
    sampling, _, level = source.rpartition(".")
    path = before[sampling].levels[level]
    if not Path(path).stat().st_size:
        raise ConfigError(
            f"stages.{name}.from: {source}: expected questions, got none: the sampling found none "
            "so"
        )
    wanted = {row.group for row in read_questions([path], {})}
    return [row for row in plan.split.train if row.id in wanted]


def run_stage(stage: Stage, context: Context) -> Done:
    """Run one stage, and let go of what it held."""
    import torch

    from rewardkit.trainer.stages import RUNNERS  # each loads what it trains or generates with

    try:
        with full_disk_said(f"stages.{context.name}", context.folder):
            return RUNNERS[type(stage)](stage, context)
    finally:
        gc.collect()  # a trainer and its callbacks hold each other
        torch.cuda.empty_cache()
