"""A recipe from end to end: stages in order, each written down when it is done."""

import errno
import gc
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from rewardkit.atomic import replacing
from rewardkit.errors import ConfigError
from rewardkit.generation.questions import read_questions
from rewardkit.trainer.metrics import Metrics
from rewardkit.trainer.plan import Plan, make_plan
from rewardkit.trainer.reading import fingerprint_of
from rewardkit.trainer.recipe import Recipe, Stage
from rewardkit.trainer.split import Split
from rewardkit.types import Rollout

STATE = "state.json"
COMPLETE = "complete"
"""Stands in a checkpoint once every process has written its part."""

FULL = (errno.ENOSPC, errno.EDQUOT)
FULL_MESSAGES = (
    "No space left on device",
    "Disk quota exceeded",
    "PytorchStreamWriter",
    "inline_container",
)
"""What a full disk makes of the errors of those that write checkpoints."""

Progress = Callable[[str, int, int, dict[str, float]], None]
"""Is told stage, step, steps in all (0 where unknown) and figures."""


class Done(msgspec.Struct, frozen=True):
    """What came of a stage.

    Attributes:
        model: Where the policy is now.
        metrics: Figures by name.
        levels: Files of questions that later stages take, by level.
    """

    model: str
    metrics: dict[str, float] = {}
    levels: dict[str, str] = {}


class State(msgspec.Struct):
    """What a run has behind it; `recipe` is what makes two runs the same."""

    recipe: str
    done: dict[str, Done] = {}


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What a stage works with.

    Attributes:
        recipe: The whole recipe.
        name: The stage's name.
        folder: The stage's own; what is there of an earlier try is gone on with.
        model: Folder or hub id of the policy as the stages before left it.
        seed: Of what the stage draws.
        rows: The questions of the stage.
        split: All questions.
        processor: The policy's processor or tokenizer.
        instruction: What the template asks for.
        before: What the stages before came to.
        metrics: Takes figures; those of an earlier try up to its checkpoint are there.
        checkpoint: Where that try got to, None for a fresh start.
    """

    recipe: Recipe
    name: str
    folder: Path
    model: str
    seed: int
    rows: list[Rollout]
    split: Split
    processor: Any
    instruction: str
    before: dict[str, Done]
    metrics: Metrics
    checkpoint: str | None


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
        ConfigError: Before any work, for what `make_plan` finds; when the disk is full.
        KeyboardInterrupt: After the stage under way has been saved.
    """
    from accelerate import PartialState

    ranks = PartialState()
    folder = Path(recipe.output).absolute()
    state = read_state(folder, fingerprint_of(recipe), resume)
    plan = make_plan(recipe)
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


def make_context(plan: Plan, state: State, name: str, number: int, metrics: Metrics) -> Context:
    """Gather what a stage works with."""
    recipe, before = plan.recipe, state.done
    folder = metrics.path.parent / f"{number + 1}-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = last_checkpoint(folder)
    own = metrics.of(name)
    own.rewind(-1 if checkpoint is None else int(checkpoint.name.rpartition("-")[2]))
    models = [done.model for done in before.values()]
    return Context(
        recipe=recipe,
        name=name,
        folder=folder,
        model=models[-1] if models else recipe.model.path,
        seed=recipe.seed + number,
        rows=rows_of(recipe.stages[name], plan, before),
        split=plan.split,
        processor=plan.processor,
        instruction=plan.instruction,
        before=before,
        metrics=own,
        checkpoint=None if checkpoint is None else str(checkpoint),
    )


def last_checkpoint(folder: Path) -> Path | None:
    """The latest checkpoint of a stage's folder that is whole, None where there is none."""
    found = [path.parent for path in folder.glob(f"checkpoint-*/{COMPLETE}")]
    return max(found, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


def rows_of(stage: Stage, plan: Plan, before: dict[str, Done]) -> list[Rollout]:
    """The questions of a stage: its own, an earlier sampling's, or the recipe's."""
    if own := plan.own_rows.get(id(stage)):
        return own
    source = getattr(stage, "source", None)
    if source is None:
        return plan.split.train
    name, _, level = source.rpartition(".")
    path = before[name].levels[level]
    if not Path(path).stat().st_size:
        raise ConfigError(f"{source}: expected questions, got none: the sampling found none so")
    wanted = {row.group for row in read_questions([path], {})}
    return [row for row in plan.split.train if row.id in wanted]


def run_stage(stage: Stage, context: Context) -> Done:
    """Run one stage; a full disk is said in one line, whoever met it."""
    import torch

    from rewardkit.trainer.stages import RUNNERS  # each loads what it trains or generates with

    try:
        return RUNNERS[type(stage)](stage, context)
    except (OSError, RuntimeError) as error:
        text = str(error)
        full = getattr(error, "errno", None) in FULL or any(one in text for one in FULL_MESSAGES)
        if not full:
            raise
        free = shutil.disk_usage(context.folder).free / 2**20
        raise ConfigError(
            f"stages.{context.name}: {context.folder}: expected room on the disk, got {free:.0f} "
            "MiB: make room and go on with --resume"
        ) from error
    finally:
        gc.collect()  # a trainer and its callbacks hold each other
        torch.cuda.empty_cache()


def read_state(folder: Path, recipe: str, resume: bool) -> State:
    """The state of a run's folder.

    Raises:
        ConfigError: When the folder holds a run and it isn't to be resumed, or is another run.
    """
    path = folder / STATE
    held = folder.exists() and any(folder.iterdir())
    if held and not resume:
        raise ConfigError(f"{folder}: expected no run here, got files: go on with --resume")
    if not path.exists():
        return State(recipe)
    state = msgspec.json.decode(path.read_bytes(), type=State)
    if state.recipe != recipe:
        raise ConfigError(f"{folder}: expected a run of this recipe, got one of another recipe")
    return state


def write_state(folder: Path, state: State) -> None:
    """Write the state in one step, so that a kill leaves the old one or the new one."""
    with replacing([folder / STATE]) as (stream,):
        stream.write(msgspec.json.format(msgspec.json.encode(state), indent=2) + b"\n")
