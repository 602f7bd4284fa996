"""A stack of transformers' own layers under the published names `encoder.layers.N`; their mask."""

import torch
from torch import nn
from transformers import CLIPTextConfig, Siglip2TextConfig
from transformers.models.clip.modeling_clip import CLIPEncoderLayer
from transformers.models.siglip2.modeling_siglip2 import Siglip2EncoderLayer

from rewardkit.rewards.encoders.fgclip.shapes import TowerShape


class Blocks(nn.Module):
    """Pre-norm layers, one after another."""

    def __init__(self, layers: list[nn.Module]) -> None:
        """Make the stack."""
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(
        self, states: torch.Tensor, mask: torch.Tensor | None, but_last: bool = False
    ) -> torch.Tensor:
        """Run the layers, [B, L, H] to [B, L, H].

        Args:
            states: What goes in.
            mask: Added to the attention scores, [1 or B, 1, L, L]: additive, for that is right
                whichever attention transformers chooses, and booleans are not.
            but_last: Leave the last layer out.
        """
        for layer in self.layers[:-1] if but_last else self.layers:
            states = layer(states, mask)
        return states


def clip_blocks(shape: TowerShape) -> Blocks:
    """Make a stack of CLIP's layers."""
    config = CLIPTextConfig(
        hidden_size=shape.hidden_size,
        intermediate_size=shape.intermediate_size,
        num_attention_heads=shape.num_attention_heads,
        hidden_act=shape.hidden_act,
        layer_norm_eps=shape.layer_norm_eps,
        attn_implementation="sdpa",  # type: ignore[call-arg] # which all configurations take
    )
    return Blocks([CLIPEncoderLayer(config) for _ in range(shape.num_hidden_layers)])


def siglip_blocks(shape: TowerShape) -> Blocks:
    """Make a stack of Siglip2's layers."""
    config = siglip_config(shape)
    return Blocks([Siglip2EncoderLayer(config) for _ in range(shape.num_hidden_layers)])


def siglip_config(shape: TowerShape) -> Siglip2TextConfig:
    """Say to transformers what a layer of Siglip2 is to be; of text and vision it is the same."""
    return Siglip2TextConfig(
        hidden_size=shape.hidden_size,
        intermediate_size=shape.intermediate_size,
        num_attention_heads=shape.num_attention_heads,
        hidden_act=shape.hidden_act,
        layer_norm_eps=shape.layer_norm_eps,
        attn_implementation="sdpa",  # type: ignore[call-arg] # which all configurations take
        bos_token_id=None,  # the defaults lie outside of the vocabulary, which is warned about
        eos_token_id=None,
        pad_token_id=None,
    )


def additive_mask(real_BP: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Hide padded keys: what to add to attention scores, [B, P] to [B, 1, P, P].

    It is right whichever attention transformers chooses, which a mask of booleans is not.

    >>> additive_mask(torch.tensor([[True, False]]), torch.float32)[0, 0, 0, 0].item()
    0.0
    """
    length = real_BP.shape[1]
    hidden = torch.zeros(real_BP.shape, device=real_BP.device, dtype=dtype)
    hidden = hidden.masked_fill(~real_BP, torch.finfo(dtype).min)
    return hidden[:, None, None].expand(-1, 1, length, -1)
