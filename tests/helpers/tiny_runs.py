"""Recipes small enough for a test: tiny random models, few questions, few steps."""

import json
from pathlib import Path
from typing import Any

from rewardkit.digits.tiny_vlm import tiny_tokenizer, vocabulary, write_tiny_vlm
from rewardkit.digits.world import draw_rows

REPLY: dict[str, Any] = {"kind": "weighted", "parts": {
    "accuracy": {"weight": 0.5, "kind": "accuracy", "template": "think-answer", "task": "number"},
    "words": {"weight": 0.5, "kind": "length", "unit": "words", "limit": 4},
}}  # fmt: skip
"""Random replies differ in it."""


def write_text_model(folder: Path) -> Path:
    """A language model of Qwen3's shape that knows the words of the digits world.

    Not of Qwen2's: there transformers 5.23 puts Qwen2's own tokenizer in the place of ours.
    """
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    tokenizer = tiny_tokenizer()
    config = Qwen3Config(
        vocab_size=len(vocabulary()),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=256,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Qwen3ForCausalLM(config)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def write_questions(folder: Path, count: int, images: bool, split: str = "demonstrations") -> Path:
    """Questions of the digits world with replies, their images beside the file."""
    path = folder / f"{split}.jsonl"
    with path.open("w") as stream:
        for number, row in enumerate(draw_rows(split, count, 0)):  # type: ignore[arg-type]
            names = []
            if images:
                for i, image in enumerate(row["images"]):
                    names.append(f"{split}-{number}-{i}.png")
                    image.save(folder / names[-1])
            stream.write(json.dumps(row | {"images": names}) + "\n")
    return path


def write_world(folder: Path, images: bool = True) -> dict[str, Any]:
    """A model and questions; gives the recipe's `model`, `data`, `template` and `output`."""
    model = folder / "model"
    write_tiny_vlm(model) if images else write_text_model(model)
    train = write_questions(folder, 24, images)
    held = write_questions(folder, 6, images, "test")
    return {
        "model": {"path": str(model), "dtype": "float32"},
        "data": {"train": [str(train)], "held_out": [str(held)]},
        "template": "think-answer",
        "instruct": False,
        "output": str(folder / "run"),
    }


GRPO: dict[str, Any] = {
    "kind": "grpo",
    "reward": REPLY,
    "options": {
        "max_steps": 4,
        "save_steps": 2,
        "per_device_train_batch_size": 8,
        "num_generations": 4,
        "max_completion_length": 6,
        "learning_rate": 1e-3,
    },
}
WARMUP: dict[str, Any] = {
    "kind": "warmup",
    "format_valid_only": True,
    "options": {
        "max_steps": 4,
        "save_steps": 2,
        "per_device_train_batch_size": 4,
        "learning_rate": 1e-3,
    },
}
EVALUATE: dict[str, Any] = {
    "kind": "evaluate",
    "reward": REPLY,
    "greedy": {"n": 1, "max_tokens": 6, "batch_size": 4},
    "sampled": {"n": 2, "max_tokens": 6, "batch_size": 4},
}
SAMPLE: dict[str, Any] = {
    "kind": "sample",
    "reward": REPLY,
    "part": "words",
    "generation": {"n": 2, "max_tokens": 6, "batch_size": 8},
    "bounds": {"easy_at": 1.0, "correct_at": 1.0},
}
