"""Questions about pairs of digits, and replies such as a policy writes: right, wrong, malformed."""

from __future__ import annotations

import random
from typing import TypedDict

import world
from PIL.Image import Image

REPLY = (
    "### Image Description:\n{description}\n\n### Rationales:\n{rationale}\n\n"
    "### Let's think step by step.\n\n### Step 1:\n{step}\n\n### The final answer is: {answer}"
)
RATIONALES = {
    "sum": "Both digits are added.",
    "difference": "The smaller digit is taken from the larger.",
    "larger": "The two digits are compared.",
}
KINDS = (
    *("right", "right", "right", "paraphrase", "digit wrong", "digit wrong", "both wrong"),
    *("swapped", "hedged", "stuffed", "empty", "no headings", "slip", "long", "half"),
)


class Line(TypedDict):
    """One line of rollouts.jsonl; the caption is the right one, for calibration."""

    id: str
    group: str
    prompt: str
    images: list[str]
    completion: str
    reference: str
    keywords: list[str]
    completion_tokens: int
    caption: str


def solve(question: str, left: int, right: int) -> int:
    """What the question's answer is for two digits."""
    if question == "sum":
        return left + right
    return abs(left - right) if question == "difference" else max(left, right)


def describe(kind: str, pair: tuple[int, int], rng: random.Random) -> tuple[str, tuple[int, int]]:
    """A description of a kind, and the digits that its writer goes on with."""
    left, right = pair
    other = (left + rng.randrange(1, 10)) % 10
    if kind == "digit wrong":
        left = other
    elif kind == "both wrong":
        left, right = other, (right + rng.randrange(1, 10)) % 10
    elif kind == "swapped":
        left, right = right, left
    said = f"left is {left}, right is {right}."
    if kind == "paraphrase":
        said = f"The left digit is {left} and the right digit is {right}."
    elif kind == "hedged":
        said = f"left is {left} or left is {other}, right is {right}."
    elif kind == "stuffed":
        said = " ".join(f"left is {digit}, right is {digit}." for digit in range(10))
    elif kind == "half":
        said = f"right is {right}."
    return ("" if kind == "empty" else said), (left, right)


def reply(kind: str, question: str, pair: tuple[int, int], rng: random.Random) -> str:
    """A completion of a kind, in the template `pebr` unless the kind breaks it."""
    description, (left, right) = describe(kind, pair, rng)
    answer = solve(question, left, right) + (kind == "slip")
    if kind == "no headings":
        return f"{description} The answer is {answer}."
    step = f"The {question} of {left} and {right} is {answer}."
    if kind == "long":
        step = " ".join([step, *(f"Again, {step[0].lower()}{step[1:]}" for _ in range(80))])
    return REPLY.format(
        description=description, rationale=RATIONALES[question], step=step, answer=answer
    )


def make_lines(questions: int, seed: int) -> tuple[list[Line], dict[str, Image]]:
    """Lines of four rollouts a question, and the images by file name, of unseen scans."""
    rng = random.Random(seed)
    lines: list[Line] = []
    images: dict[str, Image] = {}
    for number in range(questions):
        scan = rng.choice(world.UNSEEN), rng.choice(world.UNSEEN)
        pair = world.digits_on(*scan)
        question = rng.choice(list(RATIONALES))
        name = f"images/{number:02d}.png"
        images[name] = world.draw_pair(*scan)
        for index, kind in enumerate(rng.sample(KINDS, 4)):
            completion = reply(kind, question, pair, rng)
            lines.append(
                Line(
                    id=f"{number:02d}-{index} {kind}",
                    group=f"{number:02d}",
                    prompt=f"What is the {question} of the two digits?",
                    images=[name],
                    completion=completion,
                    reference=str(solve(question, *pair)),
                    keywords=[f"left is {pair[0]}", f"right is {pair[1]}"],
                    completion_tokens=len(completion.split()),
                    caption=f"left is {pair[0]}, right is {pair[1]}.",
                )
            )
    return lines, images
