"""Is this answer right? Text in, [`Verdict`][rewardkit.types.Verdict] out."""

import difflib
from collections.abc import Sequence
from functools import cache

from rewardkit.errors import ConfigError
from rewardkit.types import Reference, Verdict
from rewardkit.verifiers.base import Verifier
from rewardkit.verifiers.choice import Choice
from rewardkit.verifiers.geometry.boxes import BoxMatch
from rewardkit.verifiers.geometry.jigsaw import JigsawMatch
from rewardkit.verifiers.geometry.points import PointMatch
from rewardkit.verifiers.label import Label
from rewardkit.verifiers.labels import Labels
from rewardkit.verifiers.math import Math
from rewardkit.verifiers.number import Number
from rewardkit.verifiers.text import Text

__all__ = [
    "VERIFIERS",
    "BoxMatch",
    "Choice",
    "JigsawMatch",
    "Label",
    "Labels",
    "Math",
    "Number",
    "PointMatch",
    "Text",
    "Verifier",
    "default_verifier",
    "verify",
]

VERIFIERS: dict[
    str, type[Math | Number | Choice | Label | Labels | Text | BoxMatch | PointMatch | JigsawMatch]
] = {
    "math": Math,
    "number": Number,
    "choice": Choice,
    "label": Label,
    "labels": Labels,
    "text": Text,
    "boxes": BoxMatch,
    "points": PointMatch,
    "jigsaw": JigsawMatch,
}
"""The verifier of each task."""


@cache
def default_verifier(task: str) -> Verifier:
    """The verifier of a task with its default options.

    Raises:
        ConfigError: When there is no such task; the message names the nearest one.

    >>> default_verifier("lable")
    Traceback (most recent call last):
    rewardkit.errors.ConfigError: task: expected one of boxes, choice, jigsaw, label, labels, \
math, number, points, text, got 'lable', did you mean 'label'?
    """
    if task not in VERIFIERS:
        near = difflib.get_close_matches(task[:40], VERIFIERS, n=1)
        hint = f", did you mean '{near[0]}'?" if near else ""
        known = ", ".join(sorted(VERIFIERS))
        raise ConfigError(f"task: expected one of {known}, got {task[:40]!r}{hint}")
    return VERIFIERS[task]()


def verify(
    answer: str, reference: Reference, task: str | Verifier = "math", choices: Sequence[str] = ()
) -> Verdict:
    """Judge one answer.

    Args:
        answer: The answer alone, as a template cut it out of the reply.
        reference: What is right; its form depends on the task.
        task: A key of `VERIFIERS`, or a verifier with options of its own.
        choices: The options of a choice question, first is A.

    Returns:
        The verdict, whatever the answer and the reference hold.

    Raises:
        ConfigError: When there is no such task.

    >>> verify("1,000 m", "1 km", task="number").correct
    True
    >>> verify("It is (B)", "B", task=Choice(), choices=["cat", "dog"]).rule
    'letter'
    """
    verifier = default_verifier(task) if isinstance(task, str) else task
    return verifier(answer, reference, choices)
