"""The sizes of an FG-CLIP as its config.json gives them, checked; imports no torch.

What a field is worth where the file leaves it out is what transformers' CLIP and Siglip2
configurations say. Token ids are not read: those of the published files are leftovers.
"""

import math
from typing import Annotated, Literal

import msgspec

Size = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
Layers = Annotated[int, msgspec.Meta(ge=1, le=1_000)]
Epsilon = Annotated[float, msgspec.Meta(gt=0, le=1)]
Activation = Literal["quick_gelu", "gelu", "gelu_new", "gelu_pytorch_tanh", "relu", "silu"]


class TowerShape(msgspec.Struct, frozen=True, kw_only=True):
    """The sizes of one transformer; both versions and both towers have them."""

    hidden_size: Size = 768
    intermediate_size: Size = 3072
    num_hidden_layers: Layers = 12
    num_attention_heads: Size = 12
    hidden_act: Activation = "gelu_pytorch_tanh"
    layer_norm_eps: Epsilon = 1e-6

    def __post_init__(self) -> None:
        """Refuse heads that don't divide the width."""
        if self.hidden_size % self.num_attention_heads:
            raise ValueError(
                f"expected hidden_size to be a multiple of num_attention_heads, "
                f"got {self.hidden_size} and {self.num_attention_heads}"
            )


class TextShape1(TowerShape, frozen=True, kw_only=True):
    """The text tower of v1."""

    hidden_size: Size = 512
    intermediate_size: Size = 2048
    num_attention_heads: Size = 8
    hidden_act: Activation = "quick_gelu"
    layer_norm_eps: Epsilon = 1e-5
    vocab_size: Size = 49408
    max_position_embeddings: Size = 77


class VisionShape1(TowerShape, frozen=True, kw_only=True):
    """The vision tower of v1, for square images; sides in pixels."""

    hidden_act: Activation = "quick_gelu"
    layer_norm_eps: Epsilon = 1e-5
    image_size: Size = 224
    patch_size: Size = 32

    @property
    def grid(self) -> int:
        """Patches a side."""
        return self.image_size // self.patch_size


class Shape1(msgspec.Struct, frozen=True, kw_only=True):
    """FG-CLIP v1; where there is a `*_config_dict`, it stands for all of `*_config`, as in CLIP."""

    text_config: TextShape1 = TextShape1()
    vision_config: VisionShape1 = VisionShape1()
    text_config_dict: TextShape1 | None = None
    vision_config_dict: VisionShape1 | None = None
    projection_dim: Size = 512

    @property
    def text(self) -> TextShape1:
        """The text tower's sizes."""
        return self.text_config_dict or self.text_config

    @property
    def vision(self) -> VisionShape1:
        """The vision tower's sizes."""
        return self.vision_config_dict or self.vision_config


class TextShape2(TowerShape, frozen=True, kw_only=True):
    """The text tower of FG-CLIP 2; lengths in tokens."""

    vocab_size: Size = 32000
    max_position_embeddings: Size = 64
    keep_len: Size = 20
    longtext_len: Size = 196
    projection_size: Size | None = None


class VisionShape2(TowerShape, frozen=True, kw_only=True):
    """The vision tower of FG-CLIP 2; the table of positions is a square of `num_patches`."""

    patch_size: Size = 16
    num_patches: Size = 256

    def __post_init__(self) -> None:
        """Refuse a table that isn't a square."""
        super().__post_init__()
        if math.isqrt(self.num_patches) ** 2 != self.num_patches:
            raise ValueError(f"expected num_patches to be a square, got {self.num_patches}")


class Shape2(msgspec.Struct, frozen=True, kw_only=True):
    """FG-CLIP 2, whose towers are of one width, for there is no projection."""

    text_config: TextShape2 = TextShape2()
    vision_config: VisionShape2 = VisionShape2()

    def __post_init__(self) -> None:
        """Refuse towers of different widths."""
        text, vision = self.text_config, self.vision_config
        if not text.hidden_size == vision.hidden_size == (text.projection_size or text.hidden_size):
            raise ValueError(
                "expected hidden_size of both towers and projection_size to be equal, got "
                f"{text.hidden_size}, {vision.hidden_size} and {text.projection_size}"
            )
