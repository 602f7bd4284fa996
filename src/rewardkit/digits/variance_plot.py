"""The demo's plot of groups whose replies all earn the same: of them nothing is learned."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rewardkit.digits.plot_style import (
    MIXED,
    RIGHT,
    STEPS,
    WINDOW,
    WRONG,
    finish_axes,
    mark_stages,
    new_figure,
)
from rewardkit.digits.step_figures import Stretch, smoothed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHARES: Final = (
    ("all_right", "all right", RIGHT),
    ("mixed", "mixed", MIXED),
    ("all_wrong", "all alike, not right", WRONG),
)


def group_variance(stretches: Sequence[Stretch]) -> "Figure":
    """Shares of groups whose replies all earn the same: of them nothing is learned."""
    parts = list(
        dict.fromkeys(part for one in stretches for part in one.parts("groups/", "/mixed"))
    )
    figure = new_figure(9, 1.2 + 1.7 * max(1, len(parts)), "Groups of replies to one question")
    rows = figure.subplots(max(1, len(parts)), sharex=True, squeeze=False)[:, 0]
    for axes, part in zip(rows, parts, strict=False):  # one empty row where there are no parts
        stack_shares(axes, stretches, part)
        axes.set_ylim(0, 1)
        finish_axes(axes, STEPS if axes is rows[-1] else "", part)
        mark_stages(axes, stretches, named=axes is rows[0])
    figure.supylabel(f"share of a step's groups, mean of {WINDOW} steps", fontsize=10)
    handles, labels = rows[0].get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return figure


def stack_shares(axes: "Axes", stretches: Sequence[Stretch], part: str) -> None:
    """Draw the three shares on top of each other; blank where a stage has no such part."""
    named = False
    for one in stretches:
        curves = [one.curve(f"groups/{part}/{share}") for share, _, _ in SHARES]
        if not curves[0].steps:
            continue
        axes.stackplot(
            curves[0].steps,
            *(smoothed(curve.values, WINDOW) for curve in curves),
            colors=[colour for _, _, colour in SHARES],
            labels=[] if named else [label for _, label, _ in SHARES],
            alpha=0.85,
        )
        named = True
