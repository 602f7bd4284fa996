"""open_clip's models against its own forward passes."""

import json
import logging
import pickle
import shutil
import string
from pathlib import Path
from typing import Any

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders import OpenClip, release_encoders, shared_encoder
from rewardkit.rewards.encoders.openclip_tokens import OpenClipTokenizer
from rewardkit.rewards.images.source import Unreadable

TEXTS = ["a red ball", "A Blue ball &amp; a dog", "", "the cat is on the left " * 9, "猫", "x\ny"]
LENGTH = 16
WEIGHTS = "open_clip_model.safetensors"


def pictures() -> list[Image.Image]:
    generator = np.random.default_rng(3)
    shapes = [(24, 24, 3), (30, 50, 3), (61, 24, 3), (1, 1, 3), (3, 3, 3), (3, 40, 3)]
    shapes += [(1, 101, 3), (201, 3, 3), (3, 202, 3)]  # so long that their ends are cut off
    return [Image.fromarray(generator.integers(0, 256, shape, np.uint8)) for shape in shapes]


def spec_of(folder: Path) -> OpenClip:
    return OpenClip(architecture=f"local-dir:{folder}")


def test_as_by_open_clip(open_clip_folder: Path) -> None:
    name = f"local-dir:{open_clip_folder}"
    model, prepare = open_clip.create_model_from_pretrained(name)
    model.eval()
    tokenizer = open_clip.get_tokenizer(name)
    with torch.no_grad():
        images = torch.cat([model.encode_image(prepare(i)[None], True) for i in pictures()])
        texts = model.encode_text(tokenizer(TEXTS), True)

    encoder = shared_encoder(spec_of(open_clip_folder))

    np.testing.assert_allclose(encoder.encode_images(pictures()), images, atol=2e-6)
    found = encoder.text_vectors(TEXTS)
    np.testing.assert_allclose(found.vectors, texts, atol=2e-6)
    assert found.truncated == [False, False, False, True, False, False]


def test_a_file_of_weights(open_clip_folder: Path, tmp_path: Path) -> None:
    """An architecture known by name, its weights in a file; the config is added for the test."""
    config = tmp_path / "rewardkit-tiny.json"
    text = (open_clip_folder / "open_clip_config.json").read_text()
    config.write_text(text[text.index("{", 1) : text.index(', "preprocess_cfg"')])
    open_clip.add_model_config(config)
    weights = load_file(open_clip_folder / WEIGHTS)
    torch.save({"state_dict": weights}, tmp_path / "epoch.pt")
    shutil.copy(open_clip_folder / WEIGHTS, tmp_path / "other.safetensors")

    specs = [
        OpenClip(architecture="rewardkit-tiny", pretrained=str(tmp_path / file))
        for file in ("epoch.pt", "other.safetensors")
    ]

    for spec in specs:
        spec.check()
    vectors = [shared_encoder(spec).encode_texts(TEXTS) for spec in specs]
    folder = shared_encoder(spec_of(open_clip_folder)).encode_texts(TEXTS)
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)
    np.testing.assert_allclose(vectors[0], folder, atol=1e-6)
    assert specs[0].name == "open-clip rewardkit-tiny epoch.pt"
    assert specs[0].digest() != specs[1].digest()


@pytest.mark.parametrize(("words", "truncated"), [(14, False), (15, True), (1000, True)])
def test_truncated(open_clip_folder: Path, words: int, truncated: bool) -> None:
    encoder = shared_encoder(spec_of(open_clip_folder))
    assert encoder.text_vectors(["dog " * words]).truncated == [truncated]


def test_what_is_behind_the_longest_text_is_not_computed(open_clip_folder: Path) -> None:
    towers: Any = spec_of(open_clip_folder).load()
    lengths = []
    towers._model.transformer.register_forward_pre_hook(
        lambda _, inputs: lengths.append(inputs[0].shape[1])
    )
    for texts in (["dog", "a dog"], ["dog", "dog " * 30], [""]):
        towers.encode_tokens(towers.tokenize(texts, "default").ids, "default")
    assert lengths == [4, LENGTH, 2]
    assert towers._model.positional_embedding.shape[0] == LENGTH


