"""A vision-language model of Qwen2.5-VL's shape with 250,000 random parameters.

It is written as a checkpoint that transformers' `Auto` classes load, so that whatever trains
Qwen2.5-VL trains it too, in seconds. Its vocabulary is the words of the digits world.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rewardkit.digits.questions import PROMPTS

if TYPE_CHECKING:
    from transformers import (
        PreTrainedTokenizerFast,
        Qwen2_5_VLForConditionalGeneration,
        Qwen2_5_VLProcessor,
    )

PAD: Final = "<|endoftext|>"
END: Final = "<|im_end|>"
UNKNOWN: Final = "<|unk|>"
IMAGE: Final = "<|image_pad|>"
SPECIAL: Final = (
    PAD,
    UNKNOWN,
    "<|im_start|>",
    END,
    "<|vision_start|>",
    "<|vision_end|>",
    IMAGE,
    "<|video_pad|>",
)
REPLY_WORDS: Final = ("<think>", "</think>", "<answer>", "</answer>", "left", "right", "is")
IMAGE_PIXELS: Final = 32 * 16
PATCH_PIXELS: Final = 4
"""Height and width of a patch; 2 x 2 of them make one of an image's 8 tokens."""
MERGE: Final = 2

CHAT_TEMPLATE: Final = """\
{%- for message in messages -%}
{{ '<|im_start|> ' + message['role'] + ' ' }}
{%- if message['content'] is string -%}{{ message['content'] }}
{%- else -%}
{%- for part in message['content'] -%}
{%- if part['type'] == 'image' -%}{{ '<|vision_start|><|image_pad|><|vision_end|> ' }}
{%- else -%}{{ part['text'] }}{%- endif -%}
{%- endfor -%}
{%- endif -%}
{{ ' <|im_end|> ' }}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|im_start|> assistant ' }}{%- endif -%}
"""
"""Qwen2.5-VL's turns, with a space between words where that has a line break."""


def vocabulary() -> list[str]:
    """The tokens in their order: special ones, words, numbers from 0 to 18.

    >>> len(vocabulary()), vocabulary()[-1]
    (45, '18')
    """
    words = " ".join(("user assistant system", *REPLY_WORDS, *PROMPTS.values())).split()
    return list(dict.fromkeys((*SPECIAL, *words, *map(str, range(19)))))


def write_tiny_vlm(folder: str | Path, seed: int = 0) -> Path:
    """Write a random model and its processor.

    Args:
        folder: Where to; made when missing.
        seed: Of the weights. torch's own random state is left as it was.

    Returns:
        The folder, to be loaded with `AutoModelForImageTextToText` and `AutoProcessor`.
    """
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = random_model()
    model.save_pretrained(folder)
    tiny_processor().save_pretrained(folder)
    return Path(folder)


def random_model() -> "Qwen2_5_VLForConditionalGeneration":
    """The model with random weights, in float32."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    ids = {word: i for i, word in enumerate(vocabulary())}
    text = {
        "vocab_size": len(ids),
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 256,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [2, 3, 3]},
        "bos_token_id": None,
        "eos_token_id": ids[END],
        "pad_token_id": ids[PAD],
    }
    vision = {
        "depth": 2,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_heads": 4,
        "out_hidden_size": 64,
        "patch_size": PATCH_PIXELS,
        "spatial_merge_size": MERGE,
        "window_size": 32,
        "fullatt_block_indexes": [1],
    }
    config = Qwen2_5_VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=ids[IMAGE],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
    )
    model = Qwen2_5_VLForConditionalGeneration(config)
    model.generation_config.eos_token_id = ids[END]
    model.generation_config.pad_token_id = ids[PAD]
    return model


def tiny_processor() -> "Qwen2_5_VLProcessor":
    """The model's processor: images of 32 x 16 pixels, one token a word."""
    from transformers import Qwen2_5_VLProcessor, Qwen2VLImageProcessor, Qwen2VLVideoProcessor

    sizes: dict[str, Any] = {
        "patch_size": PATCH_PIXELS,
        "merge_size": MERGE,
        "size": {"shortest_edge": IMAGE_PIXELS, "longest_edge": IMAGE_PIXELS},
    }
    return Qwen2_5_VLProcessor(  # type: ignore[no-untyped-call] # as transformers has it
        image_processor=Qwen2VLImageProcessor(**sizes),
        tokenizer=tiny_tokenizer(),
        video_processor=Qwen2VLVideoProcessor(**sizes),
        chat_template=CHAT_TEMPLATE,
    )


def tiny_tokenizer() -> "PreTrainedTokenizerFast":
    """A tokenizer that cuts at spaces and knows the words of the digits world."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    ids = {word: i for i, word in enumerate(vocabulary())}
    words = Tokenizer(models.WordLevel(ids, unk_token=UNKNOWN))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call] # as transformers has it
        tokenizer_object=words,
        pad_token=PAD,
        eos_token=END,
        unk_token=UNKNOWN,
        additional_special_tokens=list(SPECIAL[2:]),
        padding_side="left",
        chat_template=CHAT_TEMPLATE,
    )
