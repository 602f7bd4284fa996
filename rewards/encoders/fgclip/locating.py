"""Where a checkpoint is: a folder, or a model of the Hugging Face hub in its local cache."""

from pathlib import Path
from typing import Final

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.places import HUB_ID, local_folder
from rewardkit.rewards.place import described

WANTED: Final = ("*.safetensors", "*.json", "merges.txt")
"""The files that are downloaded; neither code nor pickles."""


def locate_checkpoint(model: str, revision: str | None) -> Path:
    """Find a checkpoint's folder; a model of the hub is downloaded unless it was before.

    Args:
        model: A folder, or an id of the hub.
        revision: Of the hub: a branch, tag or commit; None for the main branch.

    Raises:
        ConfigError: When there is no such folder, or the hub doesn't give it.
    """
    folder = local_folder(model)
    if folder is not None:
        if revision is not None:
            raise ConfigError(
                f"fg-clip.revision: expected nothing for a folder, got {described(revision)}"
            )
        return folder
    if not HUB_ID.fullmatch(model):
        raise ConfigError(
            "fg-clip.model: expected a folder that exists or an id of the Hugging Face hub, "
            f"got {described(model)}"
        )
    import httpx
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        return Path(snapshot_download(model, revision=revision, allow_patterns=[*WANTED]))
    except (OSError, HFValidationError, httpx.HTTPError) as error:
        line = " ".join(str(error).split())[:300]
        raise ConfigError(
            f"fg-clip.model: expected a model that the hub gives, got {model}: {line}"
        ) from None
