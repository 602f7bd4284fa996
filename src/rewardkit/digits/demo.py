"""The whole pipeline on real digits: data, model, scorer, the recipe `digits`, figures, plots."""

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from rewardkit.digits.demo_clock import Clock
from rewardkit.digits.demo_folder import (
    DATA,
    PLOTS,
    SCORER,
    DemoState,
    ScorerAucs,
    check_folder,
    hold_demo,
    read_state,
)
from rewardkit.digits.demo_recipe import demo_recipe
from rewardkit.digits.demo_report import DemoReport, make_report
from rewardkit.digits.files import write_digits
from rewardkit.digits.plots import write_plots
from rewardkit.digits.scorer import STEPS, train_scorer
from rewardkit.full_disk import full_disk_said
from rewardkit.trainer.metrics import Progress
from rewardkit.trainer.run import run_recipe


def run_demo(
    folder: Path,
    seed: int,
    options: Sequence[str] = (),
    *,
    resume: bool = False,
    told: Progress | None = None,
    scorer_steps: int = STEPS,
) -> DemoReport:
    """Write data, train the scorer, run the recipe, and draw what came of it.

    Killed at any point and resumed, it comes to the same figures.

    Args:
        folder: Where to; made when missing.
        seed: Of all that is drawn, at least 0.
        options: Changes of the recipe, such as `stages.reasoning.options.max_steps=50`.
        resume: Whether to go on with the demo in the folder, if there is one.
        told: Is told how far the demo is; `data`, `scorer` and `plots` are told like stages.
        scorer_steps: How long the scorer is trained.

    Returns:
        All figures.

    Raises:
        ConfigError: For an option or a folder that can't be used, and when the disk is full.
        KeyboardInterrupt: When asked to stop, after the stage under way has been saved.
    """
    tell = told or (lambda stage, step, total, figures: None)
    check_folder(folder, resume)
    demo_recipe(folder, seed, options)  # bad options are found before anything is written
    lock = hold_demo(folder)
    try:
        check_folder(folder, resume)  # another demo may have come before the lock
        state = read_state(folder, DemoState(str(folder), seed, list(options)))
        recipe = demo_recipe(Path(state.output), seed, options)
        with full_disk_said("demo", folder), one_thread():
            clock = Clock(folder, state)
            scorer = prepare(folder, state, clock, tell, scorer_steps)
            done = run_recipe(recipe, resume=True, progress=clock.watching(tell))
            clock.lap()
            plots = write_plots(
                folder / PLOTS, recipe, lambda step, total: tell(PLOTS, step, total, {})
            )
            clock.lap()
            return make_report(state, scorer, recipe, done, plots)
    finally:
        lock.release()


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread, so that figures don't depend on the number of cores."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def prepare(
    folder: Path, state: DemoState, clock: Clock, tell: Progress, scorer_steps: int
) -> ScorerAucs:
    """Write the data and train the scorer, where that isn't done; what is half done goes first."""
    data = folder / DATA
    if not state.data:
        clock.lap()  # the state says whose folder this is, before anything is in it
        tell(DATA, 0, 1, {})
        if os.path.lexists(data):
            shutil.rmtree(data)
        write_digits(data, state.seed)
        state.data = True
        clock.lap()
    tell(DATA, 1, 1, {})
    if state.scorer is None:
        tell(SCORER, 0, 1, {})
        shutil.rmtree(data / SCORER, ignore_errors=True)
        found = train_scorer(data / SCORER, state.seed, scorer_steps)
        aucs = (found.auc_one_wrong, found.auc_both_wrong, found.auc_swapped)
        state.scorer = ScorerAucs(*aucs)
        clock.lap()
    tell(SCORER, 1, 1, {"auc": state.scorer.one_wrong})
    return state.scorer
