"""Repeated ids are found among any number of rows, in as many passes as the memory asks for."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.engine import repeats
from rewardkit.engine.repeats import find_repeats
from rewardkit.engine.results import hash_text


def slow(ids: list[str]) -> tuple[int, int | None, int | None]:
    seen: dict[str, int] = {}
    count, first, original = 0, None, None
    for i, name in enumerate(ids):
        if name in seen:
            count += 1
            if first is None:
                first, original = i, seen[name]
        seen.setdefault(name, i)
    return count, first, original


@pytest.mark.parametrize("rows_in_memory", [1, 3, 1000])
@given(ids=st.lists(st.sampled_from("abcdefgh") | st.text(), max_size=30))
def test_agrees_with_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, rows_in_memory: int, ids: list[str]
) -> None:
    path = tmp_path_factory.mktemp("repeats") / "ids"
    path.write_bytes(b"".join(map(hash_text, ids)) + b"rest of an older run")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeats, "PASS_ROWS", rows_in_memory)
        found = find_repeats(Path(path), len(ids))

    assert (found.count, found.first, found.original) == slow(ids)
