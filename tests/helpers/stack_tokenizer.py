"""A tokenizer of single characters: decoding gives back what was encoded."""

from collections.abc import Iterable
from typing import Any


def make_tokenizer(texts: Iterable[str]) -> Any:  # noqa: ANN401 - the stacks' versions differ
    """A tokenizer that knows the characters of some texts."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    tokens = ["<pad>", "<unk>", "<eos>", *sorted({c for text in texts for c in text})]
    words = models.WordLevel({t: n for n, t in enumerate(tokens)}, unk_token="<unk>")
    tokenizer = Tokenizer(words)
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.decoder = decoders.Fuse()
    make: Any = PreTrainedTokenizerFast  # it has no types
    return make(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>", eos_token="<eos>")
