"""`rewardkit train`: a recipe's stages, from warm-up to evaluation."""

import contextlib
import json
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rewardkit.cli.train_progress import progress_line
from rewardkit.errors import ConfigError

if TYPE_CHECKING:
    from rewardkit.trainer.context import Done
    from rewardkit.trainer.plan import Plan

HIDDEN = ("step_time", "reward_seconds", "learning_rate", "epoch", "grad_norm")
"""Figures that say how a stage went, not what came of it: the table leaves them out."""


def train_command(
    recipe: Annotated[
        str | None, typer.Argument(help="A YAML file, or the name of a shipped recipe.")
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change a value: stages.perception.learning_rate=2e-6"),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", help="The run's folder; the recipe's by default."),
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Of everything drawn.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in the folder.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, print the plan, and stop.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the shipped recipes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Run a recipe: warm-up, sampling, GRPO, evaluation and export, in any order and number.

    Under `accelerate launch -m rewardkit train …` on as many processes as that starts.
    """
    from rewardkit.trainer.reading import load_recipe, recipe_titles

    if listed:
        for name, title in recipe_titles().items():
            print(f"{name}: {title}")
        return
    if recipe is None:
        raise ConfigError("RECIPE: expected a recipe, got none; --list names the shipped ones")
    options = [*(overrides or [])]
    options += [f"output={json.dumps(output)}"] if output is not None else []
    options += [f"seed={seed}"] if seed is not None else []
    check_installed()
    sys.path.append(os.getcwd())  # for a reward's module:name; last, so that it can hide nothing
    silence(debug)
    first = os.environ.get("RANK", "0") == "0"
    with contextlib.redirect_stdout(sys.stderr):  # what trains prints as it likes
        loaded = load_recipe(recipe, options)
        from rewardkit.trainer.plan import make_plan
        from rewardkit.trainer.run import run_recipe

        if dry_run:
            plan = make_plan(loaded)
        else:
            # Of several processes one reports.
            with progress_line(list(loaded.stages), quiet or not first) as progress:
                try:
                    done = run_recipe(loaded, resume=resume, progress=progress)
                except KeyboardInterrupt:
                    print("rewardkit: interrupted: go on with --resume", file=sys.stderr)
                    raise
    if not first:
        return
    if dry_run:
        print("\n".join(plan_lines(plan)))
    elif as_json:
        print_json(done)
    elif not quiet:
        print_table(done, Path(loaded.output))


def check_installed() -> None:
    """Refuse to begin without what training needs.

    Raises:
        ConfigError: Naming the first package that is missing.
    """
    from importlib.util import find_spec

    for name in ("torch", "transformers", "trl", "peft", "accelerate", "datasets"):
        if find_spec(name) is None:
            raise ConfigError(f"train: expected {name}, got none: pip install 'rewardkit[train]'")


def silence(debug: bool) -> None:
    """Keep the libraries' bars and notes off the terminal; their errors stay."""
    if debug:
        return
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    warnings.filterwarnings("ignore", category=FutureWarning)
    warnings.filterwarnings("ignore", category=UserWarning)
    import datasets
    import transformers

    datasets.disable_progress_bars()
    # As transformers has them, without types.
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.getLogger("trl").setLevel(logging.ERROR)


def plan_lines(plan: "Plan") -> list[str]:
    """The plan for a person, one line a fact."""
    from rewardkit.generation.policy import sees

    recipe, split = plan.recipe, plan.split
    images = "images" if sees(plan.processor) else "text alone"
    lines = [
        f"model {recipe.model.path}: {plan.architecture}, {images}",
        f"data {len(split.train)} questions to train on, {len(split.held_out)} held out",
        f"output {recipe.output}, seed {recipe.seed}",
    ]
    for number, (name, stage) in enumerate(recipe.stages.items(), start=1):
        own = plan.own_rows.get(name)
        source = getattr(stage, "source", None)
        of = f" on {len(own)} rows of its own" if own else f" on {source}" if source else ""
        options = ", ".join(f"{k}={v}" for k, v in getattr(stage, "options", {}).items())
        lines.append(f"{number}. {name}: {stage.__struct_config__.tag}{of} {options}".rstrip())
    return lines


def print_table(done: "dict[str, Done]", folder: Path) -> None:
    """Print the figures of each stage for a person."""
    from rich.console import Console

    from rewardkit.cli.results import new_table, number

    table = new_table("", ["stage", "figure"], ("value",))
    for name, one in done.items():
        for key, value in one.metrics.items():
            if key not in HIDDEN:
                table.add_row(name, key, number(value))
    Console().print(table)
    print(f"run in {folder}")


def print_json(done: "dict[str, Done]") -> None:
    """Print the figures of each stage for a program."""
    import msgspec

    print(msgspec.json.encode(done).decode())
