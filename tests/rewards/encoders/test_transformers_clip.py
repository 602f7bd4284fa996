"""CLIP, SigLIP and SigLIP 2 against transformers' own forward passes."""

import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import AutoImageProcessor, AutoModel, AutoTokenizer

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders import TransformersClip, release_encoders, shared_encoder
from rewardkit.rewards.images.source import Unreadable

LENGTH = 16
FOLDERS = ["clip_folder", "siglip_folder", "siglip2_folder"]
TEXTS = ["a red ball", "a blue ball", "", "the cat is on the left", "dog " * 30, "two"]


def pictures() -> list[Image.Image]:
    generator = np.random.default_rng(3)
    shapes = [(24, 24, 3), (30, 50, 3), (61, 24, 3), (1, 1, 3), (3, 3, 3), (3, 40, 3)]
    shapes += [(1, 101, 3), (201, 3, 3), (3, 202, 3)]  # so long that their ends are cut off
    return [Image.fromarray(generator.integers(0, 256, shape, np.uint8)) for shape in shapes]


@pytest.fixture(params=FOLDERS)
def folder(request: pytest.FixtureRequest) -> Path:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Path)
    return found


def reference_images(folder: Path, images: list[Image.Image]) -> torch.Tensor:
    """One image at a time, as the model cards show it."""
    model = AutoModel.from_pretrained(folder).eval()
    processor = AutoImageProcessor.from_pretrained(folder, backend="pil")  # type: ignore[no-untyped-call]  # has no types
    rows = []
    for image in images:
        inputs = processor(
            np.asarray(image), return_tensors="pt", input_data_format="channels_last"
        )
        with torch.no_grad():
            rows.append(model.get_image_features(**inputs).pooler_output[0])
    return torch.nn.functional.normalize(torch.stack(rows), dim=-1)


def reference_texts(folder: Path, texts: list[str]) -> torch.Tensor:
    model = AutoModel.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(
        texts, padding="max_length", truncation=True, max_length=LENGTH, return_tensors="pt"
    )["input_ids"]
    with torch.no_grad():
        features = model.get_text_features(input_ids=ids).pooler_output
    return torch.nn.functional.normalize(features, dim=-1)


def test_images_as_by_transformers(folder: Path) -> None:
    found = shared_encoder(TransformersClip(model=str(folder))).encode_images(pictures())
    np.testing.assert_allclose(found, reference_images(folder, pictures()), atol=2e-6)
    assert len({row.tobytes() for row in found}) == len(found)


def test_texts_as_by_transformers(folder: Path) -> None:
    found = shared_encoder(TransformersClip(model=str(folder))).text_vectors(TEXTS)
    np.testing.assert_allclose(found.vectors, reference_texts(folder, TEXTS), atol=2e-6)


def test_one_by_one_as_together(folder: Path) -> None:
    together = shared_encoder(TransformersClip(model=str(folder), batch_size=4))
    alone = shared_encoder(TransformersClip(model=str(folder), batch_size=1))
    assert alone is not together
    images, texts = pictures(), TEXTS
    np.testing.assert_allclose(
        together.encode_images(images[::-1])[::-1], alone.encode_images(images), atol=2e-6
    )
    np.testing.assert_allclose(
        together.encode_texts(texts[::-1])[::-1], alone.encode_texts(texts), atol=2e-6
    )


@pytest.mark.parametrize(
    ("kind", "text", "truncated"),
    [
        ("siglip_folder", "", False),
        ("siglip_folder", "dog " * 15, False),
        ("siglip_folder", "dog " * 16, True),
        ("siglip_folder", "dog " * 400, True),
        ("siglip2_folder", "", False),
        ("siglip2_folder", "x" * 15, False),
        ("siglip2_folder", "x" * 16, True),
        ("clip_folder", "", False),
        ("clip_folder", "a" * 14, False),  # CLIP has a start token too
        ("clip_folder", "a" * 15, True),
        ("clip_folder", " " * 9_000, True),  # of which 8,192 are read
        ("clip_folder", " " * 8_191 + "a", False),
    ],
)
def test_truncated(kind: str, text: str, truncated: bool, request: pytest.FixtureRequest) -> None:
    encoder = shared_encoder(TransformersClip(model=str(request.getfixturevalue(kind))))
    assert encoder.text_vectors([text]).truncated == [truncated]


