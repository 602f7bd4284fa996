"""A tiny FG-CLIP v1, trained from scratch on the digits: transformers' CLIP layers and its names.

What FG-CLIP adds to CLIP is here in the few lines that training needs; scoring goes through
`rewardkit.rewards.encoders`. Source: arXiv 2505.05071, 360CVGroup/FG-CLIP@0fcea59 (Apache-2.0).
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPConfig, CLIPModel, CLIPTokenizer

SHORT, LONG, KEPT = 77, 248, 20
"""Tokens of the two text paths, and how many first positions the long one keeps."""

WIDTH, DIM, SIDE, PATCH = 64, 48, 32, 8
START = 0.2
"""Spread of fresh embeddings; with CLIP's 0.02 left and right stay one for long."""

TRAINING_ONLY = ("logit_scale_finegraind", "logit_scale_hardneg")


def make_tokenizer(texts: list[str]) -> CLIPTokenizer:
    """CLIP's tokenizer over a vocabulary of its own: the words of these texts, and every byte."""
    learner = CLIPTokenizer().backend_tokenizer
    alphabet = sorted(ByteLevel.alphabet())
    trainer = BpeTrainer(
        vocab_size=4000,
        initial_alphabet=alphabet,
        end_of_word_suffix="</w>",
        min_frequency=1,
        show_progress=False,
    )
    learner.train_from_iterator(texts, trainer)
    learnt = json.loads(learner.to_str())["model"]
    known = [*alphabet, *(f"{byte}</w>" for byte in alphabet), *learnt["vocab"]]
    pieces = [*dict.fromkeys(known), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(
        vocab={piece: index for index, piece in enumerate(pieces)},
        merges=[tuple(pair) for pair in learnt["merges"]],  # type: ignore[misc]  # pairs they are
        model_max_length=SHORT,
    )


class TinyFgClip(nn.Module):
    """CLIP with a second text projection, long text positions and one vector a patch."""

    def __init__(self, tokenizer: CLIPTokenizer) -> None:
        """Random weights; the vocabulary is the tokenizer's."""
        super().__init__()
        tower = {
            "hidden_size": WIDTH,
            "intermediate_size": 2 * WIDTH,
            "num_attention_heads": 4,
            "projection_dim": DIM,
        }
        ends = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
        self.tokenizer = tokenizer
        self.config = CLIPConfig(
            text_config={
                **tower,
                **ends,
                "pad_token_id": tokenizer.pad_token_id,
                "vocab_size": len(tokenizer),
                "max_position_embeddings": SHORT,
                "num_hidden_layers": 2,
            },
            vision_config={
                **tower,
                "image_size": SIDE,
                "patch_size": PATCH,
                "num_hidden_layers": 3,
            },
            projection_dim=DIM,
        )
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
        folder.mkdir(parents=True, exist_ok=True)
        names = "text_model.embeddings.position_embedding"
        weights = {
            **self.clip.state_dict(),
            "text_filip_projection.weight": self.text_filip_projection.weight,
            f"{names}_ori.weight": self.positions_ori,
            f"{names}_res.weight": self.positions_res,
            **{name: torch.zeros(()) for name in TRAINING_ONLY},
        }
        halves = {name: value.detach().half().contiguous() for name, value in weights.items()}
        save_file(halves, folder / "model.safetensors", metadata={"format": "pt"})
        config = {**self.config.to_diff_dict(), "architectures": ["FGCLIPModel"]}
        text = json.dumps(config, indent=1, sort_keys=True) + "\n"
        (folder / "config.json").write_text(text, encoding="utf-8")
        self.tokenizer.save_pretrained(folder)
