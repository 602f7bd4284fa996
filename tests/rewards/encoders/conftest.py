"""Tiny random checkpoints, written as their libraries publish them."""

import json
import string
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from tokenizers.pre_tokenizers import ByteLevel
from transformers import (
    CLIPConfig,
    CLIPModel,
    CLIPTokenizer,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    Siglip2Config,
    Siglip2Model,
    Siglip2Tokenizer,
    SiglipConfig,
    SiglipModel,
)

from rewardkit.rewards.encoders import release_encoders

WORDS = "a red blue ball dog cat left right is on the of and two three".split()
LENGTH = 16
"""Tokens of a text, special ones included."""


@pytest.fixture(autouse=True)
def nothing_loaded() -> None:
    """Each test loads for itself."""
    release_encoders()


def clip_tokenizer() -> CLIPTokenizer:
    """Every byte, no merges: CLIP's tokenizer with the ids 512 and 513 for start and end."""
    alphabet = sorted(ByteLevel.alphabet())
    pieces = [*alphabet, *(f"{one}</w>" for one in alphabet), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={piece: number for number, piece in enumerate(pieces)}, merges=[])


def word_tokenizer() -> PreTrainedTokenizerFast:
    """One id a word, padding 0, end 1, unknown 2, nothing in front: SigLIP's in small.

    The published one needs the package sentencepiece; the ids around a text are the same.
    """
    vocab = {"<pad>": 0, "<eos>": 1, "<unk>": 2} | {w: n for n, w in enumerate(WORDS, 3)}
    tokenizer = Tokenizer(models.WordLevel(vocab, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = ENDED
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # has no types
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="<eos>",
        unk_token="<unk>",
        padding_side="right",
    )


def letter_tokenizer() -> Siglip2Tokenizer:
    """SigLIP 2's own class with an id a letter and no merges."""
    pieces = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁", *string.ascii_lowercase]
    tokenizer = Siglip2Tokenizer(
        vocab={piece: number for number, piece in enumerate(pieces)},
        merges=[],
        padding_side="right",
    )
    tokenizer.backend_tokenizer.post_processor = ENDED
    return tokenizer


ENDED = processors.TemplateProcessing(single="$A <eos>", special_tokens=[("<eos>", 1)])


def randomised(model: torch.nn.Module, seed: int) -> None:
    """Give every parameter values of its own, biases and norms too, so that each one matters."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(noise * 0.3 + (1.0 if "norm" in name and "weight" in name else 0.0))


TOWER = {
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
}


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLIP of 8 dimensions with images of 24 pixels."""
    folder = tmp_path_factory.mktemp("clip")
    text = TOWER | {
        "vocab_size": 514,
        "max_position_embeddings": LENGTH,
        "bos_token_id": 512,
        "eos_token_id": 513,
        "pad_token_id": 513,
    }
    config = CLIPConfig(
        text_config=text,
        vision_config=TOWER | {"image_size": 24, "patch_size": 8},
        projection_dim=8,
    )
    save(CLIPModel(config), folder)
    clip_tokenizer().save_pretrained(folder)
    processor = {
        "image_processor_type": "CLIPImageProcessor",
        "size": {"shortest_edge": 24},
        "crop_size": {"height": 24, "width": 24},
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    return folder


@pytest.fixture(scope="session")
def siglip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SigLIP with images of 24 pixels."""
    folder = tmp_path_factory.mktemp("siglip")
    text = TOWER | {
        "vocab_size": len(WORDS) + 3,
        "max_position_embeddings": LENGTH,
        "projection_size": 16,
    }
    config = SiglipConfig(
        text_config=text, vision_config=TOWER | {"image_size": 24, "patch_size": 8}
    )
    save(SiglipModel(config), folder)
    word_tokenizer().save_pretrained(folder)
    processor = {
        "image_processor_type": "SiglipImageProcessor",
        "size": {"height": 24, "width": 24},
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    return folder


@pytest.fixture(scope="session")
def siglip2_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SigLIP 2 (NaFlex) of at most 12 patches of 8 pixels."""
    folder = tmp_path_factory.mktemp("siglip2")
    text = TOWER | {
        "vocab_size": 32,
        "max_position_embeddings": LENGTH,
        "projection_size": 16,
    }
    config = Siglip2Config(
        text_config=text, vision_config=TOWER | {"patch_size": 8, "num_patches": 9}
    )
    save(Siglip2Model(config), folder)
    letter_tokenizer().save_pretrained(folder)
    processor = {
        "image_processor_type": "Siglip2ImageProcessor",
        "patch_size": 8,
        "max_num_patches": 12,
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    return folder


def save(model: CLIPModel | SiglipModel | Siglip2Model, folder: Path) -> None:
    randomised(model, seed=7)
    model.save_pretrained(folder)


@pytest.fixture(scope="session")
def open_clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of open_clip of 8 dimensions, as `local-dir:` reads it."""
    import open_clip
    from safetensors.torch import save_file

    folder = tmp_path_factory.mktemp("open_clip")
    tower = {"width": 16, "layers": 2}
    text = tower | {"context_length": LENGTH, "vocab_size": 49408, "heads": 2}
    config = {
        "model_cfg": {
            "embed_dim": 8,
            "vision_cfg": tower | {"image_size": 24, "patch_size": 8, "head_width": 8},
            "text_cfg": text,
        },
        "preprocess_cfg": {"mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.4]},
    }
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    model = open_clip.create_model(f"local-dir:{folder}", load_weights=False)
    randomised(model, seed=7)
    save_file(model.state_dict(), folder / "open_clip_model.safetensors")
    return folder


@pytest.fixture(params=["clip", "siglip", "siglip2"])
def tokenizer(request: pytest.FixtureRequest) -> PreTrainedTokenizerBase:
    """The tokenizer of one of the checkpoints."""
    made: dict[str, PreTrainedTokenizerBase] = {
        "clip": clip_tokenizer(),
        "siglip": word_tokenizer(),
        "siglip2": letter_tokenizer(),
    }
    return made[request.param]
