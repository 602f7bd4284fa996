"""The 200 rollouts that every stack must pay alike, and what they are worth."""

from collections.abc import Callable
from typing import Any, NamedTuple

from rewardkit import score

PRESET = "r1"
"""The reward: 1 for the answer, 1 for the form."""


class Case(NamedTuple):
    """A rollout as stacks know it."""

    prompt: str
    completion: str
    reference: str


def reply(answer: object, thought: str = "so") -> str:
    """A reply in the form that the reward wants."""
    return f"<think>{thought}</think><answer>{answer}</answer>"


KINDS: tuple[Callable[[int], tuple[str, str]], ...] = (
    lambda n: (reply(n), str(n)),
    lambda n: (reply(f"{2 * n}/2", "by halves"), str(n)),
    lambda n: (reply(n + 1), str(n)),
    lambda n: (f"the answer is {n}", str(n)),
    lambda n: (f"<answer>{n}</answer>", str(n)),
    lambda n: (reply(n, "مرحبا 中文 😀 \u202e"), str(n)),
    lambda n: (reply("९" * (n % 3 + 1), "café"), str(n)),
    lambda n: ("", str(n)),
    lambda n: (reply(n), ""),  # nothing to judge by
    lambda n: (reply("9^{9^{9}}" if n % 20 == 9 else f"\\boxed{{{n}}}"), str(n)),
)
"""Right, right otherwise written, wrong, without form, half a form, in other scripts, empty, not
judged, hostile."""

CASES = [Case(f"What is {n}?", *KINDS[n % len(KINDS)](n)) for n in range(200)]


def wanted() -> list[float | None]:
    """What rewardkit itself says."""
    rows: list[dict[str, Any]] = [
        {"prompt": case.prompt, "completion": case.completion, "reference": case.reference}
        for case in CASES
    ]
    return [one.value for one in score(rows, PRESET)]


def filled(values: list[float | None], unjudged: float) -> list[float]:
    """The same with a number for 'not judged'."""
    return [unjudged if value is None else value for value in values]
