"""Images that are PIL objects: hashed and copied, never changed or closed."""

import hashlib
import os
import threading

from PIL import Image

from rewardkit.rewards.images.decoding import DAMAGE, damaged, upright_rgb
from rewardkit.rewards.images.orientation import orientation_of
from rewardkit.rewards.images.refusals import excess
from rewardkit.rewards.images.source import ReadImage, Unreadable

_loading = threading.Lock()
"""An image opened from a file is read on first use, and two threads must not do that at once."""


def _renew() -> None:
    global _loading
    _loading = threading.Lock()  # in a forked process nobody is left to release the parent's


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)


def read_object(image: Image.Image) -> ReadImage | Unreadable:
    """An image of the caller's own; of several frames the one that it stands at.

    >>> one, other = Image.new("RGB", (2, 1)), Image.new("RGB", (1, 2))
    >>> read_object(one).key == read_object(one.copy()).key != read_object(other).key
    True
    """
    name = _name(image)
    if reason := excess(image.size):
        return Unreadable(f"image {name}: {reason}")
    try:
        key = _key(_copied(image))
    except DAMAGE as error:
        return damaged(error, name)

    def decode() -> Image.Image | Unreadable:
        try:
            return upright_rgb(_copied(image), name)
        except DAMAGE as error:
            return damaged(error, name)

    return ReadImage(key, decode)


def _name(image: Image.Image) -> str:
    return f"({image.mode} object of {image.width} x {image.height})"


def _copied(image: Image.Image) -> Image.Image:
    with _loading:
        return image.copy()


def _key(image: Image.Image) -> str:
    """A hash of all that decides what an image shows."""
    facts = (
        image.mode,
        image.size,
        image.getpalette("RGBA") if image.mode in ("P", "PA") else None,
        image.info.get("transparency"),
        orientation_of(image),
    )
    digest = hashlib.sha256(repr(facts).encode())
    digest.update(image.tobytes())
    return f"object-{digest.hexdigest()}"
