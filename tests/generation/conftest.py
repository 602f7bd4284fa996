"""Tiny models with questions, made once, and requests for rollouts of them."""

from pathlib import Path
from typing import Any

import pytest
from rollout_requests import HOW, Ask
from tiny_runs import write_questions, write_text_model

from rewardkit.digits.tiny_vlm import write_tiny_vlm
from rewardkit.generation.options import Model
from rewardkit.generation.rollout_plan import Request


@pytest.fixture(scope="session")
def seeing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a vision-language model `m` and five questions with images."""
    folder = tmp_path_factory.mktemp("seeing")
    write_tiny_vlm(folder / "m")
    write_questions(folder, 5, True)
    return folder


@pytest.fixture(scope="session")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a language model `m` and five questions without images."""
    folder = tmp_path_factory.mktemp("reading")
    write_text_model(folder / "m")
    write_questions(folder, 5, False)
    return folder


@pytest.fixture
def ask(seeing: Path, tmp_path: Path) -> Ask:
    """Makes a request of the vision-language model, with some of its fields changed."""

    def make(**changed: Any) -> Request:  # noqa: ANN401 - fields of every type
        fields: dict[str, Any] = {
            "data": [str(seeing / "demonstrations.jsonl")],
            "model": Model(path=str(seeing / "m"), dtype="float32"),
            "how": HOW,
            "output": str(tmp_path / "out.jsonl"),
        }
        return Request(**(fields | changed))

    return make
