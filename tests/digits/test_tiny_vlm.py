"""The tiny model is a checkpoint like any other: it loads, is the seed's, and writes replies."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForImageTextToText, AutoProcessor

from rewardkit.digits.questions import PROMPTS
from rewardkit.digits.tiny_vlm import vocabulary, write_tiny_vlm
from rewardkit.digits.world import draw_rows

PROCESSORS: Any = AutoProcessor
"""Its methods have no types."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_vlm(tmp_path_factory.mktemp("tiny"), seed=1)


def test_processor_cuts_a_gold_reply_into_words(folder: Path) -> None:
    tokenizer = PROCESSORS.from_pretrained(folder).tokenizer
    reply = draw_rows("demonstrations", 1, seed=0)[0]["completion"]
    ids = tokenizer(reply)["input_ids"]
    assert len(ids) == len(reply.split())
    assert tokenizer.decode(ids) == reply


def test_every_word_of_the_world_is_known(folder: Path) -> None:
    tokenizer = PROCESSORS.from_pretrained(folder).tokenizer
    replies = [row["completion"] for row in draw_rows("demonstrations", 200, seed=0)]
    for text in (*PROMPTS.values(), *replies):
        assert tokenizer.unk_token_id not in tokenizer(text)["input_ids"]
    assert len(set(vocabulary())) == len(tokenizer)


def test_model_sees_an_image_and_writes_words(folder: Path) -> None:
    model: Any = AutoModelForImageTextToText.from_pretrained(folder)
    processor = PROCESSORS.from_pretrained(folder)
    rows = draw_rows("test", 2, seed=0)
    prompts = [
        processor.apply_chat_template(
            [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": prompt}]}],
            add_generation_prompt=True,
        )
        for prompt in (row["prompt"] for row in rows)
    ]
    batch = processor(
        text=prompts, images=[row["images"] for row in rows], padding=True, return_tensors="pt"
    )
    assert (batch["input_ids"][0] == model.config.image_token_id).sum() == 8
    written = model.generate(**batch, max_new_tokens=4, do_sample=False)
    assert written.shape[0] == 2
    blank = batch | {"pixel_values": torch.zeros_like(batch["pixel_values"])}
    with torch.no_grad():
        assert not torch.equal(model(**batch).logits, model(**blank).logits)


def test_weights_are_the_seeds(folder: Path, tmp_path: Path) -> None:
    state = torch.random.get_rng_state()
    same, other = write_tiny_vlm(tmp_path / "same", seed=1), write_tiny_vlm(tmp_path / "other", 2)
    assert torch.equal(state, torch.random.get_rng_state())
    weights = [(path / "model.safetensors").read_bytes() for path in (folder, same, other)]
    assert weights[0] == weights[1] != weights[2]


def test_rewardkit_alone_does_not_load_the_world() -> None:
    code = "import sys, rewardkit; sys.exit('rewardkit.digits' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
