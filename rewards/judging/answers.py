"""What a judge answers: one JSON object of a known form, read strictly, or a reason why not."""

import json
import re
from typing import Final, Literal, TypeAlias, get_args

import msgspec

Mode: TypeAlias = Literal["verify", "rubric", "pairwise"]
"""What is asked: whether an answer equals the reference, a mark, or which of two is better."""

MODES: Final[tuple[Mode, ...]] = get_args(Mode)

_FENCE: Final = re.compile(r"\A```(?:json)?[ \t]*\n(.*)\n[ \t]*```\Z", re.DOTALL)
"""A Markdown fence around the whole of an answer, which many models can't help but write."""


class Verification(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether an answer says the same as the reference."""

    verdict: Literal["correct", "wrong", "unclear"]
    reasoning: str = ""


class Rating(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mark on the rubric's range."""

    score: float
    reasoning: str = ""


class Preference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of two answers is better."""

    better: Literal["A", "B", "tie", "unclear"]
    reasoning: str = ""


Answer: TypeAlias = Verification | Rating | Preference
_FORMS: Final[dict[Mode, type[Answer]]] = {
    "verify": Verification,
    "rubric": Rating,
    "pairwise": Preference,
}


class Unclear(msgspec.Struct, frozen=True):
    """Why there is no judgement; a value, for the other rows still can have one."""

    reason: str


class Judgement(msgspec.Struct, frozen=True):
    """A clear answer.

    Attributes:
        value: `verify` 1 correct, 0 wrong; `rubric` the mark; `pairwise` 1 for A, 0 for B, 0.5.
        reason: The answer in words, with the start of the judge's reasoning.
    """

    value: float
    reason: str


def read_answer(content: str, mode: Mode, low: float, high: float) -> Judgement | Unclear:
    """Read what a judge wrote.

    Args:
        content: The message: one JSON object, or one in a Markdown fence; nothing beside it.
        mode: What was asked.
        low: Least mark of a rubric.
        high: Greatest mark of a rubric.

    Returns:
        The judgement; Unclear where the text is anything else, or says that it is unclear.

    >>> read_answer('{"reasoning": "both 3/4", "verdict": "correct"}', "verify", 0, 10)
    Judgement(value=1.0, reason='correct: both 3/4')
    >>> read_answer("It is correct", "verify", 0, 10)
    Unclear(reason='the answer is not the JSON object that was asked for: It is correct')
    """
    text = content.strip()
    if match := _FENCE.match(text):
        text = match[1].strip()
    try:
        answer = msgspec.json.decode(text.encode("utf-8", "replace"), type=_FORMS[mode])
    except (msgspec.DecodeError, RecursionError):  # a ValidationError is a DecodeError
        shown = plain_line(content) or "nothing"
        return Unclear(f"the answer is not the JSON object that was asked for: {shown}")
    if _repeats_a_key(text):
        return Unclear(f"the answer holds a key twice: {plain_line(content)}")
    return _judgement(answer, low, high)


def plain_line(text: str, limit: int = 160) -> str:
    r"""The start of any text on one line, for a reason.

    >>> plain_line("a \n b" * 100, 9)
    'a ba ba b'
    """
    line = " ".join(text[: 4 * limit].split())[:limit]
    line = "".join(sign if sign.isprintable() else "\ufffd" for sign in line)
    return line.encode("utf-8", "replace").decode()


def _judgement(answer: Answer, low: float, high: float) -> Judgement | Unclear:
    reasoning = plain_line(answer.reasoning)
    said = f": {reasoning}" if reasoning else ""
    if isinstance(answer, Rating):
        if not low <= answer.score <= high:
            return Unclear(f"the mark {answer.score:.15g} is outside of {low:.15g} to {high:.15g}")
        mark = f"{answer.score:.15g} of {low:.15g} to {high:.15g}"
        return Judgement(answer.score + 0.0, f"{mark}{said}")
    word = answer.verdict if isinstance(answer, Verification) else answer.better
    if word == "unclear":
        return Unclear(f"the judge says unclear{said}")
    values = {"correct": 1.0, "wrong": 0.0, "A": 1.0, "B": 0.0, "tie": 0.5}
    return Judgement(values[word], f"{word}{said}")


def _repeats_a_key(text: str) -> bool:
    """Whether an object names a key twice; it was read before, so it is flat."""
    pairs = json.loads(text, object_pairs_hook=list)
    return len({key for key, _ in pairs}) < len(pairs)


def answer_schema(mode: Mode, low: float, high: float) -> dict[str, object]:
    """The JSON schema of an answer, in the subset that strict structured output takes.

    >>> answer_schema("verify", 0, 10)["required"]
    ['reasoning', 'verdict']
    """
    key, form = {
        "verify": ("verdict", _words("correct", "wrong", "unclear")),
        "rubric": ("score", {"type": "number", "minimum": low, "maximum": high}),
        "pairwise": ("better", _words("A", "B", "tie", "unclear")),
    }[mode]
    return {
        "type": "object",
        "properties": {"reasoning": {"type": "string"}, key: form},
        "required": ["reasoning", key],
        "additionalProperties": False,
    }


def _words(*words: str) -> dict[str, object]:
    return {"type": "string", "enum": list(words)}
