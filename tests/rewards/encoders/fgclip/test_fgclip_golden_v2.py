"""FG-CLIP 2 computes what the released class does, from the same weights."""

from pathlib import Path

import pytest
import torch

from rewardkit.rewards.encoders.fgclip.checkpoint import open_checkpoint
from rewardkit.rewards.encoders.fgclip.model_v2 import FgClip2
from rewardkit.rewards.encoders.fgclip.parameters import compare_parameters, load_parameters
from rewardkit.rewards.encoders.fgclip.roi import boxes_in_cells, region_means
from rewardkit.rewards.encoders.fgclip.shapes import Shape2

Tensors = dict[str, torch.Tensor]
FOLDER = Path(__file__).parents[3] / "golden" / "fgclip" / "v2"
MODES = ("short", "box", "long")


@pytest.fixture(scope="module")
def model() -> FgClip2:
    checkpoint = open_checkpoint(FOLDER)
    assert isinstance(checkpoint.shape, Shape2)
    with torch.device("meta"):
        module = FgClip2(checkpoint.shape)
    compare_parameters(module, checkpoint.weights, "golden")
    load_parameters(module, checkpoint.weights, torch.device("cpu"), torch.float32)
    return module


def shapes(given: Tensors) -> list[tuple[int, int]]:
    return [(rows, columns) for rows, columns in given["spatial_shapes"].tolist()]


@torch.inference_mode()
def outputs(model: FgClip2, given: Tensors) -> Tensors:
    real = given["pixel_attention_mask"].bool()
    images = model.image_features(given["pixel_values"], shapes(given), real)
    dense = model.dense_features(given["pixel_values"], shapes(given), real)
    found = {
        "image_features": images,
        "image_dense_features": dense,
        "image_region_features": torch.stack(
            [region(dense, row, given) for row in given["regions"]]
        ),
    }
    for mode in MODES:
        key = "long" if mode == "long" else "short"
        ids, mask = given[f"input_ids_{key}"], given[f"attention_mask_{key}"].bool()
        texts = model.text_features(ids, mode)
        found[f"text_features_{mode}"] = texts
        found[f"text_features_{mode}_masked"] = model.text_features(ids, mode, mask)
        found[f"logits_per_image_{mode}"] = logits(model, images, texts)
    return found


def region(dense: torch.Tensor, row: torch.Tensor, given: Tensors) -> torch.Tensor:
    image = int(row[0])
    rows, columns = shapes(given)[image]
    height, width = given["image_sizes"][image].tolist()
    feature_map = dense[image, : rows * columns].reshape(rows, columns, -1)
    boxes = boxes_in_cells(row[None, 1:].numpy(), (width, height), feature_map)
    return region_means(feature_map, boxes)[0]


def logits(model: FgClip2, images: torch.Tensor, texts: torch.Tensor) -> torch.Tensor:
    unit = torch.nn.functional.normalize
    return model.logit_scale.exp() * unit(images) @ unit(texts).T + model.logit_bias


def test_every_output_agrees(model: FgClip2, golden2: Tensors) -> None:
    found = outputs(model, golden2)
    wanted = {name for name in golden2 if "features" in name or name.startswith("logits")}
    assert found.keys() == wanted
    for name, value in found.items():
        torch.testing.assert_close(value, golden2[name], atol=2e-5, rtol=0, msg=name)


def test_padding_does_not_matter(model: FgClip2, golden2: Tensors) -> None:
    pixels, real = golden2["pixel_values"], golden2["pixel_attention_mask"].bool()
    more = torch.cat([pixels, torch.full((len(pixels), 7, pixels.shape[2]), 9.0)], dim=1)
    mask = torch.cat([real, torch.zeros(len(real), 7, dtype=torch.bool)], dim=1)
    with torch.inference_mode():
        found = model.image_features(more, shapes(golden2), mask)
        dense = model.dense_features(more, shapes(golden2), mask)
        for place, (rows, columns) in enumerate(shapes(golden2)):
            count = rows * columns
            alone = model.dense_features(
                pixels[place : place + 1, :count],
                [(rows, columns)],
                None,
            )
            torch.testing.assert_close(dense[place, :count], alone[0], atol=2e-5, rtol=0)
    torch.testing.assert_close(found, golden2["image_features"], atol=2e-5, rtol=0)


def test_padding_of_a_text_is_seen(model: FgClip2, golden2: Tensors) -> None:
    ids = golden2["input_ids_short"].clone()
    ids[0, -1] = 5
    with torch.inference_mode():
        found = model.text_features(ids, "short")
    assert (found[0] - golden2["text_features_short"][0]).abs().max() > 1e-2
