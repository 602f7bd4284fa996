"""Exchanges by the Responses API, as rollouts."""

from typing import Any

import pytest

from rewardkit.adapters.nemo_gym import to_row
from rewardkit.adapters.responses import exchange_row

PNG = "data:image/png;base64,AA=="


def said(text: object, kind: str = "message") -> dict[str, Any]:
    return {"type": kind, "content": text}


REPLIES: dict[str, tuple[object, str]] = {
    "one part": ([said([{"type": "output_text", "text": "4"}])], "4"),
    "several parts": ([said([{"text": "so "}, {"text": "4"}])], "so 4"),
    "a refusal among them": ([said([{"refusal": "no"}, {"text": "4"}])], "4"),
    "plain text": ([said("4")], "4"),
    "the last of two": ([said("3"), said("4")], "4"),
    "before a call": ([said("4"), said(None, "function_call")], "4"),
    "only thought": ([said("4", "reasoning")], ""),
    "nothing": ([], ""),
    "no list": (None, ""),
    "of another form": ([1, said(1)], ""),
}


@pytest.mark.parametrize("name", REPLIES)
def test_the_reply_is_the_text_of_the_last_message(name: str) -> None:
    output, reply = REPLIES[name]
    assert exchange_row({"input": "?"}, {"output": output}, False)["completion"] == reply


def test_a_conversation_is_a_prompt_with_its_images() -> None:
    pieces = [
        {"type": "input_image", "image_url": PNG},
        {"type": "input_text", "text": "how many?"},
    ]
    asked = {"input": [{"role": "user", "content": pieces}, {"type": "function_call"}]}
    row = exchange_row(asked, {}, False)
    assert row["prompt"] == [{"role": "user", "content": pieces}]
    assert row["images"] == [PNG]
    assert "images" not in exchange_row(asked, {}, True)


def test_what_was_cut_off_says_so() -> None:
    response = {
        "incomplete_details": {"reason": "max_output_tokens"},
        "usage": {"output_tokens": 9},
    }
    row = exchange_row({}, response, False)
    assert (row["truncated"], row["completion_tokens"]) == (True, 9)


def test_the_fields_beside_the_exchange_are_the_rows() -> None:
    fields = {
        "responses_create_params": {"input": "?"},
        "response": {"output": [said("4")]},
        "label": "4",
    }
    assert to_row(fields) == {"label": "4", "prompt": "?", "completion": "4"}
