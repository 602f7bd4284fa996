"""The demo's contact sheet: a few test images with what the policy said of them, stage by stage."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rewardkit.digits.plot_style import RIGHT, WRONG, new_figure
from rewardkit.digits.replies import Evaluated, Example, choose_examples, kinds_of
from rewardkit.generation.generate import open_images
from rewardkit.generation.split import split_questions
from rewardkit.trainer.recipe import Recipe
from rewardkit.types import Rollout

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN: Final = {"turned right": 3, "stayed right": 2, "stayed wrong": 2, "turned wrong": 1}
"""How many images of each kind; the first ones are taken."""

COLUMNS: Final = 2
WRAPPED_AT: Final = 62
"""Characters of a line of a reply."""


def contact_sheet(recipe: Recipe, evaluations: Sequence[Evaluated]) -> "Figure":
    """Draw images with question, reference and the replies before and after.

    Args:
        recipe: What was run; its held-out questions have the images.
        evaluations: In the order of the stages.
    """
    questions = {row.id: row for row in split_questions(recipe.data, recipe.seed).held_out}
    counts = {kind: len(found) for kind, found in kinds_of(evaluations).items()}
    examples = [one for one in choose_examples(evaluations, SHOWN) if one.id in questions]
    rows = max(1, -(-len(examples) // COLUMNS))
    title = f"Digits never trained on, of {sum(counts.values())}: the first of each kind"
    figure = new_figure(13, 0.6 + 1.9 * rows, title)
    grid = figure.subplots(
        rows, 2 * COLUMNS, squeeze=False, gridspec_kw={"width_ratios": [1.0, 2.4] * COLUMNS}
    )
    cells = [(row[2 * i], row[2 * i + 1]) for row in grid for i in range(COLUMNS)]
    for axes in grid.flat:
        axes.set_axis_off()
    for (picture, words), example in zip(cells, examples, strict=False):
        draw_question(picture, questions[example.id])
        draw_replies(words, example, counts[example.kind])
    return figure


def draw_question(axes: "Axes", question: Rollout) -> None:
    """Draw a question's image, the question above it and what is right below it."""
    import numpy as np

    images = open_images(question)
    if images:
        axes.imshow(np.asarray(images[0].convert("RGB")), interpolation="nearest")
    prompt = question.prompt if isinstance(question.prompt, str) else ""
    axes.set_title(prompt, fontsize=10, parse_math=False)
    axes.text(
        0.5,
        -0.06,
        f"{question.id}, right: {question.reference}",
        transform=axes.transAxes,
        ha="center",
        va="top",
        fontsize=9,
        parse_math=False,
    )


def draw_replies(axes: "Axes", example: Example, count: int) -> None:
    """Write what became of the question, and the replies one below the other."""
    axes.text(0.0, 0.98, f"{example.kind} ({count})", weight="bold", fontsize=10, va="top")
    height = 0.78
    for reply in example.replies:
        verdict = "right" if reply.right else "wrong"
        axes.text(
            0.0,
            height,
            f"{reply.stage}: {verdict}",
            color=RIGHT if reply.right else WRONG,
            fontsize=9,
            va="top",
            parse_math=False,
        )
        text = textwrap.shorten(reply.completion, 2 * WRAPPED_AT, placeholder=" …")
        lines = textwrap.wrap(text, WRAPPED_AT) or ["(nothing)"]
        axes.text(
            0.0,
            height - 0.12,
            "\n".join(lines),
            family="monospace",
            fontsize=7.5,
            va="top",
            parse_math=False,
        )
        height -= 0.28
