"""What an exchange with a model by the Responses API says of a rollout.

Source: the Responses API, https://platform.openai.com/docs/api-reference/responses.
"""

from collections.abc import Iterator, Mapping
from typing import Any


def exchange_row(
    asked: Mapping[str, Any], response: Mapping[str, Any], has_images: bool
) -> dict[str, Any]:
    """The fields of a rollout that follow from the exchange.

    Args:
        asked: The request; its `input` is the prompt.
        response: The answer; the texts of its last message are the completion.
        has_images: Whether the rollout has images already; those of the prompt are left then.

    >>> text = {"type": "output_text", "text": "so 4"}
    >>> exchange_row({"input": "2+2?"}, {"output": [{"type": "message", "content": [text]}]}, False)
    {'prompt': '2+2?', 'completion': 'so 4'}
    """
    given = asked.get("input", "")
    row: dict[str, Any] = {
        "prompt": given if isinstance(given, str) else list(messages(given)),
        "completion": reply_text(response.get("output")),
    }
    details = response.get("incomplete_details")
    if isinstance(details, dict) and details.get("reason") == "max_output_tokens":
        row["truncated"] = True
    usage = response.get("usage")
    if isinstance(usage, dict) and isinstance(usage.get("output_tokens"), int):
        row["completion_tokens"] = usage["output_tokens"]
    if not has_images and (images := list(input_images(given))):
        row["images"] = images
    return row


def reply_text(output: object) -> str:
    """The texts of the last message of the model; empty where it has only thought or called."""
    for item in reversed(output if isinstance(output, list) else []):
        if isinstance(item, dict) and item.get("type") == "message":
            content = item.get("content")
            if isinstance(content, str):
                return content
            parts = content if isinstance(content, list) else []
            texts = [part.get("text") for part in parts if isinstance(part, dict)]
            return "".join(text for text in texts if isinstance(text, str))
    return ""


def messages(asked: object) -> Iterator[dict[str, Any]]:
    """The chat messages among the items of an input."""
    for item in asked if isinstance(asked, list) else []:
        if isinstance(item, dict) and isinstance(item.get("role"), str):
            yield {"role": item["role"], "content": item.get("content")}


def input_images(asked: object) -> Iterator[str]:
    """The images among the pieces of an input's messages."""
    for message in messages(asked):
        pieces = message["content"]
        for piece in pieces if isinstance(pieces, list) else []:
            if isinstance(piece, dict) and piece.get("type") == "input_image":
                if isinstance(url := piece.get("image_url"), str):
                    yield url
