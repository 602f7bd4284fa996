"""Specs in YAML, on the command line, in fingerprints; options out of their range."""

import shutil
import subprocess
import sys
from importlib import util
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from rewardkit.errors import ConfigError
from rewardkit.rewards import (
    Clip,
    ClipScore,
    Constant,
    decode,
    encode,
    fingerprint,
    load_reward,
    versions,
)
from rewardkit.rewards.encoders import ENCODERS, EncoderSpec, FgClip, OpenClip, TransformersClip
from rewardkit.rewards.encoders.options import EncoderOptions, check_packages
from rewardkit.rewards.encoders.runtime import resolve_runtime
from rewardkit.rewards.fingerprints import MODEL_PACKAGES

MODEL = "some/model"


def config(**encoder: object) -> dict[str, object]:
    return {"kind": "clip-score", "encoder": encoder}


SPECS: list[EncoderSpec] = [
    FgClip(model=MODEL, device="cuda:1"),
    OpenClip(architecture="ViT-B-32", pretrained="openai", dtype="float16"),
    OpenClip(architecture="local-dir:folder"),
    TransformersClip(model=MODEL, revision="v1", batch_size=7, threads=2, cache_mb=0),
]


def test_table() -> None:
    tags = {kind: cls.__struct_config__.tag for kind, cls in ENCODERS.items()}
    assert tags == {kind: kind for kind in ENCODERS}
    assert {type(spec) for spec in SPECS} == set(ENCODERS.values())


@pytest.mark.parametrize("spec", SPECS, ids=repr)
def test_comes_back_as_it_was(spec: EncoderSpec) -> None:
    reward = ClipScore(encoder=spec)
    assert decode(encode(reward)) == reward
    assert decode({"kind": "clip-score", "encoder": spec}) == reward
    assert decode(encode(Clip(reward, high=1.0))) == Clip(reward, high=1.0)


def test_defaults_are_left_out() -> None:
    reward = ClipScore(encoder=TransformersClip(model=MODEL, dtype="float32"))
    written = {"kind": "transformers", "dtype": "float32", "model": MODEL}
    assert encode(reward)["encoder"] == written


def test_options_by_dotted_path() -> None:
    whole = {
        "kind": "weighted",
        "parts": {"look": {"weight": 1, **config(kind="fg-clip", model="x")}},
    }
    reward: Any = load_reward(
        whole,
        {
            "parts.look.encoder.model": "y",
            "parts.look.encoder.device": "cpu",
            "parts.look.encoder.batch_size": 3,
        },
    )
    assert reward.parts["look"].reward.encoder == FgClip(model="y", device="cpu", batch_size=3)


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        ({}, "encoder: missing key 'kind', expected one of fg-clip, open-clip, transformers"),
        ({"knid": "fg-clip"}, "encoder: missing key 'kind'.*is 'knid' meant to be it"),
        ({"kind": "fgclip"}, "encoder.kind: expected one of .*; did you mean 'fg-clip'"),
        ({"kind": "transformers"}, "encoder: missing key 'model', required by TransformersClip"),
        (
            {"kind": "transformers", "model": MODEL, "modle": 1},
            "encoder.modle: unknown key, .*; did you mean 'model'",
        ),
        (
            {"kind": "transformers", "model": 5},
            "encoder.model: expected a string, got int 5",
        ),
        (
            {"kind": "transformers", "model": MODEL, "device": "gpu"},
            "encoder.device: expected auto, cpu, cuda, cuda:N or mps, got str 'gpu'",
        ),
        (
            {"kind": "transformers", "model": MODEL, "device": "cuda:1٣"},
            "encoder.device: expected auto, cpu, cuda, cuda:N or mps, got str",
        ),
        (
            {"kind": "transformers", "model": MODEL, "device": "cuda:01"},
            "encoder.device: expected auto, cpu, cuda, cuda:N or mps, got str 'cuda:01'",
        ),
        (
            {"kind": "transformers", "model": MODEL, "dtype": "fp16"},
            "encoder.dtype: expected one of auto, float32, bfloat16, float16, got str 'fp16'",
        ),
        (
            {"kind": "fg-clip", "model": MODEL, "batch_size": 0},
            "encoder.batch_size: expected 1 to 65536, got int 0",
        ),
        (
            {"kind": "fg-clip", "model": MODEL, "cache_mb": -1},
            "encoder.cache_mb: expected 0 to 1048576, got int -1",
        ),
        (
            {"kind": "fg-clip", "model": MODEL, "threads": True},
            "encoder.threads: expected a whole number or nothing, got bool True",
        ),
        (
            {"kind": "open-clip", "architecture": "ViT-B-32"},
            "encoder.pretrained: expected a tag or a file of weights",
        ),
        ("some/model", "encoder: expected an encoder: a mapping with 'kind' and 'model', got str"),
        (None, "encoder: expected an encoder: .*, got nothing"),
        ([], "encoder: expected an encoder: .*, got list"),
    ],
)
def test_errors_have_their_path(encoder: object, message: str) -> None:
    with pytest.raises(ConfigError, match=f"^r.yaml: {message}"):
        decode({"kind": "clip-score", "encoder": encoder}, "r.yaml")


