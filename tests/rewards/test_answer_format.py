"""Answer format: which fields count as there."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.rewards import AnswerFormat
from rewardkit.types import Reference, Rollout, Score

FIELDS = {"bbox_2d": 4, "point_2d": 2}
FULL = '{"bbox_2d": [1, 2, 3, 4], "point_2d": [5, 6]}'


def score(text: str, reference: Reference = None, **options: object) -> Score:
    reward = AnswerFormat(**{"fields": FIELDS, "template": None, **options})  # type: ignore[arg-type]  # options of the test
    return reward([Rollout(completion=text, reference=reference)])[0]


def short(value: object) -> str | None:
    """A test's name, for texts that may be long."""
    return value[:30] if isinstance(value, str) else None


@pytest.mark.parametrize(
    ("name", "text", "graded", "strict"),
    [
        ("all fields", f"[{FULL}]", 1.0, 1.0),
        ("two objects", f"[{FULL}, {FULL}]", 1.0, 1.0),
        ("fence", f"```json\n[{FULL}]\n```", 1.0, 1.0),
        ("another field", '[{"bbox_2d": [1,2,3,4], "point_2d": [5,6], "label": "a: b"}]', 1.0, 1.0),
        ("one field", '[{"bbox_2d": [1, 2, 3, 4]}]', 0.5, 0.0),
        ("one of two objects", f"[{FULL}, {{}}]", 0.5, 0.0),
        ("three numbers", '[{"bbox_2d": [1, 2, 3], "point_2d": [5, 6]}]', 0.5, 0.0),
        ("strings", '[{"bbox_2d": ["1", "2", "3", "4"], "point_2d": [5, 6]}]', 0.5, 0.0),
        ("truth values", '[{"bbox_2d": [1, 2, 3, 4], "point_2d": [true, false]}]', 0.5, 0.0),
        ("null", '[{"bbox_2d": null, "point_2d": [5, 6]}]', 0.5, 0.0),
        ("numbers that locate nothing", '[{"bbox_2d": [9,9,1,1], "point_2d": [5, 6]}]', 1.0, 1.0),
        ("too large for a float", '[{"bbox_2d": [1e999,9,1,1], "point_2d": [5, 6]}]', 0.5, 0.0),
        ("no objects", "[[1, 2, 3, 4]]", 0.0, 0.0),
        ("one object, no list", FULL, 0.0, 0.0),
        ("empty list", "[]", 0.0, 0.0),
        ("NaN", '[{"bbox_2d": [NaN, 2, 3, 4]}]', 0.0, 0.0),
        ("words", "left", 0.0, 0.0),
        ("words around it", f"Here: [{FULL}]", 0.0, 0.0),
        ("key twice", '[{"bbox_2d": [1, 2, 3, 4], "bbox_2d": [1, 2, 3, 4]}]', 0.0, 0.0),
        ("object inside", '[{"bbox_2d": [1, 2, 3, 4], "x": {"a": 1}}]', 0.0, 0.0),
        ("nested", f'[{{"bbox_2d": [1, 2, 3, 4], "x": {"[" * 500}{"]" * 500}}}]', 0.0, 0.0),
        ("nested deep", f'[{{"x": {"[" * 30_000}{"]" * 30_000}}}]', 0.0, 0.0),
        ("open", "[" * 60_000, 0.0, 0.0),
        ("too many", f"[{', '.join([FULL] * 121)}]", 0.0, 0.0),
        ("too long", " " * 70_000 + f"[{FULL}]", 1.0, 1.0),
        ("too long inside", f"[{FULL}{' ' * 70_000}]", 0.0, 0.0),
        ("surrogate", f"[{FULL}]\ud800", 0.0, 0.0),
        ("empty", "", 0.0, 0.0),
    ],
    ids=short,
)
def test_value(name: str, text: str, graded: float, strict: float) -> None:
    assert score(text).value == graded, (name, score(text))
    assert score(text, graded=False).value == strict, name


@pytest.mark.parametrize(
    ("reference", "value"),
    [([], 1.0), ("[]", 1.0), ([[1, 2, 3, 4]], 0.0), (None, 0.0), ("", 0.0), ("words", 0.0)],
)
def test_an_empty_list_is_right_only_where_there_is_nothing(
    reference: Reference, value: float
) -> None:
    assert score("[]", reference) == Score(value, "an empty list")


def test_one_object() -> None:
    assert score(FULL, form="object").value == 1.0
    assert score(f"[{FULL}]", form="object").value == 0.0
    assert score("{}", form="object").value == 0.0


def test_the_answer_is_where_the_template_says() -> None:
    reply = f"<think>[{FULL}]</think><answer>left</answer>"

    assert score(reply, template="think-answer").value == 0.0
    assert score(reply, template="think-answer", section="think").value == 1.0


@given(st.lists(st.lists(st.integers(-9, 9) | st.floats(-9, 9), max_size=5), min_size=1))
def test_equals_the_share_of_lists_of_the_right_length(lists: list[list[float]]) -> None:
    text = json.dumps([{"a": numbers} for numbers in lists])
    share = sum(len(numbers) == 3 for numbers in lists) / len(lists)

    assert score(text, fields={"a": 3}).value == share


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fields": {}}, "answer-format.fields: expected at least one field, got none"),
        ({"fields": {"a": 0}}, "answer-format.fields: expected names with 1 to 100 numbers, got"),
        ({"fields": {"": 4}}, "answer-format.fields: expected names"),
        ({"fields": {"a": "4"}}, "answer-format.fields: expected a mapping to a whole number"),
        ({"fields": FIELDS, "form": "set"}, "answer-format.form: expected one of list, object"),
        ({"fields": FIELDS, "max_objects": 0}, "answer-format.max_objects: expected 1 to 1000"),
        ({"fields": FIELDS, "section": "x"}, "answer-format.section: expected one of think"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        AnswerFormat(**options)  # type: ignore[arg-type]  # wrong on purpose
    assert str(caught.value).startswith(message)


def test_survives_pickle() -> None:
    reward = AnswerFormat(fields=FIELDS, graded=False)
    assert pickle.loads(pickle.dumps(reward)) == reward
