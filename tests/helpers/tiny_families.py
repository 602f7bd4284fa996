"""Tiny checkpoints of LLaVA's and Idefics3's shape, for the words of the digits world."""

from pathlib import Path
from typing import Any

import torch
from transformers import (
    CLIPImageProcessor,
    CLIPVisionConfig,
    Idefics3Config,
    Idefics3ForConditionalGeneration,
    Idefics3ImageProcessor,
    Idefics3Processor,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
)

from rewardkit.digits.tiny_vlm import CHAT_TEMPLATE, IMAGE, tiny_tokenizer

PLACE = "<|vision_start|><|image_pad|><|vision_end|>"
VISION: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "image_size": 32,
    "patch_size": 8,
}


def language(tokenizer: Any) -> LlamaConfig:  # noqa: ANN401 - of any kind
    """A language model of two layers."""
    return LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def write(folder: Path, kind: Any, config: Any, processor: Any) -> Path:  # noqa: ANN401
    """Write a model with random weights, and its processor."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = kind(config)
    model.generation_config.eos_token_id = processor.tokenizer.eos_token_id
    model.generation_config.pad_token_id = processor.tokenizer.pad_token_id
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def write_llava(folder: Path) -> Path:
    """LLaVA's shape: CLIP's tower, one token a patch."""
    tokenizer: Any = tiny_tokenizer()
    config = LlavaConfig(
        text_config=language(tokenizer),
        vision_config=CLIPVisionConfig(**VISION, projection_dim=32),
        image_token_index=tokenizer.convert_tokens_to_ids(IMAGE),
        vision_feature_layer=-1,
    )
    sizes = {"height": 32, "width": 32}
    make: Any = LlavaProcessor
    processor = make(
        image_processor=CLIPImageProcessor(size=sizes, do_center_crop=False),
        tokenizer=tokenizer,
        patch_size=8,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        image_token=IMAGE,
        chat_template=CHAT_TEMPLATE.replace(PLACE, IMAGE),
    )
    return write(folder, LlavaForConditionalGeneration, config, processor)


def write_idefics3(folder: Path) -> Path:
    """Idefics3's shape: four patches make one of an image's four tokens."""
    tokenizer: Any = tiny_tokenizer()
    more = ["<fake_token_around_image>", "<image>", "<global-img>", "<end_of_utterance>"]
    tokenizer.add_special_tokens({"additional_special_tokens": more})
    kind: Any = Idefics3Config
    config = kind(
        text_config=language(tokenizer),
        vision_config=VISION,
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
        scale_factor=2,
        pad_token_id=tokenizer.pad_token_id,
    )
    sizes = {"longest_edge": 32}
    make: Any = Idefics3Processor
    processor = make(
        image_processor=Idefics3ImageProcessor(
            size=sizes, max_image_size=sizes, do_image_splitting=False
        ),
        tokenizer=tokenizer,
        image_seq_len=4,
        chat_template=CHAT_TEMPLATE.replace(PLACE, "<image>"),
    )
    return write(folder, Idefics3ForConditionalGeneration, config, processor)
