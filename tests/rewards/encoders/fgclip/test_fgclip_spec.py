"""A folder to vectors: the whole way, alone and in batches, with whatever stands in the folder."""

import os
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import huggingface_hub.constants
import msgspec
import numpy as np
import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders import Encoder, FgClip, release_encoders, shared_encoder
from rewardkit.rewards.encoders.fgclip.towers_v1 import Towers1
from rewardkit.rewards.encoders.fgclip.towers_v2 import Towers2
from rewardkit.rewards.images.source import Unreadable

SIZES = [(64, 40), (40, 64), (1, 1), (300, 7), (64, 40), (500, 400)]
TEXTS = ["a red ball", "the DOG", "", "ball " * 300, "\u732b \ud800 \x00"]
Loaded = Towers1 | Towers2


@pytest.fixture(params=["v1", "v2"])
def folder(request: pytest.FixtureRequest) -> Path:
    found = request.getfixturevalue("folder1" if request.param == "v1" else "folder2")
    assert isinstance(found, Path)
    return found


@pytest.fixture
def towers(folder: Path) -> Loaded:
    return load(folder)


def load(folder: Path, dtype: str = "float32") -> Loaded:
    config = {"kind": "fg-clip", "model": str(folder), "device": "cpu", "dtype": dtype}
    found = msgspec.convert(config, FgClip).load()
    assert isinstance(found, Loaded)
    return found


def images() -> list[Image.Image]:
    draw = np.random.default_rng(0)
    return [
        Image.fromarray(draw.integers(0, 256, (height, width, 3), dtype=np.uint8))
        for width, height in SIZES
    ]


def test_batch_equals_one_by_one(towers: Loaded) -> None:
    prepared = [towers.prepare(image) for image in images()]
    together = towers.encode_prepared(prepared)
    alone = np.concatenate([towers.encode_prepared([one]) for one in prepared])
    np.testing.assert_allclose(together, alone, atol=2e-6)
    np.testing.assert_allclose(together[::-1], towers.encode_prepared(prepared[::-1]), atol=2e-6)
    for mode in towers.modes:
        ids = towers.tokenize(TEXTS, mode).ids
        rows = np.concatenate([towers.encode_tokens([row], mode) for row in ids])
        np.testing.assert_allclose(towers.encode_tokens(ids, mode), rows, atol=2e-6)


def test_vectors_are_unit_float32(towers: Loaded) -> None:
    prepared = [towers.prepare(image) for image in images()]
    found = [towers.encode_prepared(prepared), *towers.encode_dense(prepared)]
    found += [towers.encode_tokens(towers.tokenize(TEXTS, mode).ids, mode) for mode in towers.modes]
    width = found[0].shape[-1]
    for vectors in found:
        assert vectors.dtype == np.float32 and vectors.shape[-1] == width
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=-1), 1, atol=1e-6)


def test_dense_maps_have_no_padding(towers: Loaded) -> None:
    prepared = [towers.prepare(image) for image in images()]
    maps = towers.encode_dense(prepared)
    for one, alone in zip(maps, [towers.encode_dense([one])[0] for one in prepared], strict=True):
        np.testing.assert_allclose(one, alone, atol=2e-6)
    if isinstance(towers, Towers1):
        assert {one.shape[:2] for one in maps} == {(3, 3)}
    else:
        assert maps[0].shape[0] < maps[0].shape[1] and maps[1].shape[0] > maps[1].shape[1]
        assert maps[3].shape[0] * 8 < maps[3].shape[1]


def test_regions(towers: Loaded) -> None:
    prepared = [towers.prepare(image) for image in images()[:2]]
    boxes = [np.array([[0, 0, 64, 40], [5, 5, 5, 9]], np.float32), np.zeros((0, 4), np.float32)]
    first, second = towers.encode_regions(prepared, boxes, SIZES[:2])
    assert second.shape == (0, first.shape[1])
    assert not first[1].any()
    # The whole image is the mean of its patches, before they are scaled to unit length.
    whole = towers.encode_regions(prepared[:1], boxes[:1], SIZES[:1])[0]
    np.testing.assert_allclose(whole, first, atol=2e-6)
    np.testing.assert_allclose(np.linalg.norm(first[0]), 1, atol=1e-6)


