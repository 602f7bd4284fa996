"""The demo's plot of accuracy on unseen digits: while training, and after each stage."""

from collections.abc import Sequence
from math import sqrt
from typing import TYPE_CHECKING

from rewardkit.digits.held_out_figures import Estimate, StageFigures
from rewardkit.digits.plot_style import COLOURS, STEPS, finish_axes, mark_stages, new_figure
from rewardkit.digits.step_figures import Stretch
from rewardkit.trainer.recipe import Grpo, Recipe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def held_out(
    stretches: Sequence[Stretch], stages: Sequence[StageFigures], watched: int
) -> "Figure":
    """Accuracy and perception on unseen digits: watched while training, and after each stage.

    Args:
        stretches: The GRPO stages.
        stages: The evaluations; the first is that of the policy as GRPO begins.
        watched: Questions that accuracy is watched on, for its standard error.
    """
    figure = new_figure(9, 4.8, "Digits never trained on (greedy replies, one standard error)")
    axes = figure.subplots()
    draw_watched(axes, stretches, watched)
    places = {one.stage: one.last for one in stretches}
    steps = [places.get(stage.stage, 0) for stage in stages]
    draw_stages(axes, steps, [s.accuracy for s in stages], "accuracy", "answers right")
    draw_stages(axes, steps, [s.perception for s in stages], "perception", "digits named right")
    draw_stages(axes, steps, [s.both for s in stages], "clip", "both digits named right")
    mark_stages(axes, stretches)
    finish_axes(axes, f"{STEPS} (0: after the warm-up)", "share of the questions")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def draw_watched(axes: "Axes", stretches: Sequence[Stretch], watched: int) -> None:
    """Draw the accuracy that was watched while training."""
    for number, one in enumerate(stretches):
        curve = one.curve("watch/accuracy")
        axes.errorbar(
            curve.steps,
            curve.values,
            [sqrt(value * (1 - value) / watched) for value in curve.values],
            color=COLOURS["accuracy"],
            alpha=0.45,
            linewidth=1,
            marker=".",
            label=None if number else f"answers right, watched on {watched} questions",
        )


def draw_stages(
    axes: "Axes", steps: Sequence[int], estimates: Sequence[Estimate], colour: str, label: str
) -> None:
    """Draw one figure of the evaluations, leaving out where it is not judged."""
    shown = [
        (step, one.value, one.error or 0.0)
        for step, one in zip(steps, estimates, strict=True)
        if one.value is not None
    ]
    axes.errorbar(
        [step for step, _, _ in shown],
        [value for _, value, _ in shown],
        [error for _, _, error in shown],
        color=COLOURS[colour],
        marker={"accuracy": "o", "perception": "s"}.get(colour, "^"),
        markersize=8,
        linewidth=1.6,
        capsize=4,
        label=f"{label}, after a stage",
        clip_on=False,
        zorder=3,
    )


def watched_rows(recipe: Recipe, stages: Sequence[StageFigures]) -> int:
    """Questions that accuracy is watched on, at least 1."""
    asked = [stage.watch_rows for stage in recipe.stages.values() if isinstance(stage, Grpo)]
    known = [stage.questions for stage in stages]
    return max(1, min([*asked[:1], *known], default=1))
