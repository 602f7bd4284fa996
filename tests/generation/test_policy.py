"""A policy is loaded whole or not at all."""

from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file
from tiny_families import write_idefics3, write_llava
from tiny_runs import write_text_model

from rewardkit.digits.tiny_vlm import write_tiny_vlm
from rewardkit.errors import ConfigError
from rewardkit.generation.options import Model
from rewardkit.generation.policy import load_model

FAMILIES = {
    "qwen2.5-vl": write_tiny_vlm,
    "llava": write_llava,
    "idefics3": write_idefics3,
    "qwen3": write_text_model,
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_checkpoint_that_lacks_weights_is_refused(family: str, tmp_path: Path) -> None:
    folder = FAMILIES[family](tmp_path / "model")
    weights = load_file(folder / "model.safetensors")
    load_model(str(folder), Model(path=str(folder)))  # whole, it loads
    lost = next(name for name in weights if name.endswith("down_proj.weight"))
    del weights[lost]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ConfigError, match=r"got none for 1 of them, such as .*down_proj\.weight"):
        load_model(str(folder), Model(path=str(folder)))
