"""A tiny FG-CLIP v1 to be trained on whole captions too: transformers' CLIP and what FG-CLIP adds.

Both paths of texts and both views of an image are computed once for several losses, which is why
the model that scores, in `rewardkit.rewards.encoders`, isn't trained itself. Source: arXiv
2505.05071, 360CVGroup/FG-CLIP@0fcea59 (Apache-2.0).
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPModel, CLIPTokenizer

from rewardkit.digits.tiny_fgclip import DIM, SHORT, WIDTH, Sizes, clip_config, write_checkpoint

LONG, KEPT = 248, 20
"""Tokens of the long text path, and how many first positions it keeps."""

SIZES = Sizes(side=32, patch=8, text_layers=2, vision_layers=3)
START = 0.2
"""Spread of fresh embeddings; with CLIP's 0.02 left and right stay one for long."""

TRAINING_ONLY = ("logit_scale_finegraind", "logit_scale_hardneg")


class TinyFgClip(nn.Module):
    """CLIP with a second text projection, long text positions and one vector a patch."""

    def __init__(self, tokenizer: CLIPTokenizer) -> None:
        """Random weights; the vocabulary is the tokenizer's."""
        super().__init__()
        self.tokenizer = tokenizer
        self.config = clip_config(tokenizer, SIZES)
        self.clip = CLIPModel(self.config)
        self.text_filip_projection = nn.Linear(WIDTH, DIM, bias=False)
        self.positions_ori = nn.Parameter(torch.randn(LONG, WIDTH) * START)
        self.positions_res = nn.Parameter(torch.randn(LONG, WIDTH) * START)
        for name, weights in self.clip.named_parameters():
            if "position_embedding" in name or "token_embedding" in name:
                nn.init.normal_(weights, std=START)

    def texts(self, texts: list[str], mode: str) -> Tensor:
        """Unit vectors of texts, [M, DIM]; `long` has positions and a head of its own."""
        cut = self.tokenizer(
            texts, truncation=True, max_length=LONG if mode == "long" else SHORT, padding=True
        )
        ids = torch.tensor(cut["input_ids"])
        tower = self.clip.text_model
        places = tower.embeddings.position_embedding.weight
        if mode == "long":
            places = torch.cat([self.positions_ori[:KEPT], self.positions_res[KEPT:]])
        hidden = tower.embeddings.token_embedding(ids) + places[: ids.shape[1]]
        for layer in tower.encoder.layers:
            hidden = layer(hidden, None, is_causal=True)
        ends = (ids == self.tokenizer.eos_token_id).int().argmax(dim=1)
        pooled = tower.final_layer_norm(hidden)[torch.arange(len(ids)), ends]
        head = self.clip.text_projection if mode == "short" else self.text_filip_projection
        return functional.normalize(head(pooled), dim=-1)

    def images(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Unit vectors of images, [N, DIM], and of their patches, [N, patches, DIM]."""
        tower = self.clip.vision_model
        hidden = tower.pre_layrnorm(tower.embeddings(pixels))
        *layers, last = tower.encoder.layers
        for layer in layers:
            hidden = layer(hidden, None)
        whole = tower.post_layernorm(last(hidden, None)[:, 0])
        # The last layer's value path: no token sees another, so a vector stays with its patch.
        values = last.self_attn.v_proj(last.layer_norm1(hidden))
        patches = hidden + last.self_attn.out_proj(values)
        patches = patches + last.mlp(last.layer_norm2(patches))
        patches = tower.post_layernorm(patches[:, 1:])
        project = self.clip.visual_projection
        return (
            functional.normalize(project(whole), dim=-1),
            functional.normalize(project(patches), dim=-1),
        )

    def save(self, folder: Path) -> None:
        """Write a checkpoint with the published names and layout, in half precision."""
        names = "text_model.embeddings.position_embedding"
        weights = {
            **self.clip.state_dict(),
            "text_filip_projection.weight": self.text_filip_projection.weight,
            f"{names}_ori.weight": self.positions_ori,
            f"{names}_res.weight": self.positions_res,
            **{name: torch.zeros(()) for name in TRAINING_ONLY},
        }
        write_checkpoint(folder, weights, self.config, self.tokenizer)
