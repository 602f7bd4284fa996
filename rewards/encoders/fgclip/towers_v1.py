"""FG-CLIP v1 as an encoder's towers: images and token ids in, unit vectors out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import torch

from rewardkit.rewards.encoders.base import Tokens
from rewardkit.rewards.encoders.fgclip.pixels_v1 import Square, normalised_squares, square_pixels
from rewardkit.rewards.encoders.fgclip.roi import boxes_in_cells, region_means
from rewardkit.rewards.encoders.fgclip.text_v1 import LONG_TOKENS
from rewardkit.rewards.encoders.units import unit_features

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from rewardkit.rewards.encoders.base import Vectors
    from rewardkit.rewards.encoders.fgclip.model_v1 import FgClip1
    from rewardkit.rewards.encoders.fgclip.shapes import Shape1
    from rewardkit.rewards.encoders.fgclip.tokens import Cutter


class Towers1:
    """The towers of one FG-CLIP v1; see [`Towers`][rewardkit.rewards.encoders.base.Towers].

    Mode `box` is for phrases about a region. It is the short path: the released code trains region
    phrases with it, and scores FG-OVD so.
    """

    modes: tuple[str, ...] = ("short", "long", "box")
    dense: bool = True

    def __init__(self, model: FgClip1, shape: Shape1, cutter: Cutter, device: torch.device) -> None:
        """Put a loaded model and its tokenizer together."""
        self._model, self._cutter, self._device = model, cutter, device
        self._side = shape.vision.image_size
        self._lengths = {
            "short": shape.text.max_position_embeddings,
            "long": LONG_TOKENS,
            "box": shape.text.max_position_embeddings,
        }

    def prepare(self, image: Image) -> object:
        """Squash an RGB image to the model's square."""
        return square_pixels(image, self._side)

    def tokenize(self, texts: Sequence[str], mode: str) -> Tokens:
        """Cut texts into 77 tokens, or 248 in mode `long`."""
        return self._cutter.cut(texts, self._lengths[mode])

    @torch.inference_mode()
    def encode_prepared(self, prepared: Sequence[object]) -> Vectors:
        """Encode prepared images to unit vectors, [N, D]."""
        return unit_features(self._model.image_features(self._pixels(prepared)))

    @torch.inference_mode()
    def encode_tokens(self, ids: Sequence[Sequence[int]], mode: str) -> Vectors:
        """Encode token ids to unit vectors, [M, D]."""
        ids_ML = torch.tensor(ids)
        end = self._cutter.end_id
        # The tower is causal and read at the first end: what comes later changes nothing.
        longest = int((ids_ML == end).int().argmax(dim=1).max()) + 1
        ids_ML = ids_ML[:, :longest].to(self._device)
        return unit_features(self._model.text_features(ids_ML, mode, end))

    @torch.inference_mode()
    def encode_dense(self, prepared: Sequence[object]) -> list[Vectors]:
        """Encode each patch of prepared images to a unit vector, each image [G, G, D]."""
        return list(unit_features(self._model.dense_features(self._pixels(prepared))))

    @torch.inference_mode()
    def encode_regions(
        self,
        prepared: Sequence[object],
        boxes_px: Sequence[NDArray[np.float32]],
        image_sizes: Sequence[tuple[int, int]],
    ) -> list[Vectors]:
        """Encode boxes of prepared images to unit vectors.

        Args:
            prepared: Prepared images.
            boxes_px: Of each image [K, 4], corners (x1, y1, x2, y2) in pixels of the original.
            image_sizes: Width and height of each original in pixels.

        Returns:
            Of each image [K, D]; zeros for a box without area.
        """
        maps = self._model.dense_features(self._pixels(prepared))
        return [
            unit_features(region_means(one, boxes_in_cells(boxes, size, one)))
            for one, boxes, size in zip(maps, boxes_px, image_sizes, strict=True)
        ]

    def _pixels(self, prepared: Sequence[object]) -> torch.Tensor:
        return normalised_squares(cast("Sequence[Square]", prepared), self._device)