def test_what_is_behind_the_longest_text_is_not_computed(clip_folder: Path) -> None:
    towers: Any = TransformersClip(model=str(clip_folder)).load()
    lengths = []
    towers._model.text_model.encoder.register_forward_pre_hook(
        lambda _, args, options: lengths.append(options["inputs_embeds"].shape[1]),
        with_kwargs=True,
    )
    for texts in (["a", "a b"], ["a", "a" * 30], [""]):
        towers.encode_tokens(towers.tokenize(texts, "default").ids, "default")
    assert lengths == [4, LENGTH, 2]


def test_what_is_behind_the_cut_changes_nothing(folder: Path) -> None:
    encoder = shared_encoder(TransformersClip(model=str(folder)))
    start = "the red ball on the left " * 4
    vectors = encoder.encode_texts([start + "dog", start + "cat", "cat"])
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)
    assert not np.allclose(vectors[0], vectors[2], atol=1e-3)


def test_siglip_is_lower_cased(siglip_folder: Path, siglip2_folder: Path) -> None:
    for folder in (siglip_folder, siglip2_folder):
        encoder = shared_encoder(TransformersClip(model=str(folder)))
        upper, lower = encoder.encode_texts(["A RED Ball", "a red ball"])
        np.testing.assert_allclose(upper, lower, atol=1e-6)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision(folder: Path, dtype: str) -> None:
    exact = shared_encoder(TransformersClip(model=str(folder)))
    half = shared_encoder(TransformersClip(model=str(folder), dtype=dtype))  # type: ignore[arg-type]  # one of the words
    images = half.encode_images(pictures())
    assert images.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(images, axis=1), 1.0, atol=1e-6)
    np.testing.assert_allclose(images, exact.encode_images(pictures()), atol=0.1)
    np.testing.assert_allclose(half.encode_texts(TEXTS), exact.encode_texts(TEXTS), atol=0.1)


@pytest.mark.parametrize("size", [(20_000, 1), (1, 20_000), (5_000, 3)])
def test_strips_are_harmless(folder: Path, size: tuple[int, int]) -> None:
    encoder = shared_encoder(TransformersClip(model=str(folder)))
    [found] = encoder.image_vectors([Image.new("RGB", size, (200, 10, 30))])
    assert not isinstance(found, Unreadable)


@pytest.fixture
def copy(clip_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(clip_folder, tmp_path / "copy")


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    file = folder / "model.safetensors"
    weights = load_file(file)
    change(weights)
    save_file(weights, file, metadata={"format": "pt"})


def change_json(file: Path, *path: str, value: object) -> None:
    content = json.loads(file.read_text())
    inner = content
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    file.write_text(json.dumps(content))


def drop(weights: dict[str, torch.Tensor]) -> None:
    del weights["text_projection.weight"]


def add(weights: dict[str, torch.Tensor]) -> None:
    weights |= {f"extra.{number}": torch.zeros(1) for number in range(5)}


def narrow(weights: dict[str, torch.Tensor]) -> None:
    weights["text_projection.weight"] = weights["text_projection.weight"][:3].clone()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (drop, r"got 1 missing \(text_projection.weight\)$"),
        (add, r"got 5 unexpected \(extra.0, extra.1, extra.2 …\)$"),
        (narrow, r"got 1 of another shape \(text_projection.weight\)$"),
    ],
)
def test_other_parameters_are_named(
    copy: Path, change: Callable[[dict[str, torch.Tensor]], None], message: str
) -> None:
    change_weights(copy, change)
    with pytest.raises(ConfigError, match=message):
        shared_encoder(TransformersClip(model=str(copy)))


def test_half_a_file_of_weights(copy: Path) -> None:
    file = copy / "model.safetensors"
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(ConfigError, match="expected a checkpoint that transformers can load"):
        shared_encoder(TransformersClip(model=str(copy)))


