"""The spec of an FG-CLIP: which checkpoint, and how it is run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.options import EncoderOptions, check_options, check_packages
from rewardkit.rewards.encoders.places import place_digest, place_name
from rewardkit.rewards.place import described

if TYPE_CHECKING:
    from rewardkit.rewards.encoders.base import Towers

PACKAGES: Final = ("torch", "transformers", "safetensors", "tokenizers", "PIL")


class FgClip(
    EncoderOptions,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="fg-clip",
    forbid_unknown_fields=True,
):
    """FG-CLIP or FG-CLIP 2, told apart by the checkpoint's config.json.

    Native modules read the published safetensors by name; no code of a checkpoint is run.

    Args:
        model: A folder with the published files, or a hub id such as `qihoo360/fg-clip-large`.
        revision: Of a hub id: a branch, tag or commit; None for the main branch.

    Raises:
        ConfigError: When an option is out of its range.

    Source: Xie et al. 2025, https://arxiv.org/abs/2505.05071 and
    https://arxiv.org/abs/2510.10921, 360CVGroup/FG-CLIP.

    >>> FgClip(model="qihoo360/fg-clip-large", device="cpu").name
    'fg-clip qihoo360/fg-clip-large'
    """

    model: str
    revision: str | None = None

    def __post_init__(self) -> None:
        """Refuse options out of their range."""
        check_options(self)
        if not self.model:
            raise ConfigError(
                f"fg-clip.model: expected a folder or a hub id, got {described(self.model)}"
            )

    @property
    def name(self) -> str:
        """What to call it in a report."""
        return f"fg-clip {place_name(self.model)}"

    def check(self) -> None:
        """Look at all that `load` needs but the weights themselves; downloads what is missing.

        Raises:
            ConfigError: When packages or files are missing, or are not those of an FG-CLIP.
        """
        check_packages(*PACKAGES)
        from rewardkit.rewards.encoders.fgclip.loading import check_towers

        check_towers(self._folder(), self)

    def digest(self) -> str:
        """What a fingerprint holds of the checkpoint: its content, or hub id and revision."""
        return place_digest(self.model, self.revision)

    def load(self) -> Towers:
        """Load the model onto its device.

        Raises:
            ConfigError: When packages or files are missing, or are not those of an FG-CLIP.
        """
        check_packages(*PACKAGES)
        from rewardkit.rewards.encoders.fgclip.loading import load_towers

        return load_towers(self._folder(), self)

    def _folder(self) -> Path:
        from rewardkit.rewards.encoders.fgclip.locating import locate_checkpoint

        return locate_checkpoint(self.model, self.revision)
