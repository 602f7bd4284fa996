"""The towers of a model of open_clip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch
from open_clip import CLIP
from torch.func import functional_call

from rewardkit.rewards.encoders.base import Tokens
from rewardkit.rewards.encoders.middles import middle
from rewardkit.rewards.encoders.openclip_tokens import OpenClipTokenizer
from rewardkit.rewards.encoders.units import unit_features

if TYPE_CHECKING:
    from PIL.Image import Image

    from rewardkit.rewards.encoders.base import Vectors


class OpenClipTowers:
    """A model of open_clip with its preprocessing and tokenizer.

    Args:
        model: With `encode_image` and `encode_text`.
        prepare: Its preprocessing: PIL image in, [3, height, width] out.
        tokenizer: Its tokenizer.
        device: Where the weights are.
        dtype: Of the pixels, as the image tower takes them.
    """

    modes: tuple[str, ...] = ("default",)
    dense: bool = False

    def __init__(
        self,
        model: CLIP,
        prepare: Callable[[Image], torch.Tensor],
        tokenizer: OpenClipTokenizer,
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        """Hold the parts."""
        self._model, self._prepare, self._tokenizer = model, prepare, tokenizer
        self._device, self._dtype = device, dtype
        self._text = _Text(model)
        self._crops = model.visual.preprocess_cfg.get("resize_mode", "shortest") == "shortest"

    def prepare(self, image: Image) -> torch.Tensor:
        """One image's pixels, [3, height, width] float32."""
        return self._prepare(middle(image) if self._crops else image)

    def tokenize(self, texts: Sequence[str], mode: str) -> Tokens:
        """Cut texts into rows of the model's length; there is one mode."""
        return self._tokenizer.cut(texts)

    def encode_prepared(self, prepared: Sequence[object]) -> Vectors:
        """Encode prepared images to unit vectors, [N, D]."""
        items = [one for one in prepared if isinstance(one, torch.Tensor)]
        pixels = torch.stack(items).to(self._device, self._dtype)
        return unit_features(self._model.encode_image(pixels))

    def encode_tokens(self, ids: Sequence[Sequence[int]], mode: str) -> Vectors:
        """Encode rows of ids to unit vectors, [M, D]."""
        rows = torch.tensor(ids, dtype=torch.long, device=self._device)
        length = _used_length(self._model, rows)
        if length is None:
            return unit_features(self._model.encode_text(rows))
        # Its tables are of the full length, so it is lent shorter ones.
        shorter = {
            "model.positional_embedding": self._model.positional_embedding[:length],
            "model.attn_mask": self._model.attn_mask[:length, :length],
        }
        return unit_features(functional_call(self._text, shorter, rows[:, :length]))

    def encode_dense(self, prepared: Sequence[object]) -> list[Vectors]:
        """Not there: these models were not trained to compare patches with texts."""
        raise NotImplementedError("no dense features")


class _Text(torch.nn.Module):
    """A model that is called for its texts alone."""

    def __init__(self, model: CLIP) -> None:
        super().__init__()
        self.model = model

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        features: torch.Tensor = self.model.encode_text(rows)
        return features


def _used_length(model: CLIP, rows_ML: torch.Tensor) -> int | None:
    """The tokens up to the last place that is looked at; None where all of them count.

    In open_clip's plain CLIP attention looks back alone, and a text is read at its end token: what
    stands behind the longest text's end changes nothing, and most texts are short.
    """
    if not isinstance(model, CLIP) or model.attn_mask is None:
        return None
    if model.text_pool_type == "argmax":
        ends = rows_ML
    elif model.text_pool_type == "eos":
        ends = (rows_ML == model.text_eos_id).int()
    else:
        return None
    return int(ends.argmax(dim=1).max()) + 1
