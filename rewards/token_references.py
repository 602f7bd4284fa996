"""References of perception tokens: depth codes and boxes, as lists, tokens or JSON."""

from typing import Final

from rewardkit.rewards.token_codes import (
    CODES,
    DEPTH_CODES,
    MAX_BOXES,
    PIXELS,
    read_depth_codes,
    read_token_boxes,
)
from rewardkit.types import Reference
from rewardkit.verifiers.geometry.json_text import decode_json
from rewardkit.verifiers.geometry.limits import Limits
from rewardkit.verifiers.geometry.reading import Unread
from rewardkit.verifiers.geometry.references import read_reference
from rewardkit.verifiers.geometry.shapes import Box

_FRAME: Final = Limits(frame=(PIXELS - 1, PIXELS - 1), max_objects=MAX_BOXES)


def read_depth_reference(reference: Reference) -> tuple[int, ...] | str:
    """Read 100 depth codes: a list, a text of tokens or of JSON, or an object with `depth`.

    Returns:
        The codes; or, as a text, why there are none.

    >>> read_depth_reference([1, 2])
    '2 depth codes, expected 100'
    """
    given = _decoded(reference, "<DEPTH_")
    if isinstance(given, dict):
        given = _decoded(given.get("depth"), "<DEPTH_")
    if isinstance(given, str):
        return read_depth_codes(given)
    if not isinstance(given, list):
        return f"expected {DEPTH_CODES} depth codes, got {type(given).__name__}"
    if len(given) != DEPTH_CODES:
        return f"{len(given)} depth codes, expected {DEPTH_CODES}"
    codes = [code for code in given if type(code) is int and 0 <= code < CODES]
    return tuple(codes) if len(codes) == len(given) else f"expected codes from 0 to {CODES - 1}"


def read_box_reference(reference: Reference) -> tuple[Box, ...] | str:
    """Read at most 15 boxes: a list, a text of tokens or of JSON, or an object with `boxes`.

    Returns:
        The boxes; or, as a text, why there are none.

    >>> read_box_reference({"boxes": [[0, 0, 10, 10]]})
    ((0.0, 0.0, 10.0, 10.0),)
    """
    given = _decoded(reference, "<PIXEL_")
    if isinstance(given, dict) and "boxes" in given:
        given = _decoded(given["boxes"], "<PIXEL_")
    if isinstance(given, str) and "<PIXEL_" in given:
        return read_token_boxes(given)
    found = read_reference(given, _FRAME)
    if isinstance(found, Unread):
        return found.reason.removeprefix("reference: ")
    return tuple(one.box for one in found if one.box is not None)


def _decoded(reference: Reference, token: str) -> Reference:
    """The value of a text of JSON; a text of tokens, or of neither, as it is."""
    if not isinstance(reference, str) or token in reference:
        return reference
    try:
        value: Reference = decode_json(reference, list[object] | dict[str, object])
    except ValueError:
        return reference
    return value