@pytest.mark.parametrize("pool", ["eos", "last"])
def test_other_ways_to_read_a_text(copy: Path, pool: str) -> None:
    config = json.loads((copy / "open_clip_config.json").read_text())
    config["model_cfg"]["text_cfg"] |= {"pool_type": pool, "eos_id": 49407}
    (copy / "open_clip_config.json").write_text(json.dumps(config))
    model, _ = open_clip.create_model_from_pretrained(f"local-dir:{copy}")
    model.eval()
    with torch.no_grad():
        texts = model.encode_text(open_clip.get_tokenizer(f"local-dir:{copy}")(TEXTS[:3]), True)
    found = shared_encoder(spec_of(copy)).encode_texts(TEXTS[:3])
    np.testing.assert_allclose(found, texts, atol=2e-6)


def test_a_model_that_looks_both_ways(copy: Path) -> None:
    config = json.loads((copy / "open_clip_config.json").read_text())
    config["model_cfg"]["text_cfg"]["no_causal_mask"] = True
    (copy / "open_clip_config.json").write_text(json.dumps(config))
    model, _ = open_clip.create_model_from_pretrained(f"local-dir:{copy}")
    model.eval()
    with torch.no_grad():
        texts = model.encode_text(open_clip.get_tokenizer(f"local-dir:{copy}")(TEXTS[:3]), True)
    found = shared_encoder(spec_of(copy)).encode_texts(TEXTS[:3])
    np.testing.assert_allclose(found, texts, atol=2e-6)


@pytest.mark.parametrize("text", ["-" * 260, "=" * 160 + "a", "\U0001f602" * 101, "ab" * 110])
def test_long_words_as_by_open_clip(text: str) -> None:
    tokenizer: Any = open_clip.get_tokenizer("ViT-B-32")
    rows, truncated = OpenClipTokenizer(tokenizer).cut([text, text + " dog"])
    own = [len(tokenizer.encode(one)) for one in (text, text + " dog")]
    assert rows == tokenizer([text, text + " dog"]).tolist()
    assert truncated == [count > 75 for count in own]


@pytest.mark.parametrize(
    ("text", "truncated"),
    [("&#x1f602;" * 300, False), ("&#x1f602;" * 700, True), ("ab" * 2_000, True)],
)
def test_words_longer_than_a_row(text: str, truncated: bool) -> None:
    tokenizer: Any = open_clip.get_tokenizer("ViT-B-32")
    [row], cut = OpenClipTokenizer(tokenizer).cut([text])
    assert cut == [truncated]
    assert row[:-1] == tokenizer([text]).tolist()[0][:-1]  # its end may be cut in the word


def test_a_text_can_not_end_itself(open_clip_folder: Path) -> None:
    encoder = shared_encoder(spec_of(open_clip_folder))
    cat, dog, plain = encoder.encode_texts(
        ["a <end_of_text> cat", "a <end_of_text> dog", "a <start_of_text> dog"]
    )
    assert not np.allclose(cat, dog, atol=1e-3)
    np.testing.assert_allclose(dog, plain, atol=1e-6)  # both without it


@pytest.mark.parametrize(
    "text",
    [
        string.ascii_lowercase * 5_000,
        "a" * 200_000,
        "猫" * 9_000,
        "<end_of_text>" * 2_000,
        "&" * 9_000,
    ],
)
def test_hostile_texts_are_bounded(open_clip_folder: Path, text: str) -> None:
    assert shared_encoder(spec_of(open_clip_folder)).text_vectors([text]).faults == [None]


