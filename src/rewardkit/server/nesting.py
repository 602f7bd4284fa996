"""How deep JSON may be nested: less deep than it can be read, for it is written again.

The interpreter counts a value's levels together with the calls around it. What a thread with few
calls has just been able to read may be too deep for another one to write.
"""

from typing import Any

import msgspec

MARGIN = 100
"""Levels that stay free, for the calls and the wrappings of whoever writes."""

SHALLOW = 500
"""Levels that anybody can write; fewer brackets need no look."""

EXPECTED = "JSON that is nested less deeply"


def too_deep(text: bytes, value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    """Whether JSON is nested so deeply that it may not be possible to write it again.

    Args:
        text: The JSON.
        value: What was read of it.

    >>> too_deep(b'{"step": [3]}', {"step": [3]})
    False
    >>> deep = []
    >>> for _ in range(100_000):
    ...     deep = [deep]
    >>> too_deep(b"[" * 100_000 + b"]" * 100_000, deep)
    True
    """
    if text.count(b"[") + text.count(b"{") < SHALLOW:
        return False
    for _ in range(MARGIN):
        value = [value]
    try:
        msgspec.json.encode(value)
    except RecursionError:
        return True
    return False