@pytest.mark.parametrize("mode", ["short", "long"])
def test_what_is_behind_the_longest_text_is_not_computed(folder1: Path, mode: str) -> None:
    towers: Any = load(folder1)
    lengths = []
    towers._model.text_model.encoder.register_forward_pre_hook(
        lambda _, inputs: lengths.append(inputs[0].shape[1])
    )
    tokens = towers.tokenize(["", "a red ball"], mode)
    towers.encode_tokens(tokens.ids, mode)
    assert lengths == [tokens.ids[1].index(towers._cutter.end_id) + 1]
    assert lengths[0] < len(tokens.ids[0])


def test_truncation_is_told(towers: Loaded) -> None:
    assert towers.tokenize(TEXTS, "short").truncated == [False, False, False, True, False]
    lengths = {mode: len(towers.tokenize(["a"], mode).ids[0]) for mode in towers.modes}
    short, long = (77, 248) if isinstance(towers, Towers1) else (64, 196)
    assert lengths == {"short": short, "long": long, "box": short}


def test_modes_differ_as_specified(towers: Loaded) -> None:
    short, long, box = (
        towers.encode_tokens(towers.tokenize(["a red ball"], mode).ids, mode)
        for mode in ("short", "long", "box")
    )
    assert np.abs(short - long).max() > 1e-2
    if isinstance(towers, Towers1):
        assert (short == box).all()
    else:
        assert np.abs(short - box).max() > 1e-2


def test_a_written_end_hides_nothing(folder1: Path) -> None:
    towers = load(folder1)
    honest, hidden = "a red ball", "a red ball<|endoftext|> two cats sleep"
    one, other = towers.encode_tokens(towers.tokenize([honest, hidden], "short").ids, "short")
    assert np.abs(one - other).max() > 1e-3


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_is_near(folder: Path, dtype: str) -> None:
    exact, half = load(folder), load(folder, dtype)
    for towers in (exact, half):
        assert towers.modes == ("short", "long", "box")
    prepared = [exact.prepare(image) for image in images()]
    ids = exact.tokenize(TEXTS, "long").ids
    for one, other in (
        (exact.encode_prepared(prepared), half.encode_prepared(prepared)),
        (exact.encode_tokens(ids, "long"), half.encode_tokens(ids, "long")),
        (exact.encode_dense(prepared)[0], half.encode_dense(prepared)[0]),
    ):
        assert other.dtype == np.float32
        assert (one * other).sum(-1).min() > 0.98


def test_encoder_and_threads(folder: Path) -> None:
    spec = FgClip(model=str(folder), device="cpu")
    spec.check()
    encoder = shared_encoder(spec)
    assert encoder is shared_encoder(FgClip(model=str(folder), device="cpu"))
    assert isinstance(encoder, Encoder) and encoder.modes == ("short", "long", "box")
    want = encoder.encode_texts(TEXTS, "long"), encoder.encode_images(images())
    release_encoders()
    fresh = shared_encoder(spec)
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda _: fresh.encode_texts(TEXTS, "long"), range(4)))
        pictures = list(pool.map(lambda _: fresh.encode_images(images()), range(4)))
    for one in texts:
        np.testing.assert_allclose(one, want[0], atol=2e-6)
    for one in pictures:
        np.testing.assert_allclose(one, want[1], atol=2e-6)
    assert fresh.figures.texts_encoded == len(TEXTS)
    assert fresh.figures.images_encoded == len(images())
    maps = fresh.dense_maps(images())
    assert not any(isinstance(one, Unreadable) for one in maps)
    release_encoders()


def test_random_state_of_a_trainer_is_left_alone(folder: Path) -> None:
    before = torch.random.get_rng_state()
    load(folder)
    assert torch.random.get_rng_state().equal(before)


