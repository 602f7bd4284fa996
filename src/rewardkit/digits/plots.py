"""The demo's plots as files; that of the reward's parts is drawn here."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rewardkit.digits.accuracy_plot import held_out, watched_rows
from rewardkit.digits.contact_sheet import contact_sheet
from rewardkit.digits.held_out_figures import stage_figures
from rewardkit.digits.plot_style import (
    COLOURS,
    OTHER,
    STEPS,
    WINDOW,
    finish_axes,
    mark_stages,
    new_figure,
    write_figure,
)
from rewardkit.digits.replies import read_evaluations
from rewardkit.digits.step_figures import Stretch, read_stretches, smoothed
from rewardkit.digits.variance_plot import group_variance
from rewardkit.trainer.recipe import Recipe

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def write_plots(folder: Path, recipe: Recipe, told: Callable[[int, int], None]) -> list[str]:
    """Draw a run that has ended.

    Args:
        folder: Where to; made when missing.
        recipe: What was run.
        told: Is told how many plots are done, of how many.

    Returns:
        The files' paths.

    Raises:
        ConfigError: When a file of the run is missing or damaged, or a plot can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stretches, evaluations = read_stretches(recipe), read_evaluations(recipe)
    stages = [stage_figures(one) for one in evaluations]
    drawings: dict[str, Callable[[], Figure]] = {
        "reward-parts": lambda: reward_parts(stretches),
        "accuracy": lambda: held_out(stretches, stages, watched_rows(recipe, stages)),
        "group-variance": lambda: group_variance(stretches),
        "digits": lambda: contact_sheet(recipe, evaluations),
    }
    paths = [folder / f"{name}.png" for name in drawings]
    for number, (path, draw) in enumerate(zip(paths, drawings.values(), strict=True)):
        told(number, len(paths))
        write_figure(draw(), path)
    told(len(paths), len(paths))
    return [str(path) for path in paths]


def reward_parts(stretches: Sequence[Stretch]) -> "Figure":
    """The mean of each part by step: as it was, faintly, and smoothed."""
    figure = new_figure(9, 4.8, "Parts of the reward while training (sampled replies)")
    axes = figure.subplots()
    named: set[str] = set()
    for one in stretches:
        for part in one.parts("parts/", "/mean"):
            curve, colour = one.curve(f"parts/{part}/mean"), COLOURS.get(part, OTHER)
            axes.plot(curve.steps, curve.values, color=colour, alpha=0.2, linewidth=0.8)
            axes.plot(
                curve.steps,
                smoothed(curve.values, WINDOW),
                color=colour,
                linewidth=2.4 if part == "total" else 1.6,
                # Paid to well-formed replies alone, it mostly lies on the format.
                linestyle="--" if part == "length" else "-",
                label=None if part in named else part,
            )
            named.add(part)
    axes.set_ylim(-0.02, 1.04)
    mark_stages(axes, stretches)
    finish_axes(axes, STEPS, f"mean of a step; bold: of {WINDOW} steps")
    if named:
        figure.legend(loc="outside right center", title="part", frameon=False)
    return figure
