"""Lines of questions, and the group that each belongs to."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.analysis.questions import (
    QuestionLine,
    add_rate,
    data_questions,
    dropped_fields,
    question_name,
    question_of,
)
from rewardkit.decoding import default_group
from rewardkit.errors import ConfigError

HASH = default_group("2+2?", "")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        pytest.param({"group": "g", "id": "known", "prompt": "2+2?"}, "g", id="the group wins"),
        pytest.param({"group": 3}, "3", id="a number as group"),
        pytest.param({"group": None, "id": "known", "prompt": "2+2?"}, "known", id="a known id"),
        pytest.param({"id": 7}, "7", id="a number as id"),
        pytest.param({"id": "else", "prompt": "2+2?"}, HASH, id="the prompt, as the id is unknown"),
        pytest.param({"id": "else"}, "else", id="an unknown id alone"),
        pytest.param({"id": True, "prompt": "2+2?"}, HASH, id="true is no id"),
        pytest.param({"id": ["known"], "prompt": "2+2?"}, HASH, id="a list is no id"),
        pytest.param({"prompt": ""}, "", id="an empty prompt"),
        pytest.param({"prompt": 3}, "", id="a number is no prompt"),
        pytest.param({}, "", id="nothing"),
    ],
)
def test_name(fields: dict[str, Any], name: str) -> None:
    assert question_name(fields, {"known": 0, "7": 1}) == name


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4), st.none() | st.floats(0, 1))
def test_any_question_keeps_its_fields(fields: dict[str, Any], rate: float | None) -> None:
    fields = {name: value for name, value in fields.items() if name != "pass_rate"}
    line = msgspec.json.encode(fields)
    rated = add_rate(QuestionLine(0, "q", line), rate)
    assert msgspec.json.decode(rated) == {**fields, "pass_rate": rate}
    assert rated.startswith(line[:-1])
    scored = {**fields, "prompt": "2+2?", "completion": "4", "reward": 1.0, "input_id": "x"}
    kept = msgspec.json.decode(question_of(msgspec.json.encode(scored), dropped_fields([])))
    own = {"id", "reward", "status", "scores", "completion", "completion_tokens", "truncated"}
    assert kept == {**{k: v for k, v in fields.items() if k not in own}, "prompt": "2+2?"}


def test_a_line_that_is_no_question_is_named(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"id": "1"}\n[]\n')
    questions = data_questions(path, {}, {})
    assert next(questions) == QuestionLine(None, "1", b'{"id": "1"}')
    with pytest.raises(ConfigError, match=r"data\.jsonl:2: expected a JSON object"):
        next(questions)
