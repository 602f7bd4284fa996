"""Questions: read from files of three forms, split by group, put into chats."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rewardkit.errors import ConfigError, RolloutError
from rewardkit.generation.dialogues import as_question
from rewardkit.generation.questions import ask, check_modality, read_questions
from rewardkit.generation.split import Data, split_questions
from rewardkit.types import Message, Rollout


def write(path: Path, rows: Sequence[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@pytest.fixture
def many(tmp_path: Path) -> str:
    rows = [{"id": str(i), "group": f"g{i // 2}", "prompt": f"{i}?"} for i in range(200)]
    return write(tmp_path / "many.jsonl", rows)


def test_groups_are_on_one_side(many: str) -> None:
    split = split_questions(Data(train=[many], held_out=0.2), seed=0)
    train, held_out = ({row.group for row in rows} for rows in (split.train, split.held_out))
    assert not train & held_out
    assert len(train | held_out) == 100 and 10 < len(held_out) < 30


def test_split_is_the_seeds_and_more_data_moves_nothing(many: str, tmp_path: Path) -> None:
    first = split_questions(Data(train=[many], held_out=0.2), seed=0)
    more = write(tmp_path / "more.jsonl", [{"id": f"x{i}", "prompt": f"x{i}"} for i in range(50)])
    second = split_questions(Data(train=[more, many], held_out=0.2), seed=0)
    assert {row.id for row in first.held_out} <= {row.id for row in second.held_out}
    assert first.held_out != split_questions(Data(train=[many], held_out=0.2), seed=1).held_out


def test_held_out_files_must_not_be_trained_on(many: str, tmp_path: Path) -> None:
    other = write(tmp_path / "other.jsonl", [{"id": "a", "group": "g3", "prompt": "?"}])
    with pytest.raises(ConfigError, match="got 1 that are, such as 'g3'"):
        split_questions(Data(train=[many], held_out=[other]), seed=0)


# share, number of groups, message
BAD_SHARES = [(1.0, 10, r"share in \[0, 1\), got 1.0"), (0.5, 1, "questions on both sides")]


@pytest.mark.parametrize(("share", "count", "message"), BAD_SHARES)
def test_shares_that_leave_a_side_empty(
    tmp_path: Path, share: float, count: int, message: str
) -> None:
    data = write(tmp_path / "d.jsonl", [{"prompt": f"{i}?"} for i in range(count)])
    with pytest.raises(ConfigError, match=message):
        split_questions(Data(train=[data], held_out=share), seed=0)


def test_questions_are_read_with_renamings_and_absolute_images(tmp_path: Path) -> None:
    data = write(tmp_path / "d.jsonl", [{"problem": "2+2?", "solution": 4, "images": ["a.png"]}])
    (row,) = read_questions([data], {"prompt": ("problem",), "reference": ("solution",)})
    assert (row.prompt, row.reference, row.text) == ("2+2?", 4, "")
    assert row.images == [str(tmp_path / "a.png")]


# line, message
BAD_LINES = [("{", "JSON"), ("[1]", "a JSON object"), ('{"prompt": 3}', "field 'prompt'")]


@pytest.mark.parametrize(("line", "message"), BAD_LINES)
def test_lines_that_are_no_questions(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "d.jsonl").write_text('{"prompt": "1"}\n' + line + "\n")
    with pytest.raises(RolloutError, match=rf"d.jsonl:2: .*{message}"):
        read_questions([str(tmp_path / "d.jsonl")], {})


def test_empty_files_and_repeated_ids(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected questions, got none"):
        read_questions([write(tmp_path / "none.jsonl", [])], {})
    twice = write(tmp_path / "twice.jsonl", [{"id": "a", "prompt": "1"}] * 2)
    with pytest.raises(RolloutError, match=r"twice.jsonl:2: expected another id, got 'a' again"):
        read_questions([twice], {})


def test_mixed_modalities_are_refused() -> None:
    text, image = Rollout(completion=""), Rollout(completion="", images=["a.png"])
    assert not check_modality([text], "x") and check_modality([image], "x")
    with pytest.raises(ConfigError, match=r"x: expected images in every row or in none.* 1 of 2"):
        check_modality([text, image], "x")


def test_instruction_goes_to_the_last_words_of_the_user() -> None:
    chat = [
        Message("system", "s"),
        Message("user", "a"),
        Message("assistant", "b"),
        Message("user", "c"),
    ]
    asked = ask(Rollout(completion="", prompt=chat), "I")
    assert [said["content"] for said in asked] == ["s", "a", "b", "c\n\nI"]
    assert ask(Rollout(completion="", prompt="a"), "") == [{"role": "user", "content": "a"}]


LLAVA = [{"from": "human", "value": "<image>\nHow many?"}, {"from": "gpt", "value": "<SUMMARY>2"}]
MULBERRY = [
    {"role": "user", "content": "<image>How many?"},
    {"role": "assistant", "content": "### 2"},
]
# name, fields, prompt, completion, images
DIALOGUES: list[tuple[str, dict[str, Any], Any, str, list[str]]] = [
    ("llava-cot", {"image": "a.png", "conversations": LLAVA}, "How many?", "<SUMMARY>2", ["a.png"]),
    ("mulberry", {"images": ["a.png"], "messages": MULBERRY}, "How many?", "### 2", ["a.png"]),
    ("ours", {"prompt": "p", "completion": "c", "images": ["b.png"]}, "p", "c", ["b.png"]),
    ("first reply", {"messages": [*MULBERRY, *MULBERRY]}, "How many?", "### 2", []),
    ("system", {"messages": [{"role": "system", "content": "s"}, *MULBERRY]},
     [Message("system", "s"), Message("user", "How many?")], "### 2", []),
]  # fmt: skip


@pytest.mark.parametrize("row", DIALOGUES, ids=[row[0] for row in DIALOGUES])
def test_dialogues(row: tuple[str, dict[str, Any], Any, str, list[str]], tmp_path: Path) -> None:
    _, fields, prompt, completion, images = row
    (read,) = read_questions([write(tmp_path / "d.jsonl", [fields])], {})
    assert (read.prompt, read.text) == (prompt, completion)
    assert read.images == [str(tmp_path / image) for image in images]


def test_dialogue_without_reply_is_a_question() -> None:
    assert "completion" not in as_question({"messages": MULBERRY[:1]})
