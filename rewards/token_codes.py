"""AURORA's perception tokens: depth codes and boxes, read out of a reply in linear time.

Source: AURORA, https://arxiv.org/abs/2412.03548, mahtabbigverdi/Aurora-perception@a3da45f: depth is
`<DEPTH_START>`, 100 tokens `<DEPTH_0>` to `<DEPTH_127>` (a 10 by 10 grid) and `<DEPTH_END>`; a box
is `Bounding box k: (x1,y1,x2,y2)` of tokens `<PIXEL_0>` to `<PIXEL_335>`, at most 15 of them.
"""

import re
from typing import Final

from rewardkit.verifiers.geometry.shapes import Box

DEPTH_CODES: Final = 100
"""Codes of a depth map: a grid of 10 by 10, row by row."""

CODES: Final = 128
"""The codes are 0 to 127."""

PIXELS: Final = 336
"""Coordinates are 0 to 335."""

MAX_BOXES: Final = 15
"""A reply has at most so many boxes."""

_CODE = re.compile(r"\s*<DEPTH_(0|[1-9][0-9]{0,2})>")
_PIXEL = r"\s{0,4}<PIXEL_(0|[1-9][0-9]{0,2})>\s{0,4}"
_BOX = re.compile(rf"\({_PIXEL},{_PIXEL},{_PIXEL},{_PIXEL}\)")


def read_depth_codes(text: str) -> tuple[int, ...] | str:
    """Read the one depth map of a text.

    Args:
        text: Any text; what stands around the map is passed over.

    Returns:
        The 100 codes in 0..127; or, as a text, why there are none.

    >>> read_depth_codes("<DEPTH_START>" + "<DEPTH_7>" * 100 + "<DEPTH_END>")[:2]
    (7, 7)
    >>> read_depth_codes("<DEPTH_START><DEPTH_7><DEPTH_END>")
    '1 depth codes, expected 100'
    """
    starts, ends = text.count("<DEPTH_START>"), text.count("<DEPTH_END>")
    if starts != 1 or ends != 1:
        return f"{starts} DEPTH_START and {ends} DEPTH_END, expected one of each"
    place = text.index("<DEPTH_START>") + len("<DEPTH_START>")
    end = text.index("<DEPTH_END>")
    codes: list[int] = []
    while len(codes) <= DEPTH_CODES and (match := _CODE.match(text, place, max(place, end))):
        codes.append(int(match[1]))
        place = match.end()
    if len(codes) != DEPTH_CODES:
        count = len(codes) if len(codes) < DEPTH_CODES else f"more than {DEPTH_CODES}"
        return f"{count} depth codes, expected {DEPTH_CODES}"
    if text[place:end].strip():
        return "something else than depth codes between DEPTH_START and DEPTH_END"
    if text.count("<DEPTH_") != DEPTH_CODES + 2:
        return "depth codes outside of DEPTH_START and DEPTH_END"
    if max(codes) >= CODES:
        return f"depth code {max(codes)}, expected 0 to {CODES - 1}"
    return tuple(codes)


def read_token_boxes(text: str) -> tuple[Box, ...] | str:
    """Read the boxes of a text, each four pixel tokens in parentheses.

    Args:
        text: Any text; what stands between the boxes is passed over.

    Returns:
        The boxes as they come, none where there is no pixel token; or, as a text, why they can't
        be read: a pixel token outside of a box, a box without an area, more than 15.

    >>> read_token_boxes("Bounding box 1: (<PIXEL_1>,<PIXEL_2>,<PIXEL_30>,<PIXEL_40>)")
    ((1.0, 2.0, 30.0, 40.0),)
    >>> read_token_boxes("<PIXEL_1>")
    '1 pixel tokens, 0 of them in boxes'
    """
    tokens = text.count("<PIXEL_")
    if tokens > 4 * MAX_BOXES:
        return f"{tokens} pixel tokens, expected at most {MAX_BOXES} boxes"
    boxes: list[Box] = []
    for match in _BOX.finditer(text):
        x1, y1, x2, y2 = (float(group) for group in match.groups())
        boxes.append((x1, y1, x2, y2))
    if 4 * len(boxes) != tokens:
        return f"{tokens} pixel tokens, {4 * len(boxes)} of them in boxes"
    for number, box in enumerate(boxes, start=1):
        if max(box) >= PIXELS:
            return f"box {number}: pixel {max(box):g}, expected 0 to {PIXELS - 1}"
        if box[0] >= box[2] or box[1] >= box[3]:
            return f"box {number}: without an area"
    return tuple(boxes)
