"""One line of JSON is a rollout, or a violation that names the field."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.decoding import (
    Violation,
    decode_rollout,
    default_group,
    describe,
    look_up,
    rename,
)
from rewardkit.types import Rollout


def decode(line: bytes | dict[str, object]) -> Rollout | Violation:
    data = line if isinstance(line, bytes) else json.dumps(line).encode()
    return decode_rollout(data, {}, "7")


def read(fields: dict[str, object]) -> Rollout:
    rollout = decode(fields)
    assert isinstance(rollout, Rollout)
    return rollout


VIOLATIONS = {
    "empty object": (b"{}", "completion", "a string or chat messages at 'completion'", "fields"),
    "null completion": (b'{"completion": null}', "completion", "a string or chat", ""),
    "number as completion": (b'{"completion": 5}', "completion", "string or chat", "integer 5"),
    "completion without assistant": (
        b'{"completion": [{"role": "user", "content": "x"}]}',
        "completion",
        "a message of role assistant",
        "['user']",
    ),
    "no messages": (b'{"completion": []}', "completion", "a message of role assistant", "[]"),
    "message without role": (
        b'{"completion": [{"content": "x"}]}',
        "completion[0]",
        "an object with the field role",
        "object",
    ),
    "content of a message": (
        b'{"completion": [{"role": "assistant", "content": 5}]}',
        "completion[0].content",
        "string | list",
        "integer 5",
    ),
    "id": (b'{"completion": "a", "id": 5}', "id", "string", "integer 5"),
    "group": (b'{"completion": "a", "group": [1]}', "group", "string", "list [1]"),
    "task": (b'{"completion": "a", "task": {}}', "task", "string", "object {}"),
    "reference": (b'{"completion": "a", "reference": true}', "reference", "string, number", "true"),
    "choices": (b'{"completion": "a", "choices": "AB"}', "choices", "list", 'string "AB"'),
    "choice": (b'{"completion": "a", "choices": ["A", 2]}', "choices[1]", "string", "integer 2"),
    "keywords": (b'{"completion": "a", "keywords": [1]}', "keywords[0]", "string", "integer 1"),
    "tokens": (b'{"completion": "a", "completion_tokens": "9"}', "completion_tokens", "int", '"9"'),
    "below zero": (
        b'{"completion": "a", "completion_tokens": -1}',
        "completion_tokens",
        ">= 0",
        "-1",
    ),
    "fraction": (
        b'{"completion": "a", "completion_tokens": 1.5}',
        "completion_tokens",
        "int",
        "1.5",
    ),
    "truncated": (b'{"completion": "a", "truncated": 1}', "truncated", "boolean", "integer 1"),
    "prompt": (b'{"completion": "a", "prompt": 5}', "prompt", "string or chat", "integer 5"),
    "not JSON": (b"nope", "", "JSON", "nope"),
    "cut off": (b'{"completion": "a', "", "JSON", "truncated"),
    "two values": (b'{"completion": "a"} {}', "", "JSON", "trailing"),
    "a list": (b"[1]", "", "a JSON object", "list [1]"),
    "a string": (b'"x"', "", "a JSON object", 'string "x"'),
    "NaN": (b'{"completion": "a", "reference": NaN}', "", "JSON", "invalid character"),
    "infinite": (b'{"completion": "a", "reference": 1e999}', "", "JSON", "out of range"),
    "NUL byte": (b'{"completion": "\x00"}', "", "JSON", r"\x00"),
    "not UTF-8": (b'{"completion": "\xff"}', "", "UTF-8", "byte 0xff"),
    "UTF-16": ('{"completion": "a"}'.encode("utf-16"), "", "JSON", ""),
    "nested too deep": (b"[" * 100_000, "", "JSON", "recursion"),
}


@pytest.mark.parametrize("name", VIOLATIONS)
def test_violation_names_field_expected_and_got(name: str) -> None:
    line, field, expected, got = VIOLATIONS[name]

    violation = decode(line)

    assert isinstance(violation, Violation)
    assert violation.field == field
    assert expected in violation.expected
    assert got in violation.got
    assert "\n" not in str(violation)
    assert len(str(violation)) < 400


def test_missing_completion_tells_what_the_line_has() -> None:
    violation = decode({"response": "A: 72", "prompt": "x"})

    assert "fields response, prompt" in str(violation)


def test_defaults() -> None:
    rollout = read({"completion": "A: 72"})

    assert (rollout.id, rollout.group, rollout.task) == ("7", "7", "math")
    assert (rollout.reference, rollout.choices, rollout.truncated) == (None, [], False)
    assert rollout.completion_tokens is None


def test_null_counts_as_absent() -> None:
    rollout = read({"completion": "a", "id": None, "keywords": None, "truncated": None})

    assert (rollout.id, rollout.keywords, rollout.truncated) == ("7", [], False)


def test_group_defaults_to_the_prompt() -> None:
    same = [read({"completion": "a", "prompt": "2+2?", "id": str(i)}).group for i in range(2)]
    chat = [{"role": "user", "content": "2+2?"}]
    other = read({"completion": "a", "prompt": chat}).group

    assert same[0] == same[1] == default_group("2+2?", "x")
    assert other not in same
    assert read({"completion": "a", "prompt": chat}).group == other


def test_unknown_fields_are_kept_untouched() -> None:
    extra = {"step": 3, "nested": {"a": [None, 1.5]}, "Completion": "x"}

    assert read({"completion": "a", **extra}).extra == extra


def test_last_assistant_message_is_the_reply() -> None:
    rollout = read(
        {
            "completion": [
                {"role": "assistant", "content": "let me look"},
                {"role": "tool", "content": "72"},
                {
                    "role": "assistant",
                    "content": [{"type": "text", "text": "A: "}, {"type": "text", "text": "72"}],
                    "tool_calls": [],
                },
                {"role": "user", "content": "thanks"},
            ]
        }
    )

    assert rollout.text == "A: 72"


def test_half_a_surrogate_pair_becomes_the_replacement_character() -> None:
    rollout = decode(rb'{"completion": "\ud800 \u00e9 \ud83d\ude00", "id": "a"}')

    assert isinstance(rollout, Rollout)
    assert rollout.text == "\ufffd é 😀"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("a.b", 1),
        ("c.0.1", 3),
        ("d.e", "dotted name"),
    ],
)
def test_look_up(place: str, value: object) -> None:
    assert look_up({"a": {"b": 1}, "c": [[2, 3]], "d.e": "dotted name"}, place) == value


def test_renamed_field_moves_and_a_nested_source_stays() -> None:
    fields = {"response": "x", "model": {"truth": "72"}, "reference": "old"}

    renamed = rename(fields, {"completion": ("response",), "reference": ("model.truth",)})

    assert renamed == {"completion": "x", "reference": "72", "model": {"truth": "72"}}


def test_swapped_names() -> None:
    renamed = rename(
        {"prompt": "p", "completion": "c"}, {"prompt": ("completion",), "completion": ("prompt",)}
    )

    assert renamed == {"prompt": "c", "completion": "p"}


@given(st.binary(max_size=200))
def test_any_bytes_give_a_rollout_or_a_violation(line: bytes) -> None:
    result = decode(line)

    assert isinstance(result, Rollout | Violation)
    msgspec.json.encode(msgspec.to_builtins(result))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(Rollout.__struct_fields__), JSON))
def test_any_values_of_the_fields_give_a_rollout_or_a_violation(fields: dict[str, object]) -> None:
    result = decode(json.dumps(fields).encode())

    assert isinstance(result, Rollout | Violation)
    if isinstance(result, Rollout):
        assert isinstance(result.text, str)
        assert isinstance(result.prompt_text, str)


CANDIDATES = [
    ({"solution": None, "answer": "4"}, {"reference": "4", "solution": None}),
    ({"solution": "5", "answer": "4"}, {"reference": "5", "answer": "4"}),
    ({"solution": None, "answer": None}, {"reference": None, "answer": None}),
    ({"other": "4"}, {"other": "4"}),
]


@pytest.mark.parametrize(("fields", "renamed"), CANDIDATES)
def test_the_first_place_with_a_value_is_taken_and_the_others_stay(
    fields: dict[str, object], renamed: dict[str, object]
) -> None:
    assert rename(fields, {"reference": ("solution", "answer")}) == renamed


def test_a_renamed_field_that_is_null_is_not_replaced_by_one_of_its_name() -> None:
    fields = {"gold": None, "reference": "5"}

    assert rename(fields, {"reference": ("gold",)}) == {"reference": None}


@pytest.mark.parametrize("value", [object(), 4j, float])
def test_what_json_can_not_say_is_described_by_its_type(value: object) -> None:
    assert describe(value) == type(value).__name__
