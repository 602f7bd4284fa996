"""What is asked about two digits side by side, and what a right reply says."""

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

Question: TypeAlias = Literal["sum", "difference", "larger", "left"]

PROMPTS: Final[Mapping[Question, str]] = {
    "sum": "what is the sum ?",
    "difference": "what is the difference ?",
    "larger": "which is larger ?",
    "left": "what is on the left ?",
}

CAPTION_WORDS: Final = 6
"""Words of a caption; of a text with more claims than two a reward need not read the rest."""


def right_answer(question: Question, left: int, right: int) -> int:
    """The answer to a question about two digits, in 0 to 18; the difference has no sign.

    >>> right_answer("difference", 3, 5)
    2
    """
    if question == "sum":
        return left + right
    if question == "difference":
        return abs(left - right)
    return max(left, right) if question == "larger" else left


def claims(left: int, right: int) -> list[str]:
    """What a caption claims of each side; these are a row's keywords.

    >>> claims(3, 5)
    ['left is 3', 'right is 5']
    """
    return [f"left is {left}", f"right is {right}"]


def caption(left: int, right: int) -> str:
    """The description of an image.

    >>> caption(3, 5)
    'left is 3 right is 5'
    """
    return " ".join(claims(left, right))


def gold_reply(row: Mapping[str, Any]) -> str:
    """The right reply to a row, in the template `think-answer`; 11 tokens of the tiny model.

    >>> gold_reply({"keywords": ["left is 3", "right is 5"], "reference": 8})
    '<think> left is 3 right is 5 </think> <answer> 8 </answer>'
    """
    seen = " ".join(row["keywords"])
    return f"<think> {seen} </think> <answer> {row['reference']} </answer>"
