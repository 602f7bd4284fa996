"""Image and text encoders: what turns pictures and phrases into unit vectors.

An encoder is named by a small frozen spec, as in `encoder: {kind: fg-clip, model: …}`; `ENCODERS`
names them all. Adding one touches its files, this table and its test.
"""

from typing import TypeAlias

from rewardkit.rewards.encoders.encoder import Encoder
from rewardkit.rewards.encoders.fgclip.spec import FgClip
from rewardkit.rewards.encoders.openclip import OpenClip
from rewardkit.rewards.encoders.shared import release_encoders, shared_encoder
from rewardkit.rewards.encoders.texts import TextVectors
from rewardkit.rewards.encoders.transformers_clip import TransformersClip

__all__ = [
    "ENCODERS",
    "Encoder",
    "EncoderSpec",
    "FgClip",
    "OpenClip",
    "TextVectors",
    "TransformersClip",
    "release_encoders",
    "shared_encoder",
]

EncoderSpec: TypeAlias = FgClip | OpenClip | TransformersClip
"""Which model, and how it is run: the type of a reward's field `encoder`."""

ENCODERS: dict[str, type[EncoderSpec]] = {
    "fg-clip": FgClip,
    "open-clip": OpenClip,
    "transformers": TransformersClip,
}
"""Every encoder by the name it has in YAML."""
