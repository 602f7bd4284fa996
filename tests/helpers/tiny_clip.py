"""Tiny random image-text encoders as checkpoints in a folder, made once a process."""

import atexit
import functools
import json
import shutil
import tempfile
from pathlib import Path

import torch
from open_clip.tokenizer import bytes_to_unicode
from PIL import Image
from safetensors.torch import save_file
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPTokenizer

from rewardkit.rewards.encoders.fgclip.model_v1 import FgClip1
from rewardkit.rewards.encoders.fgclip.shapes import Shape1, TextShape1, VisionShape1

MERGES = [("c", "a"), ("ca", "t</w>"), ("d", "o"), ("do", "g</w>"), ("r", "e"), ("re", "d</w>")]
SIDE = 32


@functools.cache
def scratch() -> Path:
    """A folder that goes away with the process."""
    folder = Path(tempfile.mkdtemp(prefix="rewardkit-tiny-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def tokenizer() -> CLIPTokenizer:
    """CLIP's byte-level tokenizer with a vocabulary of bytes and a few words."""
    letters = list(bytes_to_unicode().values())
    words = letters + [f"{letter}</w>" for letter in letters] + ["".join(m) for m in MERGES]
    words += ["<|startoftext|>", "<|endoftext|>"]
    vocab = {word: i for i, word in enumerate(words)}
    return CLIPTokenizer(vocab=vocab, merges=MERGES)  # type: ignore[arg-type]  # pairs they are


def clip_folder(seed: int = 0, broken: bool = False, spoilt: str = "") -> str:
    """A transformers CLIP of 32 x 32 pixels and 77 tokens, whose vectors lie far apart.

    A broken one has a text tower that gives NaN; one with a spoilt token, for texts that hold it.
    """
    folder = scratch() / f"clip-{seed}{'-broken' if broken else ''}{spoilt.strip('</>')}"
    if folder.exists():
        return str(folder)
    size = len(tokenizer())
    tower = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
    config = CLIPConfig(
        text_config={
            **tower,
            "num_hidden_layers": 2,
            "vocab_size": size,
            "bos_token_id": size - 2,
            "eos_token_id": size - 1,
            "pad_token_id": size - 1,
        },
        vision_config={**tower, "num_hidden_layers": 2, "image_size": SIDE, "patch_size": 8},
        projection_dim=12,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = CLIPModel(config)
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim > 1 and "norm" not in name:
                parameter.copy_(torch.randn(parameter.shape, generator=draw) * 0.4)
        if broken:
            model.text_projection.weight.fill_(float("nan"))
        if spoilt:
            place = tokenizer().convert_tokens_to_ids(spoilt)
            model.text_model.embeddings.token_embedding.weight[place] = float("nan")
    model.save_pretrained(folder)
    images = CLIPImageProcessor(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
    )
    images.save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return str(folder)


def fgclip_folder(seed: int = 0) -> str:
    """An FG-CLIP v1 with the published parameter names: 248 tokens in long mode."""
    folder = scratch() / f"fgclip-{seed}"
    if folder.exists():
        return str(folder)
    folder.mkdir()
    size = len(tokenizer())
    text = TextShape1(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        vocab_size=size,
    )
    vision = VisionShape1(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=SIDE,
        patch_size=8,
    )
    shape = Shape1(text_config=text, vision_config=vision, projection_dim=12)
    with torch.device("meta"):
        wanted = FgClip1(shape).state_dict()
    draw = torch.Generator().manual_seed(seed)
    state = {n: torch.randn(one.shape, generator=draw) * 0.4 for n, one in wanted.items()}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    config = {
        "architectures": ["FGCLIPModel"],
        "model_type": "clip",
        "projection_dim": 12,
        "text_config": {"eos_token_id": 2, **fields(text)},
        "vision_config": fields(vision),
    }
    (folder / "config.json").write_text(json.dumps(config))
    tokenizer().save_pretrained(folder)
    return str(folder)


def fields(shape: TextShape1 | VisionShape1) -> dict[str, object]:
    """A tower's sizes as config.json has them."""
    return {name: getattr(shape, name) for name in shape.__struct_fields__}


def picture(number: int) -> Image.Image:
    """A picture of its own for each number: noise of a few coarse squares."""
    draw = torch.Generator().manual_seed(number)
    pixels = torch.randint(0, 256, (4, 4, 3), generator=draw, dtype=torch.uint8)
    small = Image.frombytes("RGB", (4, 4), bytes(pixels.flatten().tolist()))
    return small.resize((SIDE, SIDE), Image.Resampling.NEAREST)


def picture_file(number: int) -> str:
    """The same as a PNG file."""
    path = scratch() / f"{number}.png"
    if not path.exists():
        picture(number).save(path)
    return str(path)
