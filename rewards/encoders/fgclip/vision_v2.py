"""The vision tower of FG-CLIP 2: SigLIP 2's for images of any shape."""

import torch
from torch import nn
from torch.nn import functional as F

from rewardkit.rewards.encoders.fgclip.blocks import additive_mask, siglip_blocks
from rewardkit.rewards.encoders.fgclip.heads_v2 import AttentionHead
from rewardkit.rewards.encoders.fgclip.shapes import VisionShape2


class VisionEmbeddings(nn.Module):
    """Patches and a square table of positions that is resized to each image's shape."""

    def __init__(self, shape: VisionShape2) -> None:
        """Make the tables for patches of the configured side."""
        super().__init__()
        width = shape.hidden_size
        self.patch_embedding = nn.Linear(3 * shape.patch_size**2, width)
        self.position_embedding = nn.Embedding(shape.num_patches, width)

    def forward(self, patches_BPC: torch.Tensor, shapes: list[tuple[int, int]]) -> torch.Tensor:
        """Embed padded patches of images of (rows, columns), [B, P, 3*ps*ps] to [B, P, H]."""
        weight = self.patch_embedding.weight
        embedded: torch.Tensor = self.patch_embedding(patches_BPC.to(weight.dtype))
        tables = {shape: self._positions(shape, embedded.shape[1]) for shape in set(shapes)}
        return embedded + torch.stack([tables[shape] for shape in shapes]).to(weight.dtype)

    def _positions(self, shape: tuple[int, int], length: int) -> torch.Tensor:
        table = self.position_embedding.weight.to(torch.float32)
        side = round(len(table) ** 0.5)
        grid = table.reshape(side, side, -1).permute(2, 0, 1)[None]
        grid = F.interpolate(grid, size=shape, mode="bilinear", align_corners=False, antialias=True)
        resized = grid[0].flatten(1).T
        padding = resized[:1].expand(length - len(resized), -1)
        return torch.cat([resized, padding])


class VisionTower(nn.Module):
    """Image transformer over the patches of images of any shape."""

    def __init__(self, shape: VisionShape2) -> None:
        """Make the tower on transformers' Siglip2 layers."""
        super().__init__()
        self.embeddings = VisionEmbeddings(shape)
        self.encoder = siglip_blocks(shape)
        self.post_layernorm = nn.LayerNorm(shape.hidden_size, eps=shape.layer_norm_eps)
        self.head = AttentionHead(shape)

    def forward(
        self, patches_BPC: torch.Tensor, shapes: list[tuple[int, int]], real_BP: torch.Tensor | None
    ) -> torch.Tensor:
        """Encode padded patches, [B, P, 3*ps*ps] to [B, P, H], before any head."""
        states = self.embeddings(patches_BPC, shapes)
        mask = None if real_BP is None else additive_mask(real_BP, states.dtype)
        normed: torch.Tensor = self.post_layernorm(self.encoder(states, mask))
        return normed
