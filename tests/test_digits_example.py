"""The digits example: made by its own script, scored by the real command, and trainable anew."""

import json
import os
import runpy
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from digit_pairs import CLAIMS, EXAMPLE, auc, shipped, unseen_pairs
from PIL import Image
from safetensors import safe_open

from rewardkit import Rollout
from rewardkit.rewards import PhraseAlignment, load_reward
from rewardkit.rewards.encoders import FgClip, shared_encoder

ROOT = EXAMPLE.parents[1]
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


def make(folder: Path, *options: str) -> None:
    command = [sys.executable, str(EXAMPLE / "make.py"), "--output", str(folder), *options]
    subprocess.run(command, check=True, env=ENVIRONMENT)


def read_lines(folder: Path) -> list[dict[str, Any]]:
    text = (folder / "rollouts.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_the_script_makes_the_shipped_rollouts_images_and_tokenizer(tmp_path: Path) -> None:
    make(tmp_path, "--steps", "1")
    for file in ("rollouts.jsonl", "fg-clip/config.json"):
        assert (tmp_path / file).read_bytes() == (EXAMPLE / file).read_bytes()
    one, other = (
        json.loads((folder / "fg-clip" / "tokenizer.json").read_text(encoding="utf-8"))
        for folder in (tmp_path, EXAMPLE)
    )
    assert one["model"] == other["model"]
    names = sorted(path.name for path in (EXAMPLE / "images").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "images").iterdir())
    for name in names:
        one, other = Image.open(EXAMPLE / "images" / name), Image.open(tmp_path / "images" / name)
        assert one.size == other.size == (64, 32)
        assert one.tobytes() == other.tobytes()


def test_rollouts_are_whole_questions_on_images_that_exist() -> None:
    lines = read_lines(EXAMPLE)
    assert len(lines) == 96
    assert len({line["id"] for line in lines}) == 96
    groups = [line["group"] for line in lines]
    assert {groups.count(group) for group in groups} == {4}
    for line in lines:
        assert (EXAMPLE / line["images"][0]).is_file()
        assert line["completion_tokens"] == len(line["completion"].split())
        msgspec.convert(line, Rollout)


def test_the_checkpoint_is_small_and_of_published_names() -> None:
    folder = EXAMPLE / "fg-clip"
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_500_000
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["architectures"] == ["FGCLIPModel"]
    with safe_open(folder / "model.safetensors", "np") as weights:
        names = set(weights.keys())
        places = weights.get_tensor("text_model.embeddings.position_embedding_res.weight")
    assert "text_filip_projection.weight" in names
    assert places.shape == (248, 64)
    shipped().check()


def caption_aucs(encoder: FgClip, mode: str) -> dict[str, float]:
    """How well the cosine of right captions is told from that of wrong ones, over images."""
    model = shared_encoder(encoder)
    pairs = unseen_pairs(300, seed=29)
    images = model.encode_images([pair.image for pair in pairs])

    def cosines(texts: list[str]) -> list[float]:
        products = images * model.encode_texts(texts, mode)
        return [float(row.sum()) for row in products]

    right = cosines([pair.caption for pair in pairs])
    wrong = {
        "one": [f"left is {p.left} right is {(p.right + 3) % 10}" for p in pairs],
        "both": [f"left is {(p.left + 7) % 10} right is {(p.right + 3) % 10}" for p in pairs],
        "swapped": [f"left is {p.right} right is {p.left}" for p in pairs],
    }
    return {name: auc(right, cosines(texts)) for name, texts in wrong.items()}


@pytest.mark.parametrize("mode", ["short", "long"])
def test_right_captions_are_above_wrong_ones(mode: str) -> None:
    got = caption_aucs(shipped(), mode)
    assert got["one"] > 0.97
    assert got["both"] > 0.99
    assert got["swapped"] > 0.97


