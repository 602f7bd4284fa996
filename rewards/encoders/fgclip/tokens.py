"""Texts to token ids: the published tokenizer's words, our own end, padding and truncation.

The published tokenizer files are used through `tokenizers` alone. What stands in a text never
becomes a token that steers the model: FG-CLIP v1 is read at the first end token, and a reply that
could write one would hide its rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from rewardkit.rewards.encoders.base import Tokens
from rewardkit.rewards.encoders.fgclip.faults import fault
from rewardkit.rewards.encoders.tokenizing import plain_errors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_CHARACTERS: Final = 20_000
"""Of a text; more than any of the models reads, unless it is mostly white space."""


class Marks(NamedTuple):
    """The special tokens that a model's texts are set in.

    Attributes:
        begin: Set before a text; None for none.
        end: Set behind it, always.
        padding: Fills up the rest.
    """

    begin: str | None
    end: str
    padding: str


CLIP_MARKS: Final = Marks("<|startoftext|>", "<|endoftext|>", "<|endoftext|>")
GEMMA_MARKS: Final = Marks(None, "<eos>", "<pad>")


class Cutter:
    """Cuts texts into token ids of a given length; several threads may use it at once."""

    def __init__(self, tokenizer: Tokenizer, marks: Marks, lower: bool, place: Path) -> None:
        """Take over a tokenizer.

        Args:
            tokenizer: Whatever its file says of truncation, padding and special tokens is undone.
            marks: The special tokens to set.
            lower: Lower-case texts first.
            place: Where it was read, for errors.

        Raises:
            ConfigError: When the tokenizer lacks one of the marks.
        """
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True  # in a text they are text
        self._tokenizer, self._lower, self._place = tokenizer, lower, place
        self._begin = [] if marks.begin is None else [self._id(marks.begin)]
        self.end_id = self._id(marks.end)
        self._padding = self._id(marks.padding)
        self._steering = {*self._begin, self.end_id, self._padding}

    def _id(self, mark: str) -> int:
        found = self._tokenizer.token_to_id(mark)
        if found is None:
            raise fault(self._place, f"a token {mark!r}", "none of that name")
        return found

    @property
    def largest_id(self) -> int:
        """The largest id that a text can get."""
        words = self._tokenizer.get_vocab_size(with_added_tokens=False) - 1
        added = self._tokenizer.get_added_tokens_decoder().items()
        plain = [number for number, token in added if not token.special]
        return max(words, *plain, *self._steering)

    def cut(self, texts: Sequence[str], length: int) -> Tokens:
        """Cut texts into exactly `length` tokens each: begin, words, end, padding.

        Args:
            texts: Any texts; lone surrogates become question marks.
            length: Tokens, at least 3.

        Returns:
            Ids [M, length]; a truncated text keeps its begin and its end token.
        """
        room = length - 1 - len(self._begin)
        read = self._tokenizer.encode_batch_fast(
            [self._clean(text) for text in texts], add_special_tokens=False
        )
        ids, truncated = [], []
        for text, encoding in zip(texts, read, strict=True):
            words = [number for number in encoding.ids if number not in self._steering]
            row = [*self._begin, *words[:room], self.end_id]
            ids.append(row + [self._padding] * (length - len(row)))
            truncated.append(len(words) > room or len(text) > MAX_CHARACTERS)
        return Tokens(ids, truncated)

    def _clean(self, text: str) -> str:
        text = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode()
        return text.lower() if self._lower else text


def read_tokenizer(folder: Path) -> Tokenizer:
    """Read a checkpoint's tokenizer: tokenizer.json, else CLIP's vocab.json and merges.txt.

    Raises:
        ConfigError: When there is none, or it can't be read.
    """
    from tokenizers import Tokenizer
    from transformers import CLIPTokenizer

    whole, old = folder / "tokenizer.json", folder / "vocab.json"
    if not whole.is_file() and not (old.is_file() and (folder / "merges.txt").is_file()):
        raise fault(folder, "tokenizer.json, or vocab.json and merges.txt", "neither")
    try:
        with plain_errors():
            if whole.is_file():
                return Tokenizer.from_str(whole.read_text("utf-8"))
            backend: Tokenizer = CLIPTokenizer.from_pretrained(folder).backend_tokenizer
            return backend
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise fault(whole if whole.is_file() else old, "a tokenizer", error) from None
