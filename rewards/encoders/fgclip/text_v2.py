"""The text tower of FG-CLIP 2: SigLIP 2's with a second table of positions for long texts."""

import torch
from torch import nn

from rewardkit.rewards.encoders.fgclip.blocks import additive_mask, siglip_blocks
from rewardkit.rewards.encoders.fgclip.shapes import TextShape2


class TextEmbeddings(nn.Module):
    """Token table and the three position tables."""

    def __init__(self, shape: TextShape2) -> None:
        """Make the tables; both paths have a length of their own."""
        super().__init__()
        width = shape.hidden_size
        self.kept, long = shape.keep_len, shape.longtext_len
        self.token_embedding = nn.Embedding(shape.vocab_size, width)
        self.position_embedding = nn.Embedding(shape.max_position_embeddings, width)
        self.position_embedding_ori = nn.Embedding(long, width)
        self.position_embedding_res = nn.Embedding(long, width)

    def forward(self, ids_ML: torch.Tensor, long: bool) -> torch.Tensor:
        """Embed token ids of the path's full length, [M, L] to [M, L, H]."""
        positions = self.position_embedding.weight
        if long:
            kept = self.position_embedding_ori.weight[: self.kept]
            positions = torch.cat([kept, self.position_embedding_res.weight[self.kept :]])
        embedded: torch.Tensor = self.token_embedding(ids_ML)
        return embedded + positions


class TextTower(nn.Module):
    """Text transformer that sees both ways, read at the last position whatever it holds."""

    def __init__(self, shape: TextShape2) -> None:
        """Make the tower on transformers' Siglip2 layers."""
        super().__init__()
        self.embeddings = TextEmbeddings(shape)
        self.encoder = siglip_blocks(shape)
        self.final_layer_norm = nn.LayerNorm(shape.hidden_size, eps=shape.layer_norm_eps)
        self.head = nn.Linear(shape.hidden_size, shape.hidden_size)

    def forward(
        self, ids_ML: torch.Tensor, long: bool, real_ML: torch.Tensor | None
    ) -> torch.Tensor:
        """Encode padded token ids, [M, L] to [M, H], before the head."""
        states = self.embeddings(ids_ML, long)
        mask = None if real_ML is None else additive_mask(real_ML, states.dtype)
        states = self.encoder(states, mask)
        pooled: torch.Tensor = self.final_layer_norm(states[:, -1])
        return pooled