def test_a_reward_without_its_encoder() -> None:
    with pytest.raises(ConfigError, match="missing key 'encoder', required by ClipScore"):
        decode({"kind": "clip-score"})


SAME = [
    {"batch_size": 3},
    {"threads": 2},
    {"cache_mb": 0},
]
DIFFERENT: list[dict[str, Any]] = [{"dtype": "bfloat16"}, {"device": "cuda"}]


def prints(folder: Path, **options: Any) -> str:  # noqa: ANN401 - any of the spec's
    return fingerprint(ClipScore(encoder=TransformersClip(model=str(folder), **options)))


@pytest.mark.parametrize("options", SAME, ids=str)
def test_how_it_runs_does_not_count(clip_folder: Path, options: dict[str, Any]) -> None:
    assert prints(clip_folder, **options) == prints(clip_folder)


@pytest.mark.parametrize("options", DIFFERENT, ids=str)
def test_where_it_runs_does(clip_folder: Path, options: dict[str, Any]) -> None:
    assert prints(clip_folder, **options) != prints(clip_folder)


def test_a_checkpoint_counts_by_its_content(clip_folder: Path, tmp_path: Path) -> None:
    before = prints(clip_folder)
    moved = shutil.copytree(clip_folder, tmp_path / "moved")
    (moved / "README.md").write_text("notes")
    assert prints(moved) == before

    for file in ("model.safetensors", "preprocessor_config.json", "tokenizer.json"):
        content = (moved / file).read_bytes()
        (moved / file).write_bytes(content[:-1] + b" ")
        assert prints(moved) != before, file
        (moved / file).write_bytes(content)
        assert prints(moved) == before, file


def test_published_names_count() -> None:
    names = [
        ClipScore(encoder=TransformersClip(model="a/b")),
        ClipScore(encoder=TransformersClip(model="a/c")),
        ClipScore(encoder=TransformersClip(model="a/b", revision="v2")),
        ClipScore(encoder=FgClip(model="a/b")),
        ClipScore(encoder=OpenClip(architecture="ViT-B-32", pretrained="openai")),
        ClipScore(encoder=OpenClip(architecture="ViT-L-14", pretrained="openai")),
    ]
    assert len(set(map(fingerprint, names))) == len(names)


def test_versions_of_models_count_for_models_alone() -> None:
    look = ClipScore(encoder=TransformersClip(model=MODEL))
    assert not set(MODEL_PACKAGES) & set(versions(Constant(1.0)))
    assert versions() == versions(Constant(1.0))
    assert set(MODEL_PACKAGES) <= set(versions(Clip(look, high=1.0)))
    assert versions(look)["torch"].partition("+")[0] == torch.__version__.partition("+")[0]


def test_a_packages_absence_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(util, "find_spec", lambda name: None if name == "torch" else object())
    for spec in SPECS:
        with pytest.raises(ConfigError) as caught:
            spec.check()
        assert str(caught.value) == (
            "encoder: expected the packages of rewardkit[clip], got no torch: "
            "pip install 'rewardkit[clip]'"
        )


def test_present_packages_pass() -> None:
    check_packages("torch", "msgspec")


def test_a_device_that_is_not_there(clip_folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"got 'cuda:99': torch sees \d+ CUDA devices"):
        TransformersClip(model=str(clip_folder), device="cuda:99").check()


def test_auto_is_what_torch_sees() -> None:
    device, dtype = resolve_runtime(EncoderOptions())
    if torch.cuda.is_available():
        assert device.type == "cuda"
        assert dtype in (torch.bfloat16, torch.float16)
    else:
        assert (device, dtype) == (torch.device("cpu"), torch.float32)


def test_light() -> None:
    code = (
        "import sys, rewardkit.rewards.encoders as e, rewardkit.rewards.encoders.runtime;"
        "e.TransformersClip(model='a/b').digest(); e.FgClip(model='a/b').name;"
        "print({'torch', 'transformers', 'open_clip', 'numpy', 'PIL'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


def test_order_of_options_is_the_specs() -> None:
    for cls in ENCODERS.values():
        assert cls.__struct_fields__[:5] == EncoderOptions.__struct_fields__
        assert all(field.name for field in msgspec.structs.fields(cls))
