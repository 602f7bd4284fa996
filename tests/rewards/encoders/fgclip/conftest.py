"""Tiny FG-CLIPs: the golden ones, and random ones with a tokenizer of their own."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from rewardkit.rewards.encoders.fgclip.model_v1 import FgClip1
from rewardkit.rewards.encoders.fgclip.shapes import Shape1, TextShape1, VisionShape1

GOLDEN = Path(__file__).parents[3] / "golden" / "fgclip"
CORPUS = ["a red ball lies left of the dog", "two cats sleep on a green sofa", "digit 3 and 8"]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,!?'-"


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """The machine is shared, and the models are tiny."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def golden1() -> dict[str, torch.Tensor]:
    """Inputs and outputs of v1."""
    return load_file(GOLDEN / "v1" / "golden.safetensors")


@pytest.fixture(scope="session")
def golden2() -> dict[str, torch.Tensor]:
    """Inputs and outputs of v2."""
    return load_file(GOLDEN / "v2" / "golden.safetensors")


@pytest.fixture(scope="session")
def clip_tokenizer() -> Tokenizer:
    """A byte-level BPE like CLIP's, of a few words: every byte is a token, twice."""
    tokenizer = Tokenizer(
        models.BPE(unk_token="<|endoftext|>", end_of_word_suffix="</w>", fuse_unk=False)
    )
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.train_from_iterator(
        CORPUS,
        trainers.BpeTrainer(
            vocab_size=700,
            show_progress=False,
            end_of_word_suffix="</w>",
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            special_tokens=["<|startoftext|>", "<|endoftext|>"],
        ),
    )
    return tokenizer


@pytest.fixture(scope="session")
def gemma_tokenizer() -> Tokenizer:
    """A unigram like SentencePiece's, with Gemma's marks, in fewer than 97 tokens."""
    words = ["\u2581", "\u2581a", "\u2581red", "\u2581ball", "\u2581dog", "\u2581the"]
    pieces = [("<pad>", 0.0), ("<eos>", 0.0), ("<bos>", 0.0), ("<unk>", 0.0)]
    pieces += [(word, -2.0) for word in words] + [(letter, -4.0) for letter in LETTERS]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Replace(" ", "\u2581")
    tokenizer.add_special_tokens(["<pad>", "<eos>", "<bos>", "<unk>"])
    return tokenizer


@pytest.fixture
def folder1(tmp_path: Path, clip_tokenizer: Tokenizer) -> Path:
    """A random v1 with a small vocabulary of its own, as it would be published."""
    text = TextShape1(
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=2,
        vocab_size=clip_tokenizer.get_vocab_size(),
    )
    vision = VisionShape1(
        hidden_size=24,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=3,
        image_size=48,
        patch_size=16,
    )
    shape = Shape1(text_config=text, vision_config=vision, projection_dim=8)
    return write_checkpoint(tmp_path / "v1", shape, clip_tokenizer)


def write_checkpoint(folder: Path, shape: Shape1, tokenizer: Tokenizer) -> Path:
    """Write a random v1 of these sizes."""
    folder.mkdir()
    with torch.device("meta"):
        wanted = FgClip1(shape).state_dict()
    draw = torch.Generator().manual_seed(1)
    state = {name: torch.randn(one.shape, generator=draw) for name, one in wanted.items()}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    config = {
        "architectures": ["FGCLIPModel"],
        "auto_map": {"AutoModelForCausalLM": "modeling_fgclip.FGCLIPModel"},
        "model_type": "clip",
        "projection_dim": shape.projection_dim,
        "text_config": {"eos_token_id": 2, **_fields(shape.text_config)},
        "vision_config": _fields(shape.vision_config),
    }
    (folder / "config.json").write_text(json.dumps(config))
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def _fields(shape: TextShape1 | VisionShape1) -> dict[str, object]:
    return {name: getattr(shape, name) for name in shape.__struct_fields__}


@pytest.fixture
def folder2(tmp_path: Path, gemma_tokenizer: Tokenizer) -> Path:
    """The golden v2 with a tokenizer."""
    folder = tmp_path / "v2"
    folder.mkdir()
    for name in ("config.json", "model.safetensors"):
        (folder / name).write_bytes((GOLDEN / "v2" / name).read_bytes())
    gemma_tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture
def rewrite() -> Callable[[Path, Callable[[dict[str, torch.Tensor]], object]], None]:
    """Change the parameters of a checkpoint's one file in place."""

    def change(folder: Path, edit: Callable[[dict[str, torch.Tensor]], object]) -> None:
        file = folder / "model.safetensors"
        state = {name: value.clone() for name, value in load_file(file).items()}
        edit(state)
        save_file(state, file)

    return change
