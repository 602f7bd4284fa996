"""What a warm-up learns: the reply with its end, and nothing of the prompt."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tiny_families import write_idefics3, write_llava
from tiny_runs import WARMUP, write_questions, write_text_model

from rewardkit.digits.tiny_vlm import write_tiny_vlm
from rewardkit.trainer.context import Context, Done
from rewardkit.trainer.reading import load_recipe
from rewardkit.trainer.run import run_recipe
from rewardkit.trainer.stages import warmup

FAMILIES: dict[str, Callable[[Path], Path]] = {
    "qwen2.5-vl": write_tiny_vlm,
    "llava": write_llava,
    "idefics3": write_idefics3,
    "qwen3": write_text_model,
}


@pytest.mark.parametrize("family", FAMILIES)
def test_the_loss_is_on_the_reply_alone(
    family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TRL's own batch is looked at, in the place of a training."""
    learned: list[list[str]] = []

    def look(trainer: Any, context: Context) -> Done:  # noqa: ANN401 - TRL's
        batch = next(iter(trainer.get_train_dataloader()))
        tokenizer = getattr(context.processor, "tokenizer", context.processor)
        for ids, labels in zip(batch["input_ids"], batch["labels"], strict=True):
            kept = labels != -100
            assert (labels[kept] == ids[kept]).all()
            learned.append(tokenizer.convert_ids_to_tokens(labels[kept].tolist()))
        return Done(context.model)

    monkeypatch.setattr(warmup, "fit", look)
    images = family != "qwen3"
    recipe = load_recipe(
        {
            "model": {"path": str(FAMILIES[family](tmp_path / "model")), "dtype": "float32"},
            "data": {"train": [str(write_questions(tmp_path, 4, images))], "held_out": 0.0},
            "template": "think-answer",
            "output": str(tmp_path / "run"),
            "stages": {"warm": WARMUP},
        }
    )
    run_recipe(recipe)
    assert len(learned) == 4
    for tokens in learned:
        assert tokens[0] == "<think>" and tokens[-2:] == ["</answer>", "<|im_end|>"]
