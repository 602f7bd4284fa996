"""A model's features at unit length, as numpy arrays on the CPU."""

from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def unit_features(features: torch.Tensor) -> "NDArray[np.float32]":
    """Scale the last axis to unit length in float32, on the CPU; zeros stay zeros.

    >>> unit_features(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
    array([[0.6, 0.8],
           [0. , 0. ]], dtype=float32)
    """
    unit: NDArray[np.float32] = F.normalize(features.to(torch.float32), dim=-1).cpu().numpy()
    return unit
