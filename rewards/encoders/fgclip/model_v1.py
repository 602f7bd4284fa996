"""FG-CLIP v1: CLIP with a second text path of 248 tokens and per-patch image features.

Source: Xie et al. 2025, FG-CLIP, https://arxiv.org/abs/2505.05071, 360CVGroup/FG-CLIP, branch v1.0
at 0fcea59. Written from a description of that model on transformers' CLIP layers; parameters bear
the published names. What differs: the long path takes any length up to 248.
"""

from typing import Final

import torch
from torch import nn

from rewardkit.rewards.encoders.fgclip.shapes import Shape1
from rewardkit.rewards.encoders.fgclip.text_v1 import TextTower
from rewardkit.rewards.encoders.fgclip.vision_v1 import VisionTower

PUBLISHED_EOS_ID: Final = 49407
"""What the released code reads texts at, whatever id the published configuration names."""


class FgClip1(nn.Module):
    """FG-CLIP v1 with its published parameter names; what it returns is not normalised."""

    def __init__(self, shape: Shape1) -> None:
        """Make the model of these sizes."""
        super().__init__()
        text, vision = shape.text, shape.vision
        self.text_model = TextTower(text)
        self.vision_model = VisionTower(vision)
        self.visual_projection = nn.Linear(vision.hidden_size, shape.projection_dim, bias=False)
        self.text_projection = nn.Linear(text.hidden_size, shape.projection_dim, bias=False)
        self.text_filip_projection = nn.Linear(text.hidden_size, shape.projection_dim, bias=False)
        self.logit_scale = nn.Parameter(torch.empty(()))
        self.logit_scale_finegraind = nn.Parameter(torch.empty(()))  # of the training alone
        self.logit_scale_hardneg = nn.Parameter(torch.empty(()))  # of the training alone

    def image_features(self, pixels_B3SS: torch.Tensor) -> torch.Tensor:
        """Encode normalised square images, [B, 3, side, side] to [B, D]."""
        features: torch.Tensor = self.visual_projection(self.vision_model(pixels_B3SS))
        return features

    def dense_features(self, pixels_B3SS: torch.Tensor) -> torch.Tensor:
        """Encode the patches of square images, [B, 3, side, side] to [B, G, G, D]."""
        features = self.visual_projection(self.vision_model.patches(pixels_B3SS))
        grid = round(features.shape[1] ** 0.5)
        maps: torch.Tensor = features.reshape(len(features), grid, grid, -1)
        return maps

    def text_features(
        self, ids_ML: torch.Tensor, mode: str, eos_id: int = PUBLISHED_EOS_ID
    ) -> torch.Tensor:
        """Encode token ids, [M, L] to [M, D].

        Args:
            ids_ML: Token ids, at most 77 a text, or 248 in mode `long`.
            mode: `short`, `long`, or `box`, which is `short`: region phrases were trained so.
            eos_id: The end token; a text is read at its first one.
        """
        long = mode == "long"
        pooled = self.text_model(ids_ML, long, eos_id)
        features: torch.Tensor = (self.text_filip_projection if long else self.text_projection)(
            pooled
        )
        return features
