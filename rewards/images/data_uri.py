"""Data URIs: the image stands in the text itself.

Source: RFC 2397, https://www.rfc-editor.org/rfc/rfc2397. What differs: base64 may lack its padding,
be broken into lines, or use the letters of the form for URLs, as it does in the wild.
"""

import base64
import binascii
from typing import Final
from urllib.parse import unquote_to_bytes

from rewardkit.rewards.images.files import MAX_BYTES, too_large
from rewardkit.rewards.images.naming import shown_text, shown_uri
from rewardkit.rewards.images.source import Unreadable

MAX_HEAD: Final = 1000
"""Characters before the comma."""

MAX_ESCAPES: Final = 2**20
"""Percent escapes; each costs many times its size while it is read."""

_PLAIN_TYPES = ("", "application/octet-stream")
_URL_LETTERS = str.maketrans("-_", "+/")


def decode_data_uri(uri: str) -> bytes | Unreadable:
    """The bytes that a data URI holds.

    Args:
        uri: Begins with `data:`, in any case. Its media type is an image's, or not stated; the
            content decides which image it is.

    Returns:
        At least one and at most `MAX_BYTES` bytes, or why there are none.

    >>> decode_data_uri("data:image/gif;base64,R0lGOA")
    b'GIF8'
    >>> decode_data_uri("data:text/html,hello").reason
    'image data:text/html,…: expected a media type of an image, got text/html'
    """
    name = shown_uri(uri)
    comma = uri.find(",", 0, MAX_HEAD)
    if comma < 0:
        return Unreadable(f"image {name}: expected a comma before the data, got none")
    head = [piece.strip().lower() for piece in uri[len("data:") : comma].split(";")]
    if not head[0].startswith("image/") and head[0] not in _PLAIN_TYPES:
        got = shown_text(head[0])
        return Unreadable(f"image {name}: expected a media type of an image, got {got}")
    if len(uri) - comma > 2 * MAX_BYTES or uri.count("%", comma) > MAX_ESCAPES:
        return Unreadable(f"image {name}: {too_large(f'{len(uri) - comma:,} characters')}")
    data = _decode(uri[comma + 1 :], "base64" in head[1:])
    if data is None:
        return Unreadable(f"image {name}: expected base64, got other characters or a torn end")
    if len(data) > MAX_BYTES:
        return Unreadable(f"image {name}: {too_large(f'{len(data):,} bytes')}")
    return data or Unreadable(f"image {name}: expected an image, got no data")


def _decode(payload: str, is_base64: bool) -> bytes | None:
    """The payload's bytes; None where it is not the base64 that it says it is."""
    if not is_base64:
        return unquote_to_bytes(payload)
    if "%" in payload:
        payload = unquote_to_bytes(payload).decode("latin-1")
    letters = "".join(payload.split()).rstrip("=").translate(_URL_LETTERS)
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except (binascii.Error, ValueError):  # a ValueError where a letter is not ASCII
        return None
