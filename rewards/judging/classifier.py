"""A sequence-classification model: conversations in, logits out, whatever batch they come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from rewardkit.rewards.judging.conversation import Breaker, Turn

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, ProcessorMixin

Logits: TypeAlias = tuple[float, ...]
"""One for each label of the model; may be infinite or NaN."""


class Encoded(NamedTuple):
    """A conversation as a model takes it.

    Attributes:
        ids: Token ids.
        others: Further inputs of an image-text model, by the processor's names, each with a first
            axis of size 1 or of images.
    """

    ids: list[int]
    others: dict[str, torch.Tensor]


class Classifier:
    """The weights, the tokenizer and, of an image-text model, the processor.

    Args:
        model: In evaluation mode, on its device.
        tokenizer: With a chat template, its own or the processor's.
        processor: None for a model of text.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        processor: ProcessorMixin | None,
    ) -> None:
        """Find the tokens that must not stand in a message, and the one that fills up."""
        self._model, self._tokenizer, self._processor = model, tokenizer, processor
        added = tokenizer.added_tokens_decoder.values()
        special = {token.content for token in added if token.special}
        self.breaker = Breaker(special | set(tokenizer.all_special_tokens))
        self._text_config = model.config.get_text_config()
        if getattr(self._text_config, "use_cache", False):
            self._text_config.use_cache = False  # keys and values that nothing would read
        embeddings: Any = model.get_input_embeddings()
        self.vocabulary = int(embeddings.weight.shape[0])
        pad = getattr(self._text_config, "pad_token_id", None)
        self._pad = pad if isinstance(pad, int) and 0 <= pad < self.vocabulary else None

    @property
    def sees_images(self) -> bool:
        """Whether it can be shown images."""
        return self._processor is not None

    @property
    def labels(self) -> int:
        """How many logits it gives."""
        return int(self._model.config.num_labels or 0)

    @property
    def longest(self) -> int:
        """Tokens of the longest conversation that it takes, as its files say."""
        limits = (
            self._tokenizer.model_max_length,
            getattr(self._text_config, "max_position_embeddings", None),
            *_learned_positions(self._model),
        )
        known = [int(limit) for limit in limits if isinstance(limit, int | float) and limit > 0]
        return min(known, default=1_000_000)

    def render(self, turns: Sequence[Turn]) -> str:
        """The conversation in the model's chat template, without an invitation to go on.

        Raises:
            jinja2.TemplateError: When the template refuses these messages.
        """
        source: Any = self._processor if self._processor is not None else self._tokenizer
        messages = [
            {"role": turn.role, "content": turn.text if not self.sees_images else _parts(turn)}
            for turn in turns
        ]
        text = source.apply_chat_template(messages, tokenize=False, add_generation_prompt=False)
        return str(text)

    def tokenize(self, text: str) -> Encoded:
        """Cut a rendered conversation; the template has written every special token itself."""
        ids: list[int] = self._tokenizer(text, add_special_tokens=False, verbose=False).input_ids
        return Encoded(ids, {})

    def process(self, text: str, images: Sequence[Image]) -> Encoded:
        """Cut a rendered conversation that shows images."""
        if self._processor is None or not images:
            return self.tokenize(text)
        processor: Any = self._processor
        made = processor(
            text=[text],
            images=[list(images)],
            return_tensors="pt",
            text_kwargs={"add_special_tokens": False},
        )
        ids: list[int] = made["input_ids"][0].tolist()
        names = set(made) - {"input_ids", "attention_mask"}
        return Encoded(ids, {name: made[name] for name in sorted(names)})

    def logits(self, batch: Sequence[Encoded]) -> list[Logits]:
        """One forward pass.

        Rows are filled up at their ends and masked, so a row's logits don't depend on the others.

        Args:
            batch: Conversations of at least one token, whose further inputs have the same shapes.

        Returns:
            The logits of each, in their order.
        """
        import torch

        longest = max(len(row.ids) for row in batch)
        pad = self._pad_for(batch)
        if pad is None and len(batch) > 1:
            return [self.logits([row])[0] for row in batch]
        # The model takes the logits of the last token that is not this one.
        self._text_config.pad_token_id = pad
        ids = [row.ids + [pad or 0] * (longest - len(row.ids)) for row in batch]
        mask = [[1] * len(row.ids) + [0] * (longest - len(row.ids)) for row in batch]
        device = self._model.device
        inputs: dict[str, torch.Tensor] = {
            "input_ids": torch.tensor(ids, device=device),
            "attention_mask": torch.tensor(mask, device=device),
        }
        for name in batch[0].others:
            joined = _join([row.others[name] for row in batch], [len(row.ids) for row in batch])
            joined = joined.to(device)
            inputs[name] = joined.to(self._model.dtype) if joined.is_floating_point() else joined
        with torch.inference_mode():
            found: torch.Tensor = self._model(**inputs).logits
        return [tuple(row) for row in found.float().cpu().tolist()]

    def _pad_for(self, batch: Sequence[Encoded]) -> int | None:
        """The token to fill up with: the checkpoint's, or where it has none one that no row holds.

        With any other, a row that ends in it would be read one token too early.
        """
        if self._pad is not None or len(batch) == 1:
            return self._pad
        held = {token for row in batch for token in row.ids}
        return next((token for token in range(self.vocabulary) if token not in held), None)

    def item_bytes(self, row: Encoded) -> int:
        """Bytes of a conversation as the model takes it: its tokens' vectors, and its images."""
        size = self._model.dtype.itemsize
        vectors = len(row.ids) * int(getattr(self._text_config, "hidden_size", 4096)) * size
        return vectors + sum(value.nbytes for value in row.others.values())


def _learned_positions(model: PreTrainedModel) -> list[int]:
    """Positions that are left to tokens where they are counted from behind the padding token's."""
    import torch

    return [
        module.num_embeddings - module.padding_idx - 1
        for name, module in model.named_modules()
        if name.endswith("position_embeddings")
        and isinstance(module, torch.nn.Embedding)
        and module.padding_idx is not None
    ]


def _parts(turn: Turn) -> list[dict[str, str]]:
    return [
        {"type": "image"} if piece is None else {"type": "text", "text": piece}
        for piece in turn.pieces
    ]


def kind_of(row: Encoded) -> tuple[tuple[str, tuple[int, ...] | None], ...]:
    """What rows of one batch have in common: names and shapes of their further inputs.

    Returns:
        The shapes beyond the first axis; None for what has a number for each token.
    """
    length = (1, len(row.ids))
    return tuple(
        (name, None if tuple(value.shape) == length else tuple(value.shape[1:]))
        for name, value in row.others.items()
    )


def _join(values: Sequence[torch.Tensor], lengths: Sequence[int]) -> torch.Tensor:
    """One tensor of all rows: filled up with 0 where it has a number for each token."""
    import torch

    if all(
        tuple(value.shape) == (1, length) for value, length in zip(values, lengths, strict=True)
    ):
        longest = max(lengths)
        pad = torch.nn.functional.pad
        values = [pad(value, (0, longest - value.shape[1])) for value in values]
    return torch.cat(list(values))
