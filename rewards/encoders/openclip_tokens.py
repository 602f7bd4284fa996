"""Texts to ids as open_clip's tokenizers do, with the end kept and what was cut reported."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from open_clip.tokenizer import SigLipTokenizer, SimpleTokenizer, basic_clean, canonicalize_text

from rewardkit.rewards.encoders.base import Tokens

if TYPE_CHECKING:
    from open_clip.tokenizer import HFTokenizer

WORD: Final = re.compile(r"\S+")

TOKEN_CHARACTERS: Final = 32
"""Of the longest of CLIP's tokens, in bytes; so a row holds at most its length times as many."""

MAX_WORDS: Final = 100_000
"""Words that are remembered; the tokenizer itself would keep all that a policy ever wrote."""


class OpenClipTokenizer:
    """One of open_clip's tokenizers.

    Special tokens that stand in a text are left out or read as words: a reply could otherwise end
    its own caption early and hide the rest.

    Args:
        tokenizer: As `open_clip.get_tokenizer` gives it.
    """

    def __init__(self, tokenizer: SimpleTokenizer | HFTokenizer | SigLipTokenizer) -> None:
        """Hold it."""
        self._tokenizer = tokenizer
        self._specials = dict(tokenizer.cache) if isinstance(tokenizer, SimpleTokenizer) else {}
        self._length: int = tokenizer.context_length or 77

    def cut(self, texts: Sequence[str]) -> Tokens:
        """Cut texts into rows of the context's length, [M, length]."""
        if isinstance(self._tokenizer, SimpleTokenizer):
            return self._cut_simple(self._tokenizer, texts)
        return self._cut_wrapped(self._tokenizer, texts)

    def _cut_simple(self, tokenizer: SimpleTokenizer, texts: Sequence[str]) -> Tokens:
        """CLIP's own byte pairs, end token last, zeros behind it."""
        room = self._length - 2
        rows, truncated = [], []
        for text in texts:
            if len(tokenizer.cache) > MAX_WORDS:
                tokenizer.cache = dict(self._specials)
            found = tokenizer.encode(_bounded(tokenizer, text, self._length * TOKEN_CHARACTERS))
            own = [token for token in found if token not in tokenizer.all_special_ids]
            row = [tokenizer.sot_token_id, *own[:room], tokenizer.eot_token_id]
            rows.append(row + [0] * (self._length - len(row)))
            truncated.append(len(own) > room)
        return Tokens(rows, truncated)

    def _cut_wrapped(
        self, tokenizer: HFTokenizer | SigLipTokenizer, texts: Sequence[str]
    ) -> Tokens:
        """A tokenizer of transformers inside: open_clip pads and cuts, the full count is asked."""
        inner = tokenizer.tokenizer
        inner.split_special_tokens = True
        rows: list[list[int]] = tokenizer(list(texts), context_length=self._length).tolist()
        clean = _canonical if isinstance(tokenizer, SigLipTokenizer) else tokenizer.clean_fn
        full = inner([clean(text) for text in texts], verbose=False)["input_ids"]
        return Tokens(rows, [len(ids) > self._length for ids in full])


def _bounded(tokenizer: SimpleTokenizer, text: str, longest: int) -> str:
    """The text up to the end of the first part of a word that is more than a row can hold.

    The original tokenizer takes the square of a word's length, and what is behind isn't seen.
    """
    if all(len(word[0]) <= longest for word in WORD.finditer(text)):
        return text
    clean: str = tokenizer.clean_fn(text)  # `&#x1f602;` is one character of a word then
    for word in WORD.finditer(clean):
        if len(word[0]) > longest:
            return clean[: word.start() + longest]
    return text


def _canonical(text: str) -> str:
    return str(canonicalize_text(basic_clean(text)))
