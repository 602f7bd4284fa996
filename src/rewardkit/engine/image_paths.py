"""Where a rollout's images are: relative paths begin at the folder of the file that names them."""

import os
from collections.abc import Iterable

import msgspec

from rewardkit.places import is_url
from rewardkit.reading import STDIN
from rewardkit.rewards.images.naming import scheme_of
from rewardkit.types import Rollout


def folder_of(path: str) -> bytes:
    """The folder that relative images of an input begin at, absolute.

    It is the one that the input is named in, also where the input is a link; of standard input,
    a pipe or a device it is the current one. Of a URL it is the URL's. As bytes, for a path needs
    not be text. Not tidied: `..` after a link is the parent of where it leads, as for whoever opens
    the input.

    >>> import os
    >>> os.fsdecode(folder_of("-")) == os.getcwd()
    True
    """
    if is_url(path):
        return os.fsencode(path.rpartition("/")[0])
    if path == STDIN or not os.path.isfile(path) or path.startswith(("/dev/", "/proc/")):
        return os.fsencode(os.getcwd())
    return os.fsencode(os.path.dirname(os.path.join(os.getcwd(), path)))


def folders_of(paths: Iterable[str]) -> tuple[bytes, ...]:
    """The folder of each input."""
    return tuple(map(folder_of, paths))


def with_absolute_images(rollout: Rollout, folder: bytes) -> Rollout:
    """The rollout with the paths of its images made absolute; the same one where they are.

    Data URIs, URLs and whatever is no path stay as they are; of a dict as `datasets` has it, the
    path counts where it brings no bytes.

    >>> with_absolute_images(Rollout(completion="", images=["a.png"]), b"/data").images
    ['/data/a.png']
    """
    if not rollout.images:
        return rollout
    images = [_absolute(image, os.fsdecode(folder)) for image in rollout.images]
    return msgspec.structs.replace(rollout, images=images)


def _absolute(image: object, folder: str) -> object:
    if isinstance(image, dict) and image.get("bytes") is None and "path" in image:
        return {**image, "path": _absolute(image["path"], folder)}
    if isinstance(image, str) and image and not scheme_of(image):
        return os.path.join(folder, image)  # which leaves an absolute one alone
    return image