def test_digest_is_of_the_content(
    folder1: Path, rewrite: Callable[[Path, Callable[[dict[str, torch.Tensor]], object]], None]
) -> None:
    spec = FgClip(model=str(folder1))
    before = spec.digest()
    moved = folder1.rename(folder1.with_name("elsewhere"))
    assert FgClip(model=str(moved)).digest() == before
    rewrite(moved, lambda state: state["logit_scale"].add_(1))
    assert FgClip(model=str(moved)).digest() != before


def test_spec_is_a_plain_value(folder1: Path) -> None:
    spec = FgClip(model=str(folder1), dtype="float32", cache_mb=1)
    assert pickle.loads(pickle.dumps(spec)) == spec
    assert msgspec.convert(msgspec.to_builtins(spec), FgClip) == spec
    assert spec.name == "fg-clip v1"


def test_no_remote_code_is_run(folder1: Path) -> None:
    trap = "open('run', 'w').close()\n"
    for name in ("modeling_fgclip.py", "tokenization_clip.py", "configuration_fgclip.py"):
        (folder1 / name).write_text(trap)
    towers = load(folder1)
    assert towers.tokenize(["a"], "short").ids
    assert not (folder1 / "run").exists() and not os.path.exists("run")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("empty", {"model": ""}, "fg-clip.model: expected a folder or a hub id, got str ''"),
        ("batch", {"model": "a/b", "batch_size": 0}, "fg-clip.batch_size: expected 1 to 65536"),
        ("device", {"model": "a/b", "device": "tpu"}, "fg-clip.device: expected auto, cpu"),
        ("type", {"model": 3}, "fg-clip.model: expected a string, got int 3"),
    ],
)
def test_options_out_of_range(name: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        FgClip(**options)  # type: ignore[arg-type] # wrong on purpose
    assert message in str(caught.value), name


@pytest.mark.parametrize("model", ["./no", "/no/at/all", "a/b/c", "~/no", "\x00", "../x"])
def test_no_such_folder(model: str) -> None:
    with pytest.raises(ConfigError, match=r"expected a folder that exists or an id of the Hugging"):
        FgClip(model=model).check()


def test_revision_is_of_the_hub(folder1: Path) -> None:
    with pytest.raises(ConfigError, match=r"fg-clip\.revision: expected nothing for a folder"):
        FgClip(model=str(folder1), revision="main").check()


def test_hub_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    for act in (FgClip(model="nobody/nothing").check, FgClip(model="nobody/nothing").load):
        with pytest.raises(ConfigError) as caught:
            act()
        line = str(caught.value)
        assert line.startswith("fg-clip.model: expected a model that the hub gives, got nobody/")
        assert "\n" not in line


def test_tokenizer_of_another_model(folder2: Path, clip_tokenizer: Tokenizer) -> None:
    clip_tokenizer.save(str(folder2 / "tokenizer.json"))
    with pytest.raises(ConfigError, match=r"expected a token '<eos>', got none of that name"):
        FgClip(model=str(folder2)).check()


def test_tokenizer_larger_than_the_model(folder2: Path) -> None:
    tokenizer = Tokenizer.from_file(str(folder2 / "tokenizer.json"))
    tokenizer.add_tokens([f"word{number}" for number in range(60)])
    tokenizer.save(str(folder2 / "tokenizer.json"))
    with pytest.raises(ConfigError, match="a tokenizer with ids below vocab_size 97, got"):
        FgClip(model=str(folder2)).check()


def test_check_finds_what_load_needs(folder: Path) -> None:
    FgClip(model=str(folder)).check()
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ConfigError, match=r"expected tokenizer\.json, or vocab\.json and"):
        FgClip(model=str(folder)).check()


def test_the_file_may_be_replaced(folder: Path) -> None:
    """Nothing is read of it any more once the model is loaded."""
    towers = load(folder)
    ids = towers.tokenize(["a red ball"], "short").ids
    before = towers.encode_tokens(ids, "short")
    file = folder / "model.safetensors"
    file.write_bytes(b"\x00" * file.stat().st_size)
    assert (towers.encode_tokens(ids, "short") == before).all()
