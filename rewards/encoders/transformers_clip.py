"""The spec of a CLIP, SigLIP or SigLIP 2 that the transformers library knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rewardkit.rewards.encoders.options import EncoderOptions, check_options, check_packages
from rewardkit.rewards.encoders.places import check_place, place_digest, place_name

if TYPE_CHECKING:
    from rewardkit.rewards.encoders.base import Towers

PACKAGES = ("torch", "transformers", "safetensors", "PIL")


class TransformersClip(
    EncoderOptions,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="transformers",
    forbid_unknown_fields=True,
):
    """CLIP, SigLIP or SigLIP 2 (NaFlex too) by transformers, from its published files.

    Weights come from safetensors only, and no code of a checkpoint is run. Images are prepared by
    the checkpoint's processor through Pillow; SigLIP's texts are lower-cased and padded to its
    full length, as published.

    Args:
        model: A folder with `config.json`, weights, `preprocessor_config.json` and the tokenizer's
            files, or a hub id such as `openai/clip-vit-large-patch14`.
        revision: Of a hub id: a branch, tag or commit; None for the main branch.

    Raises:
        ConfigError: When an option is out of its range.

    Source: Radford et al. 2021, https://arxiv.org/abs/2103.00020; Zhai et al. 2023,
    https://arxiv.org/abs/2303.15343; Tschannen et al. 2025, https://arxiv.org/abs/2502.14786.

    >>> TransformersClip(model="openai/clip-vit-base-patch32", dtype="float32").name
    'transformers openai/clip-vit-base-patch32'
    """

    model: str
    revision: str | None = None

    def __post_init__(self) -> None:
        """Refuse options out of their range."""
        check_options(self)

    @property
    def name(self) -> str:
        """What to call it in a report."""
        return f"transformers {place_name(self.model)}"

    def check(self) -> None:
        """Look for all that `load` needs, without loading weights.

        Raises:
            ConfigError: When packages or files are missing, the model is of another kind, or the
                machine has no such device.
        """
        check_packages(*PACKAGES)
        check_place("transformers", self.model, self.revision, "*.safetensors")
        from rewardkit.rewards.encoders.runtime import resolve_runtime
        from rewardkit.rewards.encoders.transformers_loading import read_config

        read_config(self)
        resolve_runtime(self)

    def digest(self) -> str:
        """What a fingerprint holds of the checkpoint: its content, or hub id and revision."""
        return place_digest(self.model, self.revision)

    def load(self) -> Towers:
        """Load the model onto its device.

        Raises:
            ConfigError: When packages, files or parameters are missing, or there are others.
        """
        check_packages(*PACKAGES)
        check_place("transformers", self.model, self.revision, "*.safetensors")
        from rewardkit.rewards.encoders.transformers_loading import load_towers

        return load_towers(self)