def test_weights_of_nan_are_a_reason(copy: Path) -> None:
    def spoil(weights: dict[str, torch.Tensor]) -> None:
        weights["text_projection.weight"][0, 0] = float("nan")

    change_weights(copy, spoil)
    encoder = shared_encoder(TransformersClip(model=str(copy)))
    assert encoder.text_vectors(["a"]).faults == ["the encoder gave NaN or infinity"]
    encoder.encode_images(pictures())


def test_the_end_token_is_where_the_model_looks(copy: Path) -> None:
    change_json(copy / "config.json", "text_config", "eos_token_id", value=500)
    with pytest.raises(ConfigError, match="expected 500 as the tokenizer's end token"):
        shared_encoder(TransformersClip(model=str(copy)))


def test_old_configs_mean_the_highest_id(copy: Path, clip_folder: Path) -> None:
    change_json(copy / "config.json", "text_config", "eos_token_id", value=2)
    old = shared_encoder(TransformersClip(model=str(copy))).encode_texts(TEXTS)
    new = shared_encoder(TransformersClip(model=str(clip_folder))).encode_texts(TEXTS)
    np.testing.assert_allclose(old, new, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("no config", lambda f: (f / "config.json").unlink(), "a folder with config.json"),
        (
            "no safetensors",
            lambda f: (f / "model.safetensors").rename(f / "pytorch_model.bin"),
            r"weights as \*.safetensors",
        ),
        (
            "another kind",
            lambda f: change_json(f / "config.json", "model_type", value="bert"),
            "expected one of clip, siglip, siglip2, got 'bert'",
        ),
        (
            "FG-CLIP",
            lambda f: change_json(f / "config.json", "architectures", value=["FGCLIPModel"]),
            "use kind fg-clip",
        ),
        ("no JSON", lambda f: (f / "config.json").write_text("{"), "that transformers can load"),
    ],
)
def test_check_refuses_before_any_work(
    copy: Path, name: str, spoil: Callable[[Path], None], message: str
) -> None:
    TransformersClip(model=str(copy)).check()
    spoil(copy)
    with pytest.raises(ConfigError, match=message) as caught:
        TransformersClip(model=str(copy)).check()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("missing", ["preprocessor_config.json", "tokenizer.json"])
def test_missing_files_are_one_line(copy: Path, missing: str) -> None:
    (copy / missing).unlink()
    for rest in ("tokenizer_config.json",):
        (copy / rest).unlink(missing_ok=True)
    with pytest.raises(ConfigError) as caught:
        shared_encoder(TransformersClip(model=str(copy)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("model", ["./no/such/folder", "/no/such/folder", "", "a b", "x/y/z"])
def test_what_is_neither_a_folder_nor_an_id(model: str) -> None:
    with pytest.raises(ConfigError, match=r"transformers.model: expected a folder that exists"):
        TransformersClip(model=model).check()


def test_revision_of_a_folder(clip_folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"transformers.revision: expected nothing for a folder"):
        TransformersClip(model=str(clip_folder), revision="main").check()


def test_no_code_of_a_checkpoint_runs(copy: Path, tmp_path: Path) -> None:
    (copy / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Evil: pass\n")
    auto = {"AutoModel": "evil.Evil", "AutoConfig": "evil.Evil", "AutoTokenizer": "evil.Evil"}
    change_json(copy / "config.json", "auto_map", value=auto)
    change_json(
        copy / "tokenizer_config.json", "auto_map", value={"AutoTokenizer": ["evil.Evil", None]}
    )
    encoder = shared_encoder(TransformersClip(model=str(copy)))
    assert encoder.encode_texts(["a"]).shape == (1, 8)
    assert not (tmp_path / "ran").exists()


def test_loading_draws_no_random_numbers(clip_folder: Path) -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    release_encoders()
    torch.manual_seed(0)
    shared_encoder(TransformersClip(model=str(clip_folder)))
    assert torch.equal(torch.rand(3), expected)


def test_spec_is_a_plain_value(clip_folder: Path) -> None:
    spec = TransformersClip(model=str(clip_folder), batch_size=3, threads=1)
    assert pickle.loads(pickle.dumps(spec)) == spec
    assert hash(pickle.loads(pickle.dumps(spec))) == hash(spec)
    assert spec.name == f"transformers {clip_folder.name}"