@pytest.mark.parametrize("size", [(20_000, 1), (1, 20_000)])
def test_strips_are_harmless(open_clip_folder: Path, size: tuple[int, int]) -> None:
    [found] = shared_encoder(spec_of(open_clip_folder)).image_vectors([Image.new("RGB", size)])
    assert not isinstance(found, Unreadable)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision(open_clip_folder: Path, dtype: str) -> None:
    name = f"local-dir:{open_clip_folder}"
    exact = shared_encoder(OpenClip(architecture=name))
    half = shared_encoder(OpenClip(architecture=name, dtype=dtype))  # type: ignore[arg-type]  # one of the words
    np.testing.assert_allclose(
        half.encode_images(pictures()), exact.encode_images(pictures()), atol=0.1
    )
    np.testing.assert_allclose(half.encode_texts(TEXTS), exact.encode_texts(TEXTS), atol=0.1)


@pytest.fixture
def copy(open_clip_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(open_clip_folder, tmp_path / "copy")


def test_other_parameters_are_named(copy: Path) -> None:
    weights = load_file(copy / WEIGHTS)
    weights["extra"] = weights.pop("ln_final.weight")
    weights["text_projection"] = weights["text_projection"][:, :3].clone()
    save_file(weights, copy / WEIGHTS)
    with pytest.raises(
        ConfigError,
        match=r"got 1 missing \(ln_final.weight\), 1 unexpected \(extra\), "
        r"1 of another shape \(text_projection\)$",
    ):
        shared_encoder(spec_of(copy))


def test_weights_are_required(copy: Path) -> None:
    (copy / WEIGHTS).unlink()
    handlers = list(logging.getLogger().handlers)
    with pytest.raises(ConfigError, match="Required pretrained weights"):
        shared_encoder(spec_of(copy))
    assert logging.getLogger().handlers == handlers  # open_clip would have added one


class Evil:
    """Runs when it is unpickled by something careless."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """What pickle would call."""
        return (exec, ("raise SystemExit('ran')",))


def test_pickled_code_is_refused(copy: Path) -> None:
    (copy / WEIGHTS).unlink()
    torch.save({"a": Evil()}, copy / "open_clip_pytorch_model.bin")
    with pytest.raises(ConfigError, match="expected a file of weights alone, got code"):
        shared_encoder(spec_of(copy))


@pytest.mark.parametrize(
    ("architecture", "pretrained", "message"),
    [
        ("ViT-B-33", "openai", "did you mean 'ViT-B-32'"),
        ("ViT-B-32", "opnai", "and 14 more, got str 'opnai'; did you mean 'openai'"),
        ("ViT-B-32", "openai", "expected ViT-B-32-quickgelu, which 'openai' was trained with"),
        ("local-dir:/no/such", None, "expected a folder with open_clip_config.json"),
    ],
)
def test_check_refuses(architecture: str, pretrained: str | None, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        OpenClip(architecture=architecture, pretrained=pretrained).check()


@pytest.mark.parametrize(
    ("architecture", "pretrained", "message"),
    [
        ("ViT-B-32", None, "expected a tag or a file of weights for ViT-B-32, got nothing"),
        ("ViT-B-32", "", "expected a tag or a file of weights"),
        ("local-dir:x", "openai", "expected nothing beside local-dir:, got str 'openai'"),
    ],
)
def test_options_go_together(architecture: str, pretrained: str | None, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        OpenClip(architecture=architecture, pretrained=pretrained)


def test_loading_draws_no_random_numbers(open_clip_folder: Path) -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    release_encoders()
    torch.manual_seed(0)
    shared_encoder(spec_of(open_clip_folder))
    assert torch.equal(torch.rand(3), expected)


def test_spec_is_a_plain_value(open_clip_folder: Path) -> None:
    spec = spec_of(open_clip_folder)
    assert pickle.loads(pickle.dumps(spec)) == spec
    assert spec.name == f"open-clip {open_clip_folder.name}"
