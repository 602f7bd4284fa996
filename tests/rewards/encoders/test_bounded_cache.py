"""The cache against a list of what was used, and the bytes that it may hold."""

import hashlib
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.rewards.encoders.cache import OVERHEAD, BoundedCache
from rewardkit.rewards.encoders.texts import _Encoded

ROOM = 3 * OVERHEAD
STEPS = st.lists(
    st.tuples(st.sampled_from("get put".split()), st.sampled_from("abcdef"), st.integers(0, ROOM)),
    max_size=60,
)


class Naive:
    """The same by a list, the value used last at its end."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.entries: list[tuple[str, int, int]] = []

    def get(self, key: str) -> int | None:
        """The value, moved to the end."""
        for entry in self.entries:
            if entry[0] == key:
                self.entries.remove(entry)
                self.entries.append(entry)
                return entry[1]
        return None

    def put(self, key: str, value: int, size: int) -> None:
        """At the end; the first leave."""
        self.entries = [entry for entry in self.entries if entry[0] != key]
        if size + OVERHEAD <= ROOM:
            self.entries.append((key, value, size))
        while sum(size + OVERHEAD for _, _, size in self.entries) > ROOM:
            self.entries.pop(0)


@given(steps=STEPS)
def test_holds_what_a_list_would_hold(steps: list[tuple[str, str, int]]) -> None:
    cache, naive = BoundedCache[str, int](ROOM), Naive()
    for number, (what, key, size) in enumerate(steps):
        if what == "get":
            assert cache.get(key) == naive.get(key)
        else:
            cache.put(key, number, size)
            naive.put(key, number, size)
        assert cache.held_bytes == sum(size + OVERHEAD for _, _, size in naive.entries) <= ROOM
        assert len(cache) == len(naive.entries)


@pytest.mark.parametrize("max_bytes", [0, OVERHEAD])
def test_without_room_nothing_is_kept(max_bytes: int) -> None:
    cache = BoundedCache[str, str](max_bytes)
    cache.put("a", "x", size=1)
    assert cache.get("a") is None
    assert (len(cache), cache.held_bytes) == (0, 0)


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("size", [8, 512])
def test_what_is_counted_is_what_is_held(size: int, text: bool) -> None:
    cache = BoundedCache[str, object](10**8)
    tracemalloc.start()
    try:
        for number in range(1_500):
            vector = np.full(size, number, np.float32)
            key = hashlib.sha256(str(number).encode()).hexdigest()
            cache.put(key, _Encoded(vector, False) if text else vector, vector.nbytes)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.85 * cache.held_bytes < held <= cache.held_bytes


def test_a_value_too_large_takes_its_old_one_along() -> None:
    cache = BoundedCache[str, str](ROOM)
    cache.put("a", "small", size=1)
    cache.put("a", "large", size=ROOM)
    assert cache.get("a") is None


def test_threads_leave_the_sum_right() -> None:
    cache = BoundedCache[int, int](ROOM)

    def work(start: int) -> None:
        for number in range(500):
            key = (start + number) % 7
            cache.put(key, key, size=key)
            assert cache.get(key) in (None, key)

    with ThreadPoolExecutor(8) as executor:
        list(executor.map(work, range(8)))

    held = [key for key in range(7) if cache.get(key) is not None]
    assert cache.held_bytes == sum(key + OVERHEAD for key in held) <= ROOM
