"""FG-CLIP 2 as an encoder's towers: images and token ids in, unit vectors out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
import torch

from rewardkit.rewards.encoders.base import Tokens
from rewardkit.rewards.encoders.fgclip.pixels_v2 import Patches, cut_patches, padded_patches
from rewardkit.rewards.encoders.fgclip.roi import boxes_in_cells, region_means
from rewardkit.rewards.encoders.units import unit_features

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from rewardkit.rewards.encoders.base import Vectors
    from rewardkit.rewards.encoders.fgclip.model_v2 import FgClip2
    from rewardkit.rewards.encoders.fgclip.shapes import Shape2
    from rewardkit.rewards.encoders.fgclip.tokens import Cutter


class Towers2:
    """The towers of one FG-CLIP 2; see [`Towers`][rewardkit.rewards.encoders.base.Towers].

    Images of one budget of patches are encoded together, and the budget depends on the image
    alone, so that a vector doesn't depend on the batch.
    """

    modes: tuple[str, ...] = ("short", "long", "box")
    dense: bool = True

    def __init__(
        self,
        model: FgClip2,
        shape: Shape2,
        cutter: Cutter,
        device: torch.device,
        budget: int | None = None,
    ) -> None:
        """Put a loaded model and its tokenizer together.

        Args:
            model: With its parameters.
            shape: Its sizes.
            cutter: Its tokenizer.
            device: Where the model is.
            budget: Patches of every image; None for what each image's size asks for.
        """
        self._model, self._cutter, self._device = model, cutter, device
        self._patch, self._budget = shape.vision_config.patch_size, budget
        short, long = shape.text_config.max_position_embeddings, shape.text_config.longtext_len
        self._lengths = {"short": short, "long": long, "box": short}

    def prepare(self, image: Image) -> object:
        """Resize an RGB image to whole patches and cut it."""
        return cut_patches(image, self._patch, self._budget)

    def tokenize(self, texts: Sequence[str], mode: str) -> Tokens:
        """Cut lower-cased texts into 64 tokens, or 196 in mode `long`, padding included."""
        return self._cutter.cut(texts, self._lengths[mode])

    @torch.inference_mode()
    def encode_prepared(self, prepared: Sequence[object]) -> Vectors:
        """Encode prepared images to unit vectors, [N, D]."""
        vectors: dict[int, Vectors] = {}
        for places, images in _by_budget(prepared):
            pixels, real = padded_patches(images, self._device)
            shapes = [image.shape for image in images]
            found = unit_features(self._model.image_features(pixels, shapes, real))
            vectors.update(zip(places, found, strict=True))
        return np.stack([vectors[place] for place in range(len(prepared))])

    @torch.inference_mode()
    def encode_tokens(self, ids: Sequence[Sequence[int]], mode: str) -> Vectors:
        """Encode token ids to unit vectors, [M, D]."""
        return unit_features(
            self._model.text_features(torch.tensor(ids, device=self._device), mode)
        )

    @torch.inference_mode()
    def encode_dense(self, prepared: Sequence[object]) -> list[Vectors]:
        """Encode each patch of prepared images to a unit vector, each image [rows, columns, D]."""
        return [unit_features(one) for one in self._maps(prepared)]

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
        return [
            unit_features(region_means(one, boxes_in_cells(boxes, size, one)))
            for one, boxes, size in zip(self._maps(prepared), boxes_px, image_sizes, strict=True)
        ]

    def _maps(self, prepared: Sequence[object]) -> list[torch.Tensor]:
        """Features of the real patches of each image, [rows, columns, D], not normalised."""
        maps: dict[int, torch.Tensor] = {}
        for places, images in _by_budget(prepared):
            pixels, real = padded_patches(images, self._device)
            shapes = [image.shape for image in images]
            features = self._model.dense_features(pixels, shapes, real)
            for place, one, (rows, columns) in zip(places, features, shapes, strict=True):
                maps[place] = one[: rows * columns].reshape(rows, columns, -1)
        return [maps[place] for place in range(len(prepared))]


def _by_budget(prepared: Sequence[object]) -> Iterator[tuple[list[int], list[Patches]]]:
    """The images of each budget, with their places."""
    images = cast("Sequence[Patches]", prepared)
    for budget in sorted({image.budget for image in images}):
        places = [place for place, image in enumerate(images) if image.budget == budget]
        yield places, [images[place] for place in places]
