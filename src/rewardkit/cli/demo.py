"""`rewardkit demo`: the whole pipeline on real digit images, on a CPU."""

import contextlib
import math
import sys
from pathlib import Path
from typing import Annotated

import typer

from rewardkit.cli.demo_tables import tables_of
from rewardkit.cli.results import note, show
from rewardkit.cli.train import check_installed, silence
from rewardkit.cli.train_progress import progress_line
from rewardkit.errors import ConfigError

PACKAGES = ("sklearn", "matplotlib")
"""What the demo needs besides what training does."""


def demo_command(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The demo's folder; made when missing.")
    ] = Path("rewardkit-demo"),
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of everything drawn.")] = 0,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change a value of the recipe `digits`, as `train` does."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the demo in the folder.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Train a tiny vision-language model on real digits: warm-up, perception, reasoning.

    Takes minutes on two cores. It writes data, the run and plots to a folder.
    """
    check_extras()
    from rewardkit.digits.demo_folder import check_folder

    check_folder(output, resume)  # before the seconds that the libraries take to load
    silence(debug)
    from rewardkit.trainer.reading import load_recipe

    stages = ["data", "scorer", *load_recipe("digits", overrides or []).stages, "plots"]
    with contextlib.redirect_stdout(sys.stderr):  # what trains prints as it likes
        from rewardkit.digits.demo import run_demo

        with progress_line(stages, quiet, every_s=math.inf) as told:  # a line a stage
            try:
                report = run_demo(output, seed, overrides or [], resume=resume, told=told)
            except KeyboardInterrupt:
                note("interrupted: go on with --resume", quiet)
                raise
    if as_json or not quiet:
        show(report, lambda: tables_of(report), as_json=as_json)


def check_extras() -> None:
    """Refuse to begin without what training, digits and plots need.

    Raises:
        ConfigError: Naming the first package that is missing.
    """
    from importlib.util import find_spec

    check_installed()
    for name in PACKAGES:
        if find_spec(name) is None:
            raise ConfigError(f"demo: expected {name}, got none: pip install 'rewardkit[train]'")
