"""The special tokens that stacks leave at the end of a reply's text."""

from collections.abc import Sequence

END_TOKENS = (
    "</s>",
    "<eos>",
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|end_of_text|>",
    "<end_of_turn>",
    "<|end|>",
    "<|return|>",
    "<｜end▁of▁sentence｜>",  # noqa: RUF001 - DeepSeek writes it so
)
"""Tokens at the end of a reply, in the words of the usual models."""


def without_end(reply: str, end_tokens: Sequence[str] = END_TOKENS) -> str:
    """The reply without the special tokens that ended it.

    >>> without_end("so 4<|im_end|><|endoftext|>")
    'so 4'
    """
    ends, stop = tuple(end_tokens), len(reply)
    while ends and reply.endswith(ends, 0, stop):  # without a copy of the reply for each token
        stop -= len(next(end for end in ends if reply.endswith(end, 0, stop)))
    return reply[:stop]
