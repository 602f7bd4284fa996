"""The text tower of FG-CLIP v1: one transformer, two paths of 77 and 248 tokens."""

from typing import Final

import torch
from torch import nn

from rewardkit.rewards.encoders.fgclip.blocks import clip_blocks
from rewardkit.rewards.encoders.fgclip.shapes import TextShape1

SHORT_TOKENS: Final = 77
LONG_TOKENS: Final = 248
KEPT_POSITIONS: Final = 20
"""Positions of the long path that come from `position_embedding_ori`; the rest from `_res`."""


class TextEmbeddings(nn.Module):
    """Token table and the three position tables."""

    def __init__(self, shape: TextShape1) -> None:
        """Make the tables; the long ones have 248 rows, whatever the configuration says."""
        super().__init__()
        width = shape.hidden_size
        self.token_embedding = nn.Embedding(shape.vocab_size, width)
        self.position_embedding = nn.Embedding(shape.max_position_embeddings, width)
        self.position_embedding_ori = nn.Embedding(LONG_TOKENS, width)
        self.position_embedding_res = nn.Embedding(LONG_TOKENS, width)

    def forward(self, ids_ML: torch.Tensor, long: bool) -> torch.Tensor:
        """Embed token ids, [M, L] to [M, L, width]."""
        positions = self.position_embedding.weight
        if long:
            kept = self.position_embedding_ori.weight[:KEPT_POSITIONS]
            positions = torch.cat([kept, self.position_embedding_res.weight[KEPT_POSITIONS:]])
        embedded: torch.Tensor = self.token_embedding(ids_ML)
        return embedded + positions[: ids_ML.shape[1]]


class TextTower(nn.Module):
    """Causal text transformer, read at the first end token."""

    def __init__(self, shape: TextShape1) -> None:
        """Make the tower on transformers' CLIP layers."""
        super().__init__()
        self.embeddings = TextEmbeddings(shape)
        self.encoder = clip_blocks(shape)
        self.final_layer_norm = nn.LayerNorm(shape.hidden_size, eps=shape.layer_norm_eps)

    def forward(self, ids_ML: torch.Tensor, long: bool, eos_id: int) -> torch.Tensor:
        """Encode token ids, [M, L] to [M, width]; read at position 0 where there is no end."""
        states = self.embeddings(ids_ML, long)
        length = states.shape[1]
        mask = torch.full((length, length), float("-inf"), device=states.device, dtype=states.dtype)
        mask = mask.triu(1)[None, None]
        states = self.encoder(states, mask)
        ends = (ids_ML == eos_id).int().argmax(dim=1)
        rows = torch.arange(len(ids_ML), device=ids_ML.device)
        pooled: torch.Tensor = self.final_layer_norm(states[rows, ends])
        return pooled
