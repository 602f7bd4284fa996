"""Answer format: the answer is JSON of the fields that were asked for, wherever they point.

Source: the answer-format terms of VisionReasoner (a share of the fields) and Seg-Zero (all or
nothing), dvlab-research/Seg-Zero@42a3345. What differs: fields hold numbers, not only as many
values; a key stands once; an empty list has the form only where the reference is empty too (there
it never has).
"""

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from rewardkit.errors import ConfigError
from rewardkit.rewards.answer_place import check_answer_place, stated_answer
from rewardkit.rewards.numbers import check_choice
from rewardkit.rewards.plain import check_plain
from rewardkit.templates import Template
from rewardkit.types import Rollout, Score
from rewardkit.verifiers.geometry.json_text import (
    check_depth,
    decode_json,
    pair_count,
    unfenced,
)
from rewardkit.verifiers.geometry.limits import MOST_OBJECTS, Limits
from rewardkit.verifiers.geometry.references import read_reference

_Fields: TypeAlias = dict[str, msgspec.Raw]
_NUMBERS: Final = msgspec.json.Decoder(list[float])


class AnswerFormat(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="answer-format",
    forbid_unknown_fields=True,
):
    """Pay for an answer that is JSON with the fields that were asked for, each a list of numbers.

    Args:
        fields: Each field with how many numbers it holds, such as `{bbox_2d: 4, point_2d: 2}`;
            other fields may stand beside them.
        form: `list`: a list of objects with these fields; `object`: one such object.
        graded: Pay the share of fields that are right, mean over the objects; else all or nothing.
        template: Finds the answer; None reads the whole reply.
        section: Read this section of the template in place of its answer.
        max_objects: Most objects of a list, 1 to 1000.

    Returns:
        A share in [0, 1]; an empty list is worth 1 where the reference is an empty list, else 0.
        Never None.

    Raises:
        ConfigError: When an option is out of range.

    >>> reward = AnswerFormat(fields={"bbox_2d": 4, "point_2d": 2}, template=None)
    >>> reward([Rollout(completion='[{"bbox_2d": [1, 2, 3, 4], "point_2d": [2]}]')])[0]
    Score(value=0.5, reason='1 of 2 fields in 1 objects', parts={})
    """

    fields: dict[str, int]
    form: Literal["list", "object"] = "list"
    graded: bool = True
    template: str | Template | None = "think-answer"
    section: str | None = None
    max_objects: int = 120

    def __post_init__(self) -> None:
        """Refuse options out of their range."""
        check_plain(self)
        check_choice(self.form, ("list", "object"), "answer-format.form")
        check_answer_place("answer-format", self.template, self.section)
        if not self.fields:
            raise ConfigError("answer-format.fields: expected at least one field, got none")
        for name, count in self.fields.items():
            if not name or not 1 <= count <= 100:
                raise ConfigError(
                    f"answer-format.fields: expected names with 1 to 100 numbers, got "
                    f"{name!r:.60} with {count!r:.20}"
                )
        if not 1 <= self.max_objects <= MOST_OBJECTS:
            raise ConfigError(
                f"answer-format.max_objects: expected 1 to {MOST_OBJECTS}, got {self.max_objects!r}"
            )

    def __call__(self, rollouts: Sequence[Rollout], /) -> list[Score]:
        """Score each rollout; never None."""
        return [self._score(rollout) for rollout in rollouts]

    def _score(self, rollout: Rollout) -> Score:
        answer = stated_answer(rollout, self.template, self.section)
        if not answer.found:
            return Score(0.0, f"{answer.status}: {answer.reason}")
        try:
            objects = self._objects(answer.text)
        except ValueError as error:
            return Score(0.0, f"unreadable_answer: {error}")
        if not objects:
            none_wanted = read_reference(rollout.reference, Limits(), "either") == ()
            return Score(float(none_wanted), "an empty list")
        if len(objects) > self.max_objects:
            return Score(0.0, f"{len(objects)} objects, the limit is {self.max_objects}")
        right = sum(self._count(one) for one in objects)
        total = len(objects) * len(self.fields)
        value = right / total if self.graded else float(right == total)
        return Score(value, f"{right} of {total} fields in {len(objects)} objects")

    def _objects(self, text: str) -> list[_Fields]:
        if self.form == "list":
            objects: list[_Fields] = decode_json(text, list[_Fields])
        else:
            objects = [decode_json(text, _Fields)]
        check_depth(unfenced(text))
        # A key that stands twice, or an object inside of an object, is one pair more.
        if pair_count(unfenced(text)) != sum(map(len, objects)):
            raise ValueError("a key stands twice, or holds another object")
        return objects

    def _count(self, one: _Fields) -> int:
        """How many of the fields are right."""
        return sum(
            name in one and _has_numbers(one[name], count) for name, count in self.fields.items()
        )


def _has_numbers(raw: msgspec.Raw, count: int) -> bool:
    try:
        return len(_NUMBERS.decode(raw)) == count
    except msgspec.DecodeError:
        return False
