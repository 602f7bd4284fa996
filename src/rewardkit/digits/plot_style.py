"""How the demo's plots look: without a display, in colours that all can tell apart."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rewardkit.atomic import replacing
from rewardkit.digits.step_figures import Stretch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS: Final = {
    "total": "#000000",
    "accuracy": "#0072B2",
    "perception": "#E69F00",
    "clip": "#009E73",
    "format": "#CC79A7",
    "length": "#D55E00",
}
"""Source: the palette of Okabe and Ito 2008, https://jfly.uni-koeln.de/color/."""

OTHER: Final = "#56B4E9"
RIGHT: Final = "#0072B2"
MIXED: Final = "#F0E442"
WRONG: Final = "#D55E00"
DPI: Final = 120
STEPS: Final = "GRPO step"
WINDOW: Final = 9
"""Steps that a smoothed curve is the mean of."""


def new_figure(width: float, height: float, title: str) -> "Figure":
    """An empty figure, in inches; it belongs to no window."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    figure.suptitle(title, fontsize=13)
    return figure


def mark_stages(axes: "Axes", stretches: Sequence[Stretch], *, named: bool = True) -> None:
    """Draw a line where a stage ends and the next begins, and name them along the top."""
    for one in stretches:
        if one.first:
            axes.axvline(one.first, color="0.3", linewidth=1, linestyle="--")
        if not named:
            continue
        axes.annotate(
            one.stage,
            ((one.first + one.last) / 2, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            color="0.3",
        )
    axes.set_xlim(0, max([one.last for one in stretches] or [0]) or 1)


def finish_axes(axes: "Axes", x: str, y: str) -> None:
    """Label the axes of shares, and rule them lightly."""
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(visible=True, color="0.9", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def write_figure(figure: "Figure", path: Path) -> None:
    """Write a figure as PNG, whole or not at all; the same figure gives the same bytes.

    Raises:
        ConfigError: When it can't be written.
    """
    with replacing([path]) as (stream,):
        figure.savefig(stream, format="png", metadata={"Software": None})
