"""RoIAlign to one bin: boxes in cells of a feature map, and its mean in each; no gradient.

Source: He et al. 2017, Mask R-CNN, https://arxiv.org/abs/1703.06870, as torchvision's `roi_align`
does it with `output_size=1, spatial_scale=1, sampling_ratio=-1, aligned=True`. What differs: the
samples of a box stand on a grid, so its mean is a product of one weight a row and one a column,
and a box of any size costs no more than the map; a box that isn't finite has no area.
"""

from typing import TYPE_CHECKING, Final

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray

FARTHEST: Final = 1e6
"""Cells; of a box that reaches farther the map is next to nothing, and float32 gets coarse."""


def boxes_in_cells(
    boxes_px: "NDArray[np.float32]", image_size: tuple[int, int], feature_map: torch.Tensor
) -> torch.Tensor:
    """Bring boxes from pixels of the original image to cells of its feature map.

    Args:
        boxes_px: [K, 4], corners (x1, y1, x2, y2).
        image_size: Width and height in pixels.
        feature_map: [rows, columns, D].

    Returns:
        [K, 4] float32 on the map's device.

    >>> box = np.array([[0, 0, 50, 50]], dtype=np.float32)
    >>> boxes_in_cells(box, (100, 50), torch.zeros(3, 4, 1)).tolist()
    [[0.0, 0.0, 2.0, 3.0]]
    """
    rows, columns, _ = feature_map.shape
    width, height = image_size
    scale = torch.tensor([columns / width, rows / height] * 2, dtype=torch.float32)
    boxes = torch.as_tensor(np.asarray(boxes_px, dtype=np.float32)).reshape(-1, 4)
    return (boxes * scale).to(feature_map.device)


def region_means(feature_map: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
    """Average a feature map over boxes.

    Args:
        feature_map: [rows, columns, D], of any floating type; read as float32.
        boxes: [K, 4], corners (x1, y1, x2, y2) in cells of the map, origin top left; they may
            lie outside in part, which counts as zeros from one cell beyond the border.

    Returns:
        [K, D] float32; zeros for a box without area, turned round, or not finite.

    >>> flat = torch.ones(3, 4, 2)
    >>> region_means(flat, torch.tensor([[0.0, 0.0, 4.0, 3.0], [1.0, 1.0, 1.0, 2.0]])).tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """
    rows, columns, _ = feature_map.shape
    corners = boxes.to(torch.float32).clamp(-FARTHEST, FARTHEST) - 0.5
    finite = boxes.isfinite().all(dim=1, keepdim=True)
    corners = torch.where(finite, corners, 0.0)
    x1, y1, x2, y2 = corners.unbind(1)
    by_column = _axis_weights(x1, x2, columns)
    by_row = _axis_weights(y1, y2, rows)
    return torch.einsum("kr,rcd,kc->kd", by_row, feature_map.to(torch.float32), by_column)


def _axis_weights(start: torch.Tensor, end: torch.Tensor, size: int) -> torch.Tensor:
    """How much each of `size` cells counts in the mean of the samples on one axis, [K, size]."""
    length = end - start
    samples = length.ceil().clamp(min=0)
    step = length / samples.clamp(min=1)
    # Steps are longer than half a cell, or the only one: of all samples, only those few that can
    # lie on the map are made.
    first = ((-1 - start) / step.clamp(min=1e-30) - 1).floor().clamp(min=0)
    first = first.minimum(samples)
    number = first[:, None] + torch.arange(2 * size + 6, device=start.device)
    at = start[:, None] + (number + 0.5) * step[:, None]
    inside = (number < samples[:, None]) & (at >= -1) & (at <= size)
    at = at.clamp(0, size - 1)
    cell = torch.arange(size, device=start.device)
    hats = (1 - (at[:, :, None] - cell).abs()).clamp(min=0)  # bilinear weights, [K, samples, size]
    return (hats * inside[:, :, None]).sum(1) / samples.clamp(min=1)[:, None]
