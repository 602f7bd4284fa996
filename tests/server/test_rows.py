"""The rows of a body: read without more memory than their limit allows."""

import tracemalloc

import pytest

from rewardkit.server.image_root import ImageRoot
from rewardkit.server.limits import Limits
from rewardkit.server.refusals import RefusedError
from rewardkit.server.rows import Rows

LINES = 200_000


@pytest.mark.parametrize("line", [b"\n", b"1\n"], ids=["blank", "short"])
def test_many_lines_take_no_memory_each(line: bytes) -> None:
    rows = Rows({}, ImageRoot(None), Limits())
    body = line * LINES
    tracemalloc.start()
    try:
        if line.strip():
            with pytest.raises(RefusedError, match=f"at most 4096 a request.*, got {LINES}"):
                rows.read_lines(body)
        else:
            assert rows.read_lines(body) == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 2 * len(body)  # a list of them takes eight bytes a line and more
