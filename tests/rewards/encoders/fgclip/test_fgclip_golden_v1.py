"""FG-CLIP v1 computes what the released class does, from the same weights."""

from pathlib import Path

import pytest
import torch

from rewardkit.rewards.encoders.fgclip.checkpoint import open_checkpoint
from rewardkit.rewards.encoders.fgclip.model_v1 import FgClip1
from rewardkit.rewards.encoders.fgclip.parameters import compare_parameters, load_parameters
from rewardkit.rewards.encoders.fgclip.roi import region_means
from rewardkit.rewards.encoders.fgclip.shapes import Shape1

Tensors = dict[str, torch.Tensor]
FOLDER = Path(__file__).parents[3] / "golden" / "fgclip" / "v1"
INPUTS = {"input_ids_short", "input_ids_long", "input_ids_no_eos", "pixel_values", "boxes"}
OF_PIXELS = {"preprocess_rgb", "preprocess_pixel_values"}  # test_fgclip_pixels.py


@pytest.fixture(scope="module")
def model() -> FgClip1:
    checkpoint = open_checkpoint(FOLDER)
    assert isinstance(checkpoint.shape, Shape1)
    with torch.device("meta"):
        module = FgClip1(checkpoint.shape)
    compare_parameters(module, checkpoint.weights, "golden")
    load_parameters(module, checkpoint.weights, torch.device("cpu"), torch.float32)
    return module


@torch.inference_mode()
def outputs(model: FgClip1, given: Tensors) -> Tensors:
    images = model.image_features(given["pixel_values"])
    dense = model.dense_features(given["pixel_values"])
    regions = [region_means(dense[int(row[0])], row[None, 1:])[0] for row in given["boxes"]]
    short = model.text_features(given["input_ids_short"], "short")
    long = model.text_features(given["input_ids_long"], "long")
    pooled = model.text_model(given["input_ids_short"], False, 49407)
    return {
        "image_features": images,
        "image_dense_features": dense.flatten(1, 2),
        "image_roi_features": torch.stack(regions),
        "text_features_short": short,
        "text_features_long": long,
        "text_features_short_filip": model.text_filip_projection(pooled),
        "text_features_no_eos": model.text_features(given["input_ids_no_eos"], "short"),
        "logits_per_image_short": logits(model, images, short),
        "logits_per_image_long": logits(model, images, long),
        "logit_scale": model.logit_scale.reshape(1),
    }


def logits(model: FgClip1, images: torch.Tensor, texts: torch.Tensor) -> torch.Tensor:
    unit = torch.nn.functional.normalize
    return model.logit_scale.exp() * unit(images) @ unit(texts).T


def test_every_output_agrees(model: FgClip1, golden1: Tensors) -> None:
    found = outputs(model, golden1)
    assert found.keys() == golden1.keys() - INPUTS - OF_PIXELS
    for name, value in found.items():
        torch.testing.assert_close(value, golden1[name], atol=2e-5, rtol=0, msg=name)


def test_box_mode_is_the_short_path(model: FgClip1, golden1: Tensors) -> None:
    ids = golden1["input_ids_short"]
    with torch.inference_mode():
        assert model.text_features(ids, "box").equal(model.text_features(ids, "short"))


@pytest.mark.parametrize(("mode", "key"), [("short", "short"), ("long", "long")])
def test_nothing_after_the_end_matters(
    model: FgClip1, golden1: Tensors, mode: str, key: str
) -> None:
    ids, want = golden1[f"input_ids_{key}"][:1], golden1[f"text_features_{key}"][:1]
    end = int((ids == 49407).int().argmax())
    for tail in ([], [49407] * 3, [0, 17]):
        cut = torch.cat([ids[:, : end + 1], torch.tensor([tail], dtype=torch.long)], dim=1)
        with torch.inference_mode():
            found = model.text_features(cut, mode)
        torch.testing.assert_close(found, want, atol=2e-5, rtol=0)
