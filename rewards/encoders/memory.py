"""Memory of a device: what is free, and which errors say that it ran out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import torch

MESSAGES: Final = (
    "not enough memory",
    "can't allocate memory",
    "Cannot allocate memory",
    "out of memory",
    "STATUS_ALLOC_FAILED",
)
"""What torch's CPU allocator, MPS and CUDA's libraries say; they raise a plain RuntimeError."""


def free_bytes(device: torch.device) -> int:
    """Bytes that can still be had: of the card on CUDA, else of the machine.

    What torch holds in reserve on the card but doesn't use counts as free.
    """
    import psutil
    import torch

    if device.type != "cuda":
        return int(psutil.virtual_memory().available)
    free, _ = torch.cuda.mem_get_info(device)
    unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return int(free) + unused


def is_out_of_memory(error: RuntimeError | MemoryError) -> bool:
    """Whether an error says that the memory ran out, on the card or on the CPU.

    >>> is_out_of_memory(MemoryError()), is_out_of_memory(RuntimeError("shapes don't match"))
    (True, False)
    """
    import torch

    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(message in str(error) for message in MESSAGES)


def give_back(device: torch.device) -> None:
    """Hand the card's unused reserve back, so that a smaller batch finds room."""
    import torch

    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def bytes_of(prepared: object) -> int:
    """Bytes of the arrays or tensors in a prepared image; 4 MB where it doesn't say.

    >>> bytes_of((memoryview(b"1234"), [memoryview(b"56")]))
    6
    """
    if isinstance(prepared, list | tuple):
        return sum(map(bytes_of, prepared))
    if isinstance(prepared, dict):
        return sum(map(bytes_of, prepared.values()))
    found = getattr(prepared, "nbytes", None)
    return found if isinstance(found, int) else 4_000_000
