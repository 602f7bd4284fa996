"""The spec of a model of open_clip."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.digests import PICKLED, SUFFIXES, file_digest, folder_digest
from rewardkit.rewards.encoders.options import EncoderOptions, check_options, check_packages
from rewardkit.rewards.place import described

if TYPE_CHECKING:
    from rewardkit.rewards.encoders.base import Towers

PACKAGES: Final = ("torch", "open_clip", "PIL")

FOLDER: Final = "local-dir:"
HUB: Final = "hf-hub:"


class OpenClip(
    EncoderOptions,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    tag="open-clip",
    forbid_unknown_fields=True,
):
    """Any architecture of open_clip, with its preprocessing and tokenizer.

    Weights of a file other than safetensors are read with `weights_only`, so no code in it is run.

    Args:
        architecture: A name that open_clip knows, such as `ViT-B-32-quickgelu`;
            `local-dir:FOLDER` with `open_clip_config.json` and weights; or `hf-hub:ORG/NAME`.
        pretrained: Beside a name: a published tag, such as `openai`, or the path of a file of
            weights, `.safetensors` or `.pt`. With a file the preprocessing is the architecture's,
            for the file doesn't hold any; a folder holds its own.

    Raises:
        ConfigError: When an option is out of its range, or the two don't go together.

    Source: Ilharco et al., https://github.com/mlfoundations/open_clip.

    >>> OpenClip(architecture="ViT-B-32-quickgelu", pretrained="openai").name
    'open-clip ViT-B-32-quickgelu openai'
    """

    architecture: str
    pretrained: str | None = None

    def __post_init__(self) -> None:
        """Refuse options out of their range, and weights that nobody would look at."""
        check_options(self)
        whole = self.architecture.startswith((FOLDER, HUB))
        if whole and self.pretrained is not None:
            raise ConfigError(
                "open-clip.pretrained: expected nothing beside "
                f"{self.architecture.partition(':')[0]}:, got {described(self.pretrained)}"
            )
        if not whole and not self.pretrained:
            raise ConfigError(
                f"open-clip.pretrained: expected a tag or a file of weights for "
                f"{self.architecture[:100]}, got {described(self.pretrained)}"
            )

    @property
    def name(self) -> str:
        """What to call it in a report."""
        parts = [self.architecture.removeprefix(HUB), self.pretrained or ""]
        if self.folder is not None:
            parts = [self.folder.resolve().name]
        elif self.file is not None:
            parts[1] = self.file.name
        return " ".join(["open-clip", *parts]).strip()

    @property
    def folder(self) -> Path | None:
        """The folder that `architecture` names, None where it names none."""
        named = self.architecture.startswith(FOLDER)
        return Path(self.architecture.removeprefix(FOLDER)) if named else None

    @property
    def file(self) -> Path | None:
        """The file of weights that `pretrained` names, None where it is a tag."""
        path = Path(self.pretrained) if self.pretrained else None
        return path if path is not None and path.is_file() else None

    def check(self) -> None:
        """Look for all that `load` needs, without loading weights.

        Raises:
            ConfigError: When packages or files are missing, a name or tag is unknown, or the
                machine has no such device.
        """
        check_packages(*PACKAGES)
        from rewardkit.rewards.encoders.openclip_loading import check_names
        from rewardkit.rewards.encoders.runtime import resolve_runtime

        check_names(self)
        resolve_runtime(self)

    def digest(self) -> str:
        """What a fingerprint holds of the checkpoint: content of files, or published names."""
        if self.folder is not None:
            return folder_digest(self.folder, (*SUFFIXES, *PICKLED))
        if self.file is not None:
            return f"{self.architecture} {file_digest(self.file)}"
        return f"{self.architecture} {self.pretrained or ''}".strip()

    def load(self) -> Towers:
        """Load the model onto its device.

        Raises:
            ConfigError: When packages, files or parameters are missing, or there are others.
        """
        check_packages(*PACKAGES)
        from rewardkit.rewards.encoders.openclip_loading import check_names, load_towers

        check_names(self)
        return load_towers(self)