@pytest.mark.slow
def test_training_anew_tells_claims(tmp_path: Path) -> None:
    """Another seed, a third of the steps: single claims, then ten steps of captions as well."""
    make(tmp_path, "--steps", "490", "--seed", "1")
    trained = shipped(tmp_path / "fg-clip")
    reward = PhraseAlignment(encoder=trained, split="clauses", where="region", distractors=CLAIMS)
    pairs = unseen_pairs()
    texts = {
        "right": [pair.caption for pair in pairs],
        "wrong": [f"left is {p.left} right is {(p.right + 3) % 10}" for p in pairs],
        "swapped": [f"left is {p.right} right is {p.left}" for p in pairs],
        "stuffed": [" ".join(CLAIMS)] * len(pairs),
        "generic": ["two digits in an image"] * len(pairs),
    }
    means = {
        name: statistics.mean(
            score.value or 0.0
            for score in reward([pair.says(text) for pair, text in zip(pairs, said, strict=True)])
        )
        for name, said in texts.items()
    }
    assert means["right"] > 1.3 * means["wrong"]
    assert means["right"] > means["stuffed"] + 0.1
    assert means["right"] > means["swapped"] + 0.15
    assert means["generic"] < 0.02
    assert caption_aucs(trained, "short")["both"] > 0.75


def test_the_readme_command_scores_every_line(tmp_path: Path) -> None:
    output = tmp_path / "scored.jsonl"
    options = [
        *("--reward", "pebr-stage1", "--workers", "1", "-o", str(output)),
        *("--set", "parts.clip.encoder.model=examples/digits/fg-clip"),
        *("--set", "parts.clip.saturate_at=0.8866"),
    ]
    command = [
        sys.executable,
        "-m",
        "rewardkit",
        "score",
        "examples/digits/rollouts.jsonl",
        *options,
    ]
    subprocess.run(command, cwd=ROOT, check=True, env=ENVIRONMENT, capture_output=True)
    scored = {line["id"]: line for line in map(json.loads, output.read_text("utf-8").splitlines())}
    assert list(scored) == [line["id"] for line in read_lines(EXAMPLE)]
    assert {line["status"] for line in scored.values()} == {"scored"}
    kinds: dict[str, list[float]] = {}
    for name, line in scored.items():
        kinds.setdefault(name.partition(" ")[2], []).append(line["reward"])
    means = {kind: statistics.mean(rewards) for kind, rewards in kinds.items()}
    assert means["right"] > 0.95
    for worse in (
        "digit wrong",
        "both wrong",
        "swapped",
        "empty",
        "half",
        "no headings",
        "stuffed",
    ):
        assert means[worse] < means["right"] - 0.1


def test_the_reward_file_of_the_example_scores_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    reward = load_reward("examples/digits/phrases.yaml")
    assert isinstance(reward, PhraseAlignment)
    assert reward.distractors == CLAIMS
    lines = read_lines(EXAMPLE)
    rows = [msgspec.convert(line, Rollout) for line in lines]
    images = [[str(EXAMPLE / name) for name in row.images] for row in rows]
    scores = reward(
        [msgspec.structs.replace(row, images=i) for row, i in zip(rows, images, strict=True)]
    )
    kinds: dict[str, list[float]] = {}
    for line, score in zip(lines, scores, strict=True):
        assert score.value is not None
        kinds.setdefault(line["id"].partition(" ")[2], []).append(score.value)
    means = {kind: statistics.mean(rewards) for kind, rewards in kinds.items()}
    assert means["right"] > 0.8
    for worse in ("digit wrong", "hedged", "half"):
        assert means[worse] < means["right"] - 0.1
    for worst in ("both wrong", "swapped", "stuffed", "empty", "no headings"):
        assert means[worst] < 0.4


def test_the_world_runs_by_itself() -> None:
    world = runpy.run_path(str(EXAMPLE / "world.py"))
    said = world["Said"]("left is 3", ((0, 3),))
    assert said.holds((3, 8))
    assert not said.holds((8, 3))
