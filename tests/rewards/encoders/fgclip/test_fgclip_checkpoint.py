"""A folder's files: which version, which sizes, which weights; what is wrong is named."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.fgclip.checkpoint import open_checkpoint
from rewardkit.rewards.encoders.fgclip.shapes import Shape1, Shape2
from rewardkit.rewards.encoders.fgclip.spec import FgClip

Edit = Callable[[dict[str, torch.Tensor]], object]
Rewrite = Callable[[Path, Edit], None]


def edit_config(folder: Path, edit: Callable[[dict[str, object]], object]) -> None:
    config = json.loads((folder / "config.json").read_text())
    edit(config)
    (folder / "config.json").write_text(json.dumps(config))


def test_versions_are_told_apart(folder1: Path, folder2: Path) -> None:
    assert isinstance(open_checkpoint(folder1).shape, Shape1)
    assert isinstance(open_checkpoint(folder2).shape, Shape2)


def test_v1_without_architectures_is_known_by_a_parameter(folder1: Path, rewrite: Rewrite) -> None:
    edit_config(folder1, lambda config: config.pop("architectures"))
    assert isinstance(open_checkpoint(folder1).shape, Shape1)
    rewrite(folder1, lambda state: state.pop("text_filip_projection.weight"))
    with pytest.raises(ConfigError, match=r"expected an FG-CLIP, .* got model_type 'clip'; other"):
        open_checkpoint(folder1)


def test_config_dict_stands_for_the_whole_as_in_clip(folder1: Path) -> None:
    from transformers import CLIPConfig

    edit_config(folder1, lambda config: config.update(vision_config_dict={"patch_size": 16}))
    shape = open_checkpoint(folder1).shape
    assert isinstance(shape, Shape1)
    want = CLIPConfig(**json.loads((folder1 / "config.json").read_text())).vision_config
    names = ("hidden_size", "num_hidden_layers", "image_size", "patch_size", "hidden_act")
    for name in names:
        assert getattr(shape.vision, name) == getattr(want, name), name


def test_left_out_fields_are_those_of_transformers() -> None:
    from transformers import CLIPConfig, Siglip2Config

    for ours, theirs in ((Shape1(), CLIPConfig()), (Shape2(), Siglip2Config())):
        for tower in ("text_config", "vision_config"):
            for name in getattr(ours, tower).__struct_fields__:
                if name in ("keep_len", "longtext_len", "projection_size"):
                    continue  # of FG-CLIP 2 alone, or filled in later
                want = getattr(getattr(theirs, tower), name)
                assert getattr(getattr(ours, tower), name) == want, (tower, name)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("no JSON", "{", "config.json: expected the form of FG-CLIP's, got "),
        ("a list", "[]", "Expected `object`, got `array`"),
        ("another model", '{"model_type": "llava"}', "got model_type 'llava'; other models: kind"),
        ("a word", '{"model_type": "fgclip2", "text_config": {"hidden_size": "x"}}', "hidden_size"),
        ("below 1", '{"model_type": "fgclip2", "text_config": {"hidden_size": 0}}', ">= 1"),
        (
            "heads",
            '{"model_type": "fgclip2", "text_config": {"hidden_size": 769}}',
            "a multiple of",
        ),
        ("widths", '{"model_type": "fgclip2", "text_config": {"hidden_size": 24}}', "to be equal"),
        ("square", '{"model_type": "fgclip2", "vision_config": {"num_patches": 8}}', "a square"),
        ("activation", '{"model_type": "fgclip2", "text_config": {"hidden_act": "x"}}', "'x'"),
    ],
)
def test_broken_config(folder2: Path, name: str, content: str, message: str) -> None:
    (folder2 / "config.json").write_text(content)
    with pytest.raises(ConfigError) as caught:
        FgClip(model=str(folder2)).check()
    assert message in str(caught.value), name
    assert "\n" not in str(caught.value)


PARAMETERS: dict[str, tuple[Edit, str]] = {
    "missing": (
        lambda state: state.pop("logit_scale"),
        "got 1 missing (logit_scale)",
    ),
    "unexpected": (
        lambda state: state.update({"text_model.extra.weight": torch.zeros(2)}),
        "got 1 unexpected (text_model.extra.weight)",
    ),
    "misshapen": (
        lambda state: state.update({"text_projection.weight": torch.zeros(8, 15)}),
        "got 1 of another shape "
        "(text_projection.weight: [8, 16] of floats wanted, [8, 15] of F32 there)",
    ),
    "whole numbers": (
        lambda state: state.update({"logit_scale": torch.tensor(1)}),
        "got 1 of another shape (logit_scale: [] of floats wanted, [] of I64 there)",
    ),
    "many": (
        lambda state: state.update({f"extra.{number}": torch.zeros(1) for number in range(9)}),
        "got 9 unexpected (extra.0, extra.1, extra.2 …)",
    ),
    "renamed": (
        lambda state: state.update({"scale": state.pop("logit_scale")}),
        "got 1 missing (logit_scale), 1 unexpected (scale)",
    ),
    "position ids elsewhere": (
        lambda state: state.update({"position_ids": torch.arange(3)}),
        "got 1 unexpected (position_ids)",
    ),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_wrong_parameters_are_named(folder1: Path, rewrite: Rewrite, name: str) -> None:
    edit, message = PARAMETERS[name]
    rewrite(folder1, edit)
    spec = FgClip(model=str(folder1), device="cpu")
    for act in (spec.check, spec.load):
        with pytest.raises(ConfigError) as caught:
            act()
        assert str(caught.value).endswith(message)
        assert "\n" not in str(caught.value)


def test_position_ids_are_tolerated(folder1: Path, rewrite: Rewrite) -> None:
    before = FgClip(model=str(folder1), device="cpu").load().encode_tokens([[0, 5, 1]], "short")
    extra = {f"{one}_model.embeddings.position_ids": torch.arange(9) for one in ("text", "vision")}
    rewrite(folder1, lambda state: state.update(extra))
    after = FgClip(model=str(folder1), device="cpu").load().encode_tokens([[0, 5, 1]], "short")
    assert (before == after).all()


def test_shards_are_read_together(folder1: Path) -> None:
    whole = FgClip(model=str(folder1), device="cpu").load().encode_tokens([[0, 5, 1]], "long")
    state = load_file(folder1 / "model.safetensors")
    (folder1 / "model.safetensors").unlink()
    shards: dict[str, dict[str, torch.Tensor]] = {
        f"model-0000{number}-of-00002.safetensors": {} for number in (1, 2)
    }
    for number, (name, value) in enumerate(state.items()):
        shards[sorted(shards)[number % 2]][name] = value
    for file, part in shards.items():
        save_file(part, folder1 / file)
    places = {name: file for file, part in shards.items() for name in part}
    index = folder1 / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {}, "weight_map": places}))
    found = FgClip(model=str(folder1), device="cpu").load().encode_tokens([[0, 5, 1]], "long")
    assert (whole == found).all()

    save_file(state, folder1 / sorted(shards)[1])
    with pytest.raises(ConfigError, match="in one file, got it in two"):
        FgClip(model=str(folder1)).check()
    (folder1 / sorted(shards)[1]).unlink()
    with pytest.raises(ConfigError, match=r"expected the file model-00002-of-00002\.safetensors"):
        FgClip(model=str(folder1)).check()


@pytest.mark.parametrize("file", ["../model.safetensors", "/etc/passwd", "model.bin", ""])
def test_index_stays_in_its_folder(folder1: Path, file: str) -> None:
    (folder1 / "model.safetensors").unlink()
    index = folder1 / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"logit_scale": file}}))
    with pytest.raises(ConfigError, match="expected safetensors beside it, got "):
        open_checkpoint(folder1)


def test_pickles_are_refused(folder1: Path) -> None:
    (folder1 / "model.safetensors").rename(folder1 / "pytorch_model.bin")
    with pytest.raises(ConfigError, match=r"got pytorch_model\.bin, a pickle, which is never"):
        FgClip(model=str(folder1)).check()


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"\x00" * 8, b"PK\x03\x04 not tensors"])
def test_broken_weights(folder1: Path, content: bytes) -> None:
    (folder1 / "model.safetensors").write_bytes(content)
    with pytest.raises(ConfigError, match=r"model\.safetensors: expected a safetensors file, got"):
        FgClip(model=str(folder1)).check()


def test_cut_off_weights(folder1: Path) -> None:
    file = folder1 / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(ConfigError, match="expected a safetensors file, got "):
        FgClip(model=str(folder1)).check()


def test_patch_budget_of_the_processor_file(folder2: Path) -> None:
    file = folder2 / "preprocessor_config.json"
    assert open_checkpoint(folder2).budget is None
    file.write_text('{"max_num_patches": 64, "image_processor_type": "x"}')
    assert open_checkpoint(folder2).budget is None
    file.write_text('{"max_num_patches": 64, "dynamic_max_patches": false}')
    assert open_checkpoint(folder2).budget == 64
    file.write_text('{"max_num_patches": "64"}')
    with pytest.raises(ConfigError, match="max_num_patches"):
        open_checkpoint(folder2)
