"""A cache that holds so many bytes: what was used longest ago leaves first."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

OVERHEAD: Final = 440
"""Bytes that an entry takes beside its value: key, array header, places in the tables."""


class BoundedCache(Generic[K, V]):
    """Keep the values used last, as many as fit; several threads may use it at once.

    Args:
        max_bytes: Bytes of values and their overhead; 0 keeps nothing.

    >>> cache = BoundedCache[str, str](max_bytes=1_000)
    >>> cache.put("a", "first", size=5)
    >>> cache.put("b", "second", size=6)
    >>> cache.get("a"), cache.get("missing")
    ('first', None)
    >>> cache.put("c", "third", size=5)  # 'b' was used longest ago
    >>> cache.get("b"), cache.get("a"), len(cache)
    (None, 'first', 2)
    """

    def __init__(self, max_bytes: int) -> None:
        """Make an empty cache."""
        self.max_bytes = max_bytes
        self._held = 0
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Values that are held."""
        return len(self._values)

    @property
    def held_bytes(self) -> int:
        """Bytes that are held, never more than `max_bytes`."""
        return self._held

    def get(self, key: K) -> V | None:
        """The value of a key, which is then the one used last; None where it is not held."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: K, value: V, size: int) -> None:
        """Keep a value; one that alone is larger than the cache is passed over.

        Args:
            key: Equal keys hold one value, the last.
            value: What to keep.
            size: Its bytes.
        """
        cost = size + OVERHEAD
        with self._lock:
            if key in self._values:
                self._held -= self._values.pop(key)[1]
            if cost > self.max_bytes:
                return
            self._values[key] = (value, cost)
            self._held += cost
            while self._held > self.max_bytes:
                _, (_, freed) = self._values.popitem(last=False)
                self._held -= freed
