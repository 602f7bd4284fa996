"""Texts to ids with a Hugging Face tokenizer: the end token stays, a text can't smuggle one in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.base import Tokens

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@contextmanager
def plain_errors() -> Iterator[None]:
    """Let what the package tokenizers says of a malformed file be a ValueError.

    It raises the class Exception itself, which can't be caught more narrowly; all else passes.

    Raises:
        ValueError: With its words.
    """
    try:
        yield
    except Exception as error:
        if type(error) is not Exception:
            raise
        raise ValueError(str(error)) from error


class WrappedTokenizer:
    """A tokenizer that cuts behind the last token that fits, and says that it did.

    Special tokens that stand in a text, such as `<|endoftext|>`, are words there: a reply could
    otherwise end its own caption early and hide the rest. An unknown character that the tokenizer
    writes as its end token is left out for the same reason.

    Args:
        tokenizer: A tokenizer of transformers.
        length: Tokens of each row, special ones included.

    Raises:
        ConfigError: When the tokenizer has no padding.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, length: int) -> None:
        """Find what the tokenizer puts around a text."""
        self._tokenizer, self._length = tokenizer, length
        self._before, self._after = _around(tokenizer)
        if tokenizer.pad_token_id is None:
            raise ConfigError("encoder: expected a tokenizer with a padding token, got none")
        self._padding: int = tokenizer.pad_token_id
        self._pads_left = tokenizer.padding_side == "left"
        self._special = {*self._before, *self._after}

    def cut(self, texts: Sequence[str]) -> Tokens:
        """Cut texts into rows of the length, [M, length]."""
        if not texts:
            return Tokens([], [])
        found = self._tokenizer(
            list(texts), add_special_tokens=False, split_special_tokens=True, verbose=False
        )
        rows, truncated = [], []
        room = self._length - len(self._before) - len(self._after)
        for ids in found["input_ids"]:
            own = [token for token in ids if token not in self._special]
            row = [*self._before, *own[:room], *self._after]
            padding = [self._padding] * (self._length - len(row))
            rows.append(padding + row if self._pads_left else row + padding)
            truncated.append(len(own) > room)
        return Tokens(rows, truncated)


def _around(tokenizer: PreTrainedTokenizerBase) -> tuple[list[int], list[int]]:
    """The ids in front of and behind a text."""
    bare = tokenizer("a", add_special_tokens=False)["input_ids"]
    full = tokenizer("a")["input_ids"]
    for start in range(len(full) - len(bare) + 1):
        if full[start : start + len(bare)] == bare:
            return full[:start], full[start + len(bare) :]
    raise ConfigError("encoder: expected a tokenizer that puts special tokens around a text only")
