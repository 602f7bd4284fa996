"""Chat: one request to an OpenAI-compatible server and what its response may be."""

from typing import Any, Final

import msgspec

from rewardkit.rewards.judging.answers import Unclear, plain_line


class Message(msgspec.Struct, frozen=True):
    """A message of a request."""

    role: str
    content: str


class ChatRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of `POST /chat/completions`; what is None is not sent.

    Source: https://platform.openai.com/docs/api-reference/chat/create, as vLLM serves it.
    """

    model: str
    messages: list[Message]
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    response_format: dict[str, object] | None = None

    def encode(self) -> bytes:
        """JSON, the same for the same request: what is sent, and what a cache is keyed by."""
        return msgspec.json.encode(self, order="deterministic")


class _Said(msgspec.Struct, frozen=True):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[Any] | None = None


class _Choice(msgspec.Struct, frozen=True):
    message: _Said
    finish_reason: str | None = None


class _Response(msgspec.Struct, frozen=True):
    choices: list[_Choice]


class _ErrorText(msgspec.Struct, frozen=True):
    message: str = ""


class _Error(msgspec.Struct, frozen=True):
    error: _ErrorText | str = ""
    message: str = ""  # where older versions of vLLM say it


FINISHED: Final = "stop"


def read_response(body: bytes) -> str | Unclear:
    """What the judge wrote, of the body of a response with status 200.

    Returns:
        The message's content; Unclear where it is cut off, refused, a call of a tool, empty or no
        chat completion at all.

    >>> read_response(b'{"choices": [{"message": {"content": "7"}, "finish_reason": "stop"}]}')
    '7'
    >>> read_response(b'{"choices": [{"message": {"content": "7"}, "finish_reason": "length"}]}')
    Unclear(reason="the judge's answer was cut off at max_tokens")
    """
    try:
        choices = msgspec.json.decode(body, type=_Response).choices
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        shown = plain_line(body[:200].decode("utf-8", "replace"), 80) or "nothing"
        return Unclear(f"the response is no chat completion: {shown}")
    if len(choices) != 1:
        return Unclear(f"expected one choice in the response, got {len(choices)}")
    [choice] = choices
    said, end = choice.message, choice.finish_reason
    if said.refusal or end == "content_filter":
        return Unclear(f"the judge refused: {plain_line(said.refusal or 'content filter')}")
    if said.tool_calls or end in ("tool_calls", "function_call"):
        return Unclear("the judge called a tool")
    if end == "length":
        return Unclear("the judge's answer was cut off at max_tokens")
    if end != FINISHED:
        return Unclear(f"expected finish_reason 'stop', got {plain_line(str(end), 40)!r}")
    if said.content is None or not said.content.strip():
        return Unclear("the judge's answer is empty")
    return said.content


def read_error(body: bytes) -> str:
    """What a server says in the body of an error, on one bounded line; empty where it says nothing.

    >>> read_error(b'{"error": {"message": "model not found", "type": "x"}}')
    'model not found'
    """
    try:
        error = msgspec.json.decode(body, type=_Error)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return ""
    text = error.error if isinstance(error.error, str) else error.error.message
    return plain_line(text or error.message, 120)
