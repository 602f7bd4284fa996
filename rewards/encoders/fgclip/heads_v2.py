"""The attention head of FG-CLIP 2: one vector of many tokens, or one of each."""

import torch
from torch import nn
from transformers.models.siglip2.modeling_siglip2 import Siglip2MLP

from rewardkit.rewards.encoders.fgclip.blocks import siglip_config
from rewardkit.rewards.encoders.fgclip.shapes import VisionShape2


class AttentionHead(nn.Module):
    """Attention over the tokens of an image, then an MLP; queries are not added back.

    Source: the MAP head of Zhai et al. 2022, Scaling Vision Transformers,
    https://arxiv.org/abs/2106.04560, as SigLIP 2 uses it.
    """

    def __init__(self, shape: VisionShape2) -> None:
        """Make the head with the published names; only pooling uses the probe."""
        super().__init__()
        width = shape.hidden_size
        self.probe = nn.Parameter(torch.empty(1, 1, width))
        self.attention = nn.MultiheadAttention(width, shape.num_attention_heads, batch_first=True)
        self.layernorm = nn.LayerNorm(width, eps=shape.layer_norm_eps)
        self.mlp = Siglip2MLP(siglip_config(shape))  # type: ignore[no-untyped-call] # untyped there

    def pooled(self, states_BPH: torch.Tensor, padded_BP: torch.Tensor | None) -> torch.Tensor:
        """Read all tokens with the learned query, [B, P, H] to [B, H]."""
        return self._read(self.probe.expand(len(states_BPH), 1, -1), states_BPH, padded_BP)[:, 0]

    def each(self, states_BPH: torch.Tensor, padded_BP: torch.Tensor | None) -> torch.Tensor:
        """Read all tokens once for each of them, [B, P, H] to [B, P, H]."""
        return self._read(states_BPH, states_BPH, padded_BP)

    def _read(
        self, query: torch.Tensor, states: torch.Tensor, padded: torch.Tensor | None
    ) -> torch.Tensor:
        read: torch.Tensor = self.attention(
            query, states, states, key_padding_mask=padded, need_weights=False
        )[0]
        mixed: torch.Tensor = self.mlp(self.layernorm(read))
        return read + mixed
