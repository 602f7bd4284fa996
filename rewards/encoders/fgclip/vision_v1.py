"""The vision tower of FG-CLIP v1: CLIP's, read at the class token or at each patch."""

from typing import cast

import torch
from torch import nn
from transformers.models.clip.modeling_clip import CLIPEncoderLayer

from rewardkit.rewards.encoders.fgclip.blocks import clip_blocks
from rewardkit.rewards.encoders.fgclip.shapes import VisionShape1


class VisionEmbeddings(nn.Module):
    """Patches, a class token and their positions."""

    def __init__(self, shape: VisionShape1) -> None:
        """Make the tables for square images of the configured side."""
        super().__init__()
        width, patch = shape.hidden_size, shape.patch_size
        self.class_embedding = nn.Parameter(torch.empty(width))
        self.patch_embedding = nn.Conv2d(3, width, kernel_size=patch, stride=patch, bias=False)
        self.position_embedding = nn.Embedding(shape.grid**2 + 1, width)

    def forward(self, pixels_B3SS: torch.Tensor) -> torch.Tensor:
        """Embed square images, [B, 3, side, side] to [B, 1 + G*G, width]."""
        kernel = self.patch_embedding.weight
        patches = self.patch_embedding(pixels_B3SS.to(kernel.dtype)).flatten(2).transpose(1, 2)
        first = self.class_embedding.expand(len(patches), 1, -1)
        return torch.cat([first, patches], dim=1) + self.position_embedding.weight


class VisionTower(nn.Module):
    """Image transformer, read at the class token or at each patch."""

    def __init__(self, shape: VisionShape1) -> None:
        """Make the tower on transformers' CLIP layers."""
        super().__init__()
        self.embeddings = VisionEmbeddings(shape)
        self.pre_layrnorm = nn.LayerNorm(shape.hidden_size, eps=shape.layer_norm_eps)
        self.encoder = clip_blocks(shape)
        self.post_layernorm = nn.LayerNorm(shape.hidden_size, eps=shape.layer_norm_eps)

    def forward(self, pixels_B3SS: torch.Tensor) -> torch.Tensor:
        """Encode square images at the class token, [B, 3, side, side] to [B, width]."""
        states = self.encoder(self._embedded(pixels_B3SS), None)
        pooled: torch.Tensor = self.post_layernorm(states[:, 0])
        return pooled

    def patches(self, pixels_B3SS: torch.Tensor) -> torch.Tensor:
        """Encode each patch, [B, 3, side, side] to [B, G*G, width], row by row.

        The last layer's attention is replaced by its value path, so that a patch stays itself.
        """
        states = self.encoder(self._embedded(pixels_B3SS), None, but_last=True)[:, 1:]
        last = cast("CLIPEncoderLayer", self.encoder.layers[-1])
        attention = last.self_attn
        states = states + attention.out_proj(attention.v_proj(last.layer_norm1(states)))
        states = states + last.mlp(last.layer_norm2(states))
        normed: torch.Tensor = self.post_layernorm(states)
        return normed

    def _embedded(self, pixels_B3SS: torch.Tensor) -> torch.Tensor:
        states: torch.Tensor = self.pre_layrnorm(self.embeddings(pixels_B3SS))
        return states
