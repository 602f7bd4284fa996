"""FG-CLIP 2: SigLIP 2 for images of any shape, with long texts, box phrases and dense features.

Source: Xie et al. 2025, FG-CLIP 2, https://arxiv.org/abs/2510.10921, 360CVGroup/FG-CLIP, branch
main at b1af1cd. Written from a description of that model on transformers' Siglip2 layers;
parameters bear the published names.
"""

from typing import Final

import torch
from torch import nn

from rewardkit.rewards.encoders.fgclip.heads_v2 import AttentionHead
from rewardkit.rewards.encoders.fgclip.shapes import Shape2
from rewardkit.rewards.encoders.fgclip.text_v2 import TextTower
from rewardkit.rewards.encoders.fgclip.vision_v2 import VisionTower

IN_FLOAT32: Final = ("vision_model.embeddings.position_embedding.weight",)
"""Parameters that are never rounded: positions are resized to each image's shape in float32."""


class FgClip2(nn.Module):
    """FG-CLIP 2 with its published parameter names; what it returns is not normalised."""

    def __init__(self, shape: Shape2) -> None:
        """Make the model; there is no projection, so both towers are of one width."""
        super().__init__()
        text, vision = shape.text_config, shape.vision_config
        self.text_model = TextTower(text)
        self.vision_model = VisionTower(vision)
        self.boxtext_head = nn.Linear(text.hidden_size, text.hidden_size)
        self.longtext_head = nn.Linear(text.hidden_size, text.hidden_size)
        self.dense_feature_head = AttentionHead(vision)
        self.logit_scale = nn.Parameter(torch.empty(1))
        self.logit_bias = nn.Parameter(torch.empty(1))

    def image_features(
        self, patches_BPC: torch.Tensor, shapes: list[tuple[int, int]], real_BP: torch.Tensor | None
    ) -> torch.Tensor:
        """Encode normalised patches, [B, P, 3*ps*ps] to [B, D].

        Args:
            patches_BPC: Patches row by row, then any padding.
            shapes: Rows and columns of patches of each image.
            real_BP: True where a patch isn't padding, [B, P]; None where none is.
        """
        states = self.vision_model(patches_BPC, shapes, real_BP)
        features: torch.Tensor = self.vision_model.head.pooled(states, _padded(real_BP))
        return features

    def dense_features(
        self, patches_BPC: torch.Tensor, shapes: list[tuple[int, int]], real_BP: torch.Tensor | None
    ) -> torch.Tensor:
        """Encode each patch, [B, P, 3*ps*ps] to [B, P, D]; what stands at padding means nothing."""
        states = self.vision_model(patches_BPC, shapes, real_BP)
        features: torch.Tensor = self.dense_feature_head.each(states, _padded(real_BP))
        return features

    def text_features(
        self, ids_ML: torch.Tensor, mode: str, real_ML: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Encode token ids, [M, L] to [M, D].

        Args:
            ids_ML: Token ids, padded to exactly 64, or 196 in mode `long`: padding is seen.
            mode: `short`, `long` or `box`.
            real_ML: True where padding is not; the published use is None, to see all.
        """
        heads = {
            "short": self.text_model.head,
            "box": self.boxtext_head,
            "long": self.longtext_head,
        }
        features: torch.Tensor = heads[mode](self.text_model(ids_ML, mode == "long", real_ML))
        return features


def _padded(real_BP: torch.Tensor | None) -> torch.Tensor | None:
    return None if real_BP is None else ~real_BP
