"""One image of a rollout, whatever it is given as, to what an encoder takes."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from rewardkit.rewards.images.data_uri import decode_data_uri
from rewardkit.rewards.images.files import hash_file, read_file
from rewardkit.rewards.images.naming import scheme_of, shown_text, shown_uri
from rewardkit.rewards.images.source import ReadImage, Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image

EXPECTED = "a path, data URI, PIL image, bytes or dict with 'bytes' or 'path'"
"""What an image may be given as."""


def read_image(source: object, allow_remote: bool = False) -> ReadImage | Unreadable:
    """Find an image and name it by its content.

    Args:
        source: A path (relative ones begin at the current directory), `file:` URL, data URI, PIL
            image, bytes of an image file, a dict with `bytes` or `path` as `datasets` has it, or,
            where allowed, an http or https URL.
        allow_remote: Whether an image may be fetched from the network.

    Returns:
        The image, whose `decode` opens it anew each time, so that a batch of images isn't held in
        memory; or why it can't be had. Damage inside the image shows when it is decoded.

    >>> read_image("https://example.org/cat.png").reason
    'image https://example.org/cat.png: remote image: give --allow-remote-images'
    >>> read_image(None).reason[:40]
    'image: expected a path, data URI, PIL im'
    """
    if isinstance(source, os.PathLike):
        return _read_path(os.fsdecode(source))
    if isinstance(source, str):
        return _read_text(source, allow_remote)
    if isinstance(source, bytes | bytearray | memoryview):
        return _held(bytes(source), "(bytes)")
    if isinstance(source, dict):
        return _read_dict(source, allow_remote)
    pillow = sys.modules.get("PIL.Image")  # without it nobody can have made an image
    if pillow is not None and isinstance(source, pillow.Image):
        from rewardkit.rewards.images.in_memory import read_object

        return read_object(source)
    return Unreadable(f"image: expected {EXPECTED}, got {type(source).__name__}")


def _read_text(text: str, allow_remote: bool) -> ReadImage | Unreadable:
    scheme = scheme_of(text)
    if scheme == "":
        return _read_path(text)
    if scheme == "data":
        return _lazy(lambda: decode_data_uri(text), shown_uri(text))
    if scheme == "file":
        return _read_file_url(text)
    if scheme not in ("http", "https"):
        return Unreadable(
            f"image {shown_uri(text)}: expected a path, or a URL of data, file, http or https, "
            f"got {shown_text(scheme)}"
        )
    if not allow_remote:
        return Unreadable(f"image {shown_uri(text)}: remote image: give --allow-remote-images")
    from rewardkit.rewards.images.remote import fetch  # httpx takes long to import

    data = fetch(text)
    return data if isinstance(data, Unreadable) else _held(data, shown_uri(text))


def _read_path(path: str) -> ReadImage | Unreadable:
    if not path:
        return Unreadable("image: expected a path, got an empty string")
    place, name = _absolute(path), shown_text(path, from_end=True)  # a later chdir is no harm
    key = hash_file(place, name)
    if isinstance(key, Unreadable):
        return key

    def data() -> bytes | Unreadable:
        found = read_file(place, name)
        if isinstance(found, bytes) and hashlib.sha256(found).hexdigest() != key:
            return Unreadable(f"image {name}: expected a file that stays as it is, got a change")
        return found

    return ReadImage(key, _decoder(data, name))


def _absolute(path: str) -> str:
    """Unlike `os.path.abspath` not tidied: `..` after a link is the parent of where it leads."""
    try:
        return path if os.path.isabs(path) else os.path.join(os.getcwd(), path)
    except FileNotFoundError:  # the current directory was removed, and nothing is there
        return path


def _read_file_url(url: str) -> ReadImage | Unreadable:
    name = shown_uri(url)
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no IPv6 address
        return Unreadable(f"image {name}: expected a URL, got one that can't be read")
    if parts.netloc.lower() not in ("", "localhost"):
        return Unreadable(f"image {name}: expected a file of this machine, got another's")
    path = unquote(parts.path, errors="surrogateescape")
    if sys.platform == "win32":
        path = path.lstrip("/")  # file:///C:/cat.png
    return _read_path(path)


def _read_dict(source: dict[object, object], allow_remote: bool) -> ReadImage | Unreadable:
    """An image as `datasets` has it before it decodes one."""
    data, path = source.get("bytes"), source.get("path")
    if isinstance(data, bytes | bytearray | memoryview):
        return _held(bytes(data), shown_text(path, True) if isinstance(path, str) else "(bytes)")
    if data is None and isinstance(path, str):
        return _read_text(path, allow_remote)
    got = ", ".join(f"{key!s:.20}: {type(value).__name__}" for key, value in source.items())
    return Unreadable(f"image: expected {EXPECTED}, got a dict with {shown_text(got) or 'nothing'}")


def _held(data: bytes, name: str) -> ReadImage | Unreadable:
    """An image whose bytes are in memory."""
    return _lazy(lambda: data, name)


def _lazy(data: Callable[[], bytes | Unreadable], name: str) -> ReadImage | Unreadable:
    """An image whose bytes are made when they are needed, now for its key."""
    found = data()
    if isinstance(found, Unreadable):
        return found
    return ReadImage(hashlib.sha256(found).hexdigest(), _decoder(data, name))


def _decoder(data: Callable[[], bytes | Unreadable], name: str) -> Callable[[], Image | Unreadable]:
    def decode() -> Image | Unreadable:
        from rewardkit.rewards.images.decoding import decode_image  # Pillow, when it is needed

        found = data()
        return found if isinstance(found, Unreadable) else decode_image(found, name)

    return decode
