"""The towers of a CLIP, SigLIP or SigLIP 2 of transformers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import torch

from rewardkit.rewards.encoders.base import Tokens
from rewardkit.rewards.encoders.middles import middle
from rewardkit.rewards.encoders.units import unit_features

if TYPE_CHECKING:
    from PIL.Image import Image
    from transformers import BaseImageProcessor, CLIPModel, Siglip2Model, SiglipModel

    from rewardkit.rewards.encoders.base import Vectors

    DualModel: TypeAlias = CLIPModel | SiglipModel | Siglip2Model


class TransformersTowers:
    """A model of transformers with its processor and tokenizer.

    Args:
        model: With `get_image_features` and `get_text_features`, on its device, in its precision.
        processor: Pillow's version of its image processor.
        cut: Cuts texts into rows of the model's length.
        lower: Whether texts are lower-cased first, as SigLIP and SigLIP 2 were trained.
        end: CLIP's end token, behind which nothing is looked at; None for SigLIP, whose padding
            counts.
    """

    modes: tuple[str, ...] = ("default",)
    dense: bool = False

    def __init__(
        self,
        model: DualModel,
        processor: BaseImageProcessor,
        cut: Callable[[Sequence[str]], Tokens],
        lower: bool,
        end: int | None = None,
    ) -> None:
        """Hold the parts."""
        self._model, self._processor, self._cut = model, processor, cut
        self._lower, self._end = lower, end
        size = getattr(processor, "size", None)
        self._crops = getattr(size, "shortest_edge", None) is not None

    def prepare(self, image: Image) -> dict[str, torch.Tensor]:
        """One image as the model takes it: pixels, of NaFlex also mask and shape, without batch."""
        pixels = np.asarray(middle(image) if self._crops else image)
        # Said outright: of an image of 1 or 3 pixels the processor would have to guess.
        found = self._processor(pixels, return_tensors="pt", input_data_format="channels_last")
        return {name: value[0] for name, value in found.items()}

    def tokenize(self, texts: Sequence[str], mode: str) -> Tokens:
        """Cut texts into rows of the model's length; there is one mode."""
        return self._cut([text.lower() for text in texts] if self._lower else texts)

    def encode_prepared(self, prepared: Sequence[object]) -> Vectors:
        """Encode prepared images to unit vectors, [N, D]."""
        items = [one for one in prepared if isinstance(one, dict)]
        inputs = {name: torch.stack([one[name] for one in items]) for name in items[0]}
        pixels = inputs["pixel_values"].to(self._model.device, self._model.dtype)
        others = {
            name: value.to(self._model.device)
            for name, value in inputs.items()
            if name != "pixel_values"
        }
        return _unit(self._model.get_image_features(pixel_values=pixels, **others))

    def encode_tokens(self, ids: Sequence[Sequence[int]], mode: str) -> Vectors:
        """Encode rows of ids to unit vectors, [M, D]."""
        length = len(ids[0])
        if self._end is not None:  # attention looks back alone: what follows the end is idle work
            length = max(list(row).index(self._end) for row in ids) + 1
        short = [row[:length] for row in ids]
        rows = torch.tensor(short, dtype=torch.long, device=self._model.device)
        return _unit(self._model.get_text_features(input_ids=rows))

    def encode_dense(self, prepared: Sequence[object]) -> list[Vectors]:
        """Not there: these models were not trained to compare patches with texts."""
        raise NotImplementedError("no dense features")


def _unit(output: object) -> Vectors:
    """Features to unit vectors in float32; transformers 5 wraps them in an output object."""
    features = getattr(output, "pooler_output", output)
    assert isinstance(features, torch.Tensor)
    return unit_features(features)
