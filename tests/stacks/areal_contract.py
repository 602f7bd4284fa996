"""AReaL: its workflow finds the exported file by its module's name and runs it in its own pool."""

import asyncio
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from stack_rollouts import CASES, Case, filled, wanted
from stack_shims import UNJUDGED, write_shim
from stack_tokenizer import make_tokenizer

from rewardkit.errors import VerifierError

rlvr: Any = importlib.import_module("areal.workflow.rlvr")
api: Any = importlib.import_module("areal.api")
cli_args: Any = importlib.import_module("areal.api.cli_args")
TOKENIZER = make_tokenizer([text for case in CASES for text in case])


class Engine:
    """Stands in for SGLang: generates the reply it was made with, and the token that ends it."""

    def __init__(self, reply: str) -> None:
        """Keep the reply."""
        self.reply = reply

    async def agenerate(self, request: Any) -> Any:  # noqa: ANN401 - AReaL's
        """One reply."""
        tokens = [*TOKENIZER(self.reply)["input_ids"], TOKENIZER.eos_token_id]
        return api.ModelResponse(
            input_tokens=request.input_ids,
            output_tokens=tokens,
            output_logprobs=[0.0] * len(tokens),
            output_versions=[0] * len(tokens),
        )


def rewards(cases: Sequence[Case]) -> list[float]:
    """What the workflow's episodes are paid; one by one, as time limits begin in its queue."""
    workflow = rlvr.RLVRWorkflow(
        reward_fn="reward_areal.reward",
        gconfig=cli_args.GenerationHyperparameters(),
        tokenizer=TOKENIZER,
        get_input_ids_fn=lambda text, tokenizer, thinking: tokenizer(text)["input_ids"],
        data_extract_prompt_fn=lambda row: row["question"],
    )

    async def every() -> list[float]:
        found = []
        for case in cases:
            row = {"question": case.prompt, "answer": case.reference, "level": 3}
            episode = await workflow.arun_episode(Engine(case.completion), row)
            found.append(float(episode["rewards"].item()))
        return found

    return asyncio.run(every())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path, without the module of an earlier test."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "reward_areal", raising=False)
    return tmp_path


def test_rewards_are_those_of_rewardkit(folder: Path) -> None:
    write_shim(folder, "areal")
    assert rewards(CASES) == filled(wanted(), UNJUDGED)


def test_unjudged_may_stop(folder: Path) -> None:
    write_shim(folder, "areal", unjudged="stop")
    with pytest.raises(VerifierError, match="areal: a rollout is not judged"):
        rewards(CASES[8:9])


def test_a_reward_that_fails_is_tried_again_and_then_raised(folder: Path) -> None:
    calls = folder / "calls"
    code = f"def fails(rollouts):\n    open({str(calls)!r}, 'a').write('x')\n    return 1 / 0\n"
    (folder / "broken.py").write_text(code)
    write_shim(folder, "areal", f"{folder}/broken.py:fails")
    with pytest.raises(VerifierError, match="areal: the reward failed on 1 of 1 rollouts"):
        rewards(CASES[:1])
    assert calls.read_text() == "xxxx"
