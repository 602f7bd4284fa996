"""CLIP checkpoints of stated sizes with random weights, and the photos that they are shown."""

import gzip
from pathlib import Path
from typing import NamedTuple

import open_clip
import torch
from open_clip.tokenizer import bytes_to_unicode
from PIL import Image
from sklearn.datasets import load_sample_images
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor, CLIPTokenizer

BPE_FILE = Path(open_clip.__file__).parent / "bpe_simple_vocab_16e6.txt.gz"
MERGES = 49152 - 256 - 2
END, START = 49407, 49406


class Tower(NamedTuple):
    """One transformer: width, layers, heads; its MLP is four times as wide."""

    width: int
    layers: int
    heads: int


class Size(NamedTuple):
    """What decides how much work a CLIP is.

    Attributes:
        vision: The image tower.
        text: The text tower, of 77 positions.
        side: Side of the square image, in pixels.
        patch: Side of a patch, in pixels.
        dim: Length of the vectors.
    """

    vision: Tower
    text: Tower
    side: int
    patch: int
    dim: int

    @property
    def image_flop(self) -> float:
        """Floating-point operations of one image, multiply and add counted apart."""
        tokens = (self.side // self.patch) ** 2 + 1
        patches = 2 * (tokens - 1) * self.vision.width * 3 * self.patch**2
        return _tower_flop(self.vision, tokens) + patches + 2 * self.vision.width * self.dim

    @property
    def text_flop(self) -> float:
        """Floating-point operations of one text of 77 tokens."""
        return _tower_flop(self.text, 77) + 2 * self.text.width * self.dim


def _tower_flop(tower: Tower, tokens: int) -> float:
    """Twelve width² products a token and layer, and attention's two products with all tokens."""
    return tower.layers * (24 * tokens * tower.width**2 + 4 * tokens**2 * tower.width)


# All but the first as open_clip has them under these names.
SIZES = {
    "tiny": Size(Tower(64, 2, 2), Tower(64, 2, 2), 64, 16, 32),
    "ViT-S-16": Size(Tower(384, 12, 6), Tower(384, 12, 6), 224, 16, 384),
    "ViT-B-16": Size(Tower(768, 12, 12), Tower(512, 12, 8), 224, 16, 512),
    "ViT-B-32": Size(Tower(768, 12, 12), Tower(512, 12, 8), 224, 32, 512),
    "ViT-L-14": Size(Tower(1024, 24, 16), Tower(768, 12, 12), 224, 14, 768),
}


def tokenizer() -> CLIPTokenizer:
    """CLIP's own tokenizer, from the merges that open_clip ships."""
    with gzip.open(BPE_FILE, "rt", encoding="utf-8") as stream:
        lines = stream.read().split("\n")[1 : MERGES + 1]
    merges = [tuple(line.split()) for line in lines]
    letters = list(bytes_to_unicode().values())
    words = letters + [f"{letter}</w>" for letter in letters] + ["".join(pair) for pair in merges]
    words += ["<|startoftext|>", "<|endoftext|>"]
    vocab = {word: i for i, word in enumerate(words)}
    return CLIPTokenizer(vocab=vocab, merges=merges, model_max_length=77)  # type: ignore[arg-type]  # pairs, as it wants them


def write_checkpoint(folder: Path, size: Size, seed: int) -> None:
    """Write a CLIP with random weights as transformers would load it."""
    torch.manual_seed(seed)
    vision, text = size.vision, size.text
    config = CLIPConfig(
        text_config={
            "hidden_size": text.width,
            "num_hidden_layers": text.layers,
            "num_attention_heads": text.heads,
            "intermediate_size": 4 * text.width,
            "bos_token_id": START,
            "eos_token_id": END,
            "pad_token_id": END,
        },
        vision_config={
            "hidden_size": vision.width,
            "num_hidden_layers": vision.layers,
            "num_attention_heads": vision.heads,
            "intermediate_size": 4 * vision.width,
            "image_size": size.side,
            "patch_size": size.patch,
        },
        projection_dim=size.dim,
    )
    CLIPModel(config).save_pretrained(folder)
    side = {"height": size.side, "width": size.side}
    images = CLIPImageProcessor(size={"shortest_edge": size.side}, crop_size=side)
    CLIPProcessor(images, tokenizer()).save_pretrained(folder)  # type: ignore[no-untyped-call]  # no types


def write_photos(folder: Path, count: int, side: int = 320) -> list[Path]:
    """Cut crops out of scikit-learn's two sample photos, each another one, as JPEG files.

    Args:
        folder: Where to.
        count: How many, at most 200.
        side: Of a crop, in pixels.
    """
    photos = [Image.fromarray(pixels) for pixels in load_sample_images().images]
    paths = []
    for number in range(count):
        photo = photos[number % 2]
        x, y = 16 * (number // 2 % 20), 20 * (number // 40)
        path = folder / f"{number}.jpg"
        photo.crop((x, y, x + side, y + side)).save(path, quality=90)
        paths.append(path)
    return paths
