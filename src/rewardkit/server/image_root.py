"""Which images a request may name: those that it brings along, and those of one folder."""

import os
from typing import Any

import msgspec

from rewardkit.decoding import Violation
from rewardkit.errors import ConfigError
from rewardkit.rewards.images.naming import scheme_of, shown_text, shown_uri
from rewardkit.types import Rollout

WITHOUT_ROOT = "a data URI, for the server was started without --image-root"
WITH_ROOT = "a data URI or a path below the server's --image-root"


class ImageRoot:
    """The folder that paths of images begin at; a request can't leave it.

    Whoever can put links into the folder while a request is looked at could lead it elsewhere:
    the folder must be writable to nobody but those who may read every file of the server's.
    """

    def __init__(self, folder: str | None) -> None:
        """Allow a folder, or with None no file at all.

        Raises:
            ConfigError: When it is no folder.
        """
        if folder is not None and not os.path.isdir(folder):
            raise ConfigError(f"--image-root: expected a folder, got {folder}")
        self._folder = None if folder is None else os.path.realpath(folder)

    def admit(self, rollout: Rollout) -> Rollout | Violation:
        """The rollout with its images' paths resolved.

        Data URIs stay as they are. Refused are URLs of every kind, absolute paths, paths with
        `..`, and links that lead out of the folder. A file that is not there is no violation: its
        rollout is scored like one of `rewardkit score`.
        """
        if not rollout.images:
            return rollout
        images: list[Any] = []
        for number, image in enumerate(rollout.images):
            admitted = self._image(image)
            if admitted is None:
                expected = WITHOUT_ROOT if self._folder is None else WITH_ROOT
                return Violation(f"images[{number}]", expected, shown(image))
            images.append(admitted)
        return msgspec.structs.replace(rollout, images=images)

    def _image(self, image: object) -> str | None:
        """What a worker may be told to read; None for what is refused."""
        if isinstance(image, dict) and image.get("bytes") is None:
            image = image.get("path")
        if not isinstance(image, str):
            return None
        scheme = scheme_of(image)
        if scheme == "data":
            return image
        return None if scheme else self._inside(image)

    def _inside(self, path: str) -> str | None:
        if self._folder is None or not path or "\0" in path or os.path.isabs(path):
            return None
        if os.path.splitdrive(path)[0] or ".." in path.replace("\\", "/").split("/"):
            return None
        try:
            found = os.path.realpath(os.path.join(self._folder, path))
        except (OSError, ValueError):  # a path that no file can have
            return None
        return found if os.path.commonpath([self._folder, found]) == self._folder else None


def shown(image: object) -> str:
    """What was given, in short: never the data of a data URI."""
    if isinstance(image, str):
        return shown_uri(image) if scheme_of(image) else f"the path {shown_text(image)!r}"
    return shown_text(msgspec.json.encode(image).decode("utf-8", "replace"))
