"""Batch sizes: what fits is remembered, what doesn't is halved, other errors pass."""

from collections.abc import Sequence

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rewardkit.rewards.encoders.batching import LARGEST, NO_ROOM, WORKING, Batches
from rewardkit.rewards.encoders.memory import bytes_of, free_bytes, is_out_of_memory

CPU = torch.device("cpu")


class Small:
    """A stand-in for a card: a batch of more than `room` items is out of memory.

    It raises what torch raises; a real shortage can't be had in a test without one.
    """

    def __init__(self, room: int, error: Exception | None = None) -> None:
        """A card of so much room."""
        self.room = room
        self.error = error or torch.OutOfMemoryError("CUDA out of memory")
        self.sizes: list[int] = []

    def encode(self, batch: Sequence[int]) -> list[int]:
        """Twice each item, or no room."""
        self.sizes.append(len(batch))
        if len(batch) > self.room:
            raise self.error
        return [2 * item for item in batch]


@given(room=st.integers(1, 40), count=st.integers(0, 100), asked=st.integers(1, 64))
def test_every_item_is_encoded_in_order(room: int, count: int, asked: int) -> None:
    card = Small(room)

    found = Batches(CPU, asked).run(range(count), 1, card.encode)

    assert found == [2 * item for item in range(count)]


def test_what_fits_is_remembered() -> None:
    card, batches = Small(room=5), Batches(CPU, 16)
    batches.run(range(32), 1, card.encode)
    assert card.sizes == [16, 8, 4, 4, 4, 4, 4, 4, 4, 4]

    card.sizes.clear()
    batches.run(range(8), 1, card.encode)
    assert card.sizes == [4, 4]


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        MemoryError(),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes"),
        RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    ],
)
def test_one_that_does_not_fit_has_a_reason(error: Exception) -> None:
    card = Small(room=0, error=error)
    assert Batches(CPU, 2).run([1, 2], 1, card.encode) == [NO_ROOM, NO_ROOM]


def test_real_shortage_is_recognised() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**55)
    assert is_out_of_memory(caught.value)


def test_other_errors_pass() -> None:
    with pytest.raises(RuntimeError, match="shapes"):
        Batches(CPU, 2).run([1], 1, Small(room=0, error=RuntimeError("shapes")).encode)


def test_size_follows_the_memory() -> None:
    batches = Batches(CPU)
    free = free_bytes(CPU)
    assert batches.size(1) == LARGEST["cpu"]
    assert batches.size(free) == 1
    assert 2 <= batches.size(free // (8 * WORKING)) <= 8
    assert Batches(CPU, 500).size(free) == 500


def test_bytes_of_what_is_prepared() -> None:
    tensor = torch.zeros(3, 4)
    assert bytes_of(tensor) == 48
    assert bytes_of({"a": tensor, "b": (tensor, [tensor])}) == 3 * 48
    assert bytes_of(object()) == 4_000_000
