"""Tiny reward models with random weights, in the files that real ones have."""

import functools
from pathlib import Path
from typing import Any

import torch
import transformers
from tiny_clip import scratch
from tokenizers import Regex, Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

SPECIAL = ["<unk>", "<|im_start|>", "<|im_end|>", "<pad>"]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789ABCD .,?!+=-:<>|_/\n"
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
)
SIZES = {
    "vocab_size": 100,
    "hidden_size": 16,
    "intermediate_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "max_position_embeddings": 256,
}


def save_tokenizer(folder: Path, template: str | None = CHATML, **options: object) -> None:
    """A tokenizer of single characters, with the control tokens of ChatML."""
    vocabulary = {token: number for number, token in enumerate([*SPECIAL, *LETTERS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    make: Any = PreTrainedTokenizerFast  # which has no annotations
    fast = make(
        tokenizer_object=tokenizer,
        unk_token="<unk>",
        eos_token="<|im_end|>",
        additional_special_tokens=["<|im_start|>"],
        **options,
    )
    fast.chat_template = template
    fast.save_pretrained(folder)


def save_model(folder: Path, name: str = "Qwen2", seed: int = 0, **options: Any) -> Any:  # noqa: ANN401 - models have no common type
    """A model of one of transformers' families; returned as well, for reference."""
    torch.manual_seed(seed)
    sizes = {**SIZES, "num_labels": 1, "initializer_range": 0.5, "use_cache": False, **options}
    config = getattr(transformers, f"{name}Config")(**sizes)
    model = getattr(transformers, f"{name}ForSequenceClassification")(config).eval()
    model.save_pretrained(folder)
    return model


def save_all(folder: Path, name: str = "Qwen2", **options: Any) -> Path:  # noqa: ANN401 - of every type
    """A model with its tokenizer."""
    save_model(folder, name, **options)
    save_tokenizer(folder)
    return folder


@functools.cache
def reward_model_folder() -> str:
    """One such model, made once a process, in a folder that goes away with it."""
    return str(save_all(scratch() / "reward-model", num_key_value_heads=1))


SEEING = ["<unk>", "<|im_start|>", "<|im_end|>", "<pad>", "<boi>", "<eoi>", "<img>"]
SEEING_CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{% for p in m['content'] %}"
    "{% if p['type'] == 'image' %}<boi>{% else %}{{ p['text'] }}{% endif %}{% endfor %}"
    "<|im_end|>\n{% endfor %}"
)


def save_seeing(folder: Path) -> Path:
    """A Gemma 3 reward model of images and text, with its processor."""
    vocabulary = {token: number for number, token in enumerate([*SEEING, *LETTERS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    make: Any = PreTrainedTokenizerFast  # which has no annotations
    fast = make(
        tokenizer_object=tokenizer,
        unk_token="<unk>",
        eos_token="<|im_end|>",
        pad_token="<pad>",
        additional_special_tokens=["<|im_start|>"],
        extra_special_tokens={"boi_token": "<boi>", "eoi_token": "<eoi>", "image_token": "<img>"},
    )
    images: Any = transformers.Gemma3ImageProcessor
    processor: Any = transformers.Gemma3Processor
    processor(
        images(size={"height": 28, "width": 28}, image_seq_length=4),
        fast,
        chat_template=SEEING_CHATML,
        image_seq_length=4,
    ).save_pretrained(folder)
    small = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    text = {**SIZES, "num_key_value_heads": 1, "head_dim": 8, "initializer_range": 0.5}
    configure: Any = transformers.Gemma3Config
    build: Any = transformers.Gemma3ForSequenceClassification
    config = configure(
        text_config={**text, "pad_token_id": 3},
        vision_config={**small, "num_hidden_layers": 1, "image_size": 28, "patch_size": 7},
        mm_tokens_per_image=4,
        boi_token_index=4,
        eoi_token_index=5,
        image_token_index=6,
        num_labels=1,
    )
    torch.manual_seed(0)
    model = build(config).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "projector" in name or name.startswith("score"):
                weight.normal_()  # they begin at or near 0, where no image counts
    model.save_pretrained(folder)
    return folder
