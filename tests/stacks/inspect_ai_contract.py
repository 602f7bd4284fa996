"""inspect_ai: its own `eval` runs the exported scorer; what is not judged is unscored."""

import math
from pathlib import Path
from typing import Any

import inspect_ai
import pytest
from inspect_ai import Task
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput
from inspect_ai.solver import solver
from stack_rollouts import CASES, wanted
from stack_shims import load_unlisted, write_shim


@solver  # type: ignore[untyped-decorator]  # as it has no types where the type checker runs
def canned() -> Any:  # noqa: ANN401 - as its decorator
    """Replies as they stand in the sample: nothing is generated."""

    async def solve(state: Any, generate: Any) -> Any:  # noqa: ANN401 - as its decorator
        state.output = ModelOutput.from_content("mock", state.metadata["reply"])
        return state

    return solve


def evaluate(folder: Path, samples: list[Any], shim: Path) -> Any:  # noqa: ANN401 - a log
    task = Task(dataset=samples, solver=canned(), scorer=load_unlisted(shim).reward())
    logs = folder / "logs"
    return inspect_ai.eval(task, model="mockllm/model", display="none", log_dir=str(logs))[0]


def test_rewards_are_those_of_rewardkit(tmp_path: Path) -> None:
    samples = [
        Sample(input=case.prompt, target=case.reference, id=n, metadata={"reply": case.completion})
        for n, case in enumerate(CASES, start=1)
    ]
    log = evaluate(tmp_path, samples, write_shim(tmp_path, "inspect_ai"))
    assert log.status == "success"
    scores = {sample.id: sample.scores["rewardkit"] for sample in log.samples}
    values = [scores[n].as_float() for n in range(1, 201)]
    ours = wanted()
    assert [None if math.isnan(value) else value for value in values] == ours
    judged = [value for value in ours if value is not None]
    (result,) = log.results.scores
    assert (result.scored_samples, result.unscored_samples) == (len(judged), 200 - len(judged))
    assert result.metrics["mean"].value == pytest.approx(sum(judged) / len(judged))


def test_fields_stand_in_the_metadata(tmp_path: Path) -> None:
    metadata = {"reply": "<think>x</think><answer>B</answer>", "task": "choice"}
    sample = Sample(input="Which?", target="B", choices=["cat", "dog"], metadata=metadata)
    log = evaluate(tmp_path, [sample], write_shim(tmp_path, "inspect_ai"))
    assert log.samples[0].scores["rewardkit"].value == 2.0


def test_several_targets_are_a_list(tmp_path: Path) -> None:
    metadata = {"reply": "<think>x</think><answer>dog, cat</answer>", "task": "labels"}
    sample = Sample(input="Which?", target=["cat", "dog"], metadata=metadata)
    log = evaluate(tmp_path, [sample], write_shim(tmp_path, "inspect_ai"))
    assert log.samples[0].scores["rewardkit"].value == 2.0


def test_a_reward_that_fails_is_an_error_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def fails(rollouts):\n    return 1 / 0\n")
    shim = write_shim(tmp_path, "inspect_ai", f"{tmp_path}/broken.py:fails")
    log = evaluate(tmp_path, [Sample(input="?", target="1", metadata={"reply": "1"})], shim)
    assert log.status == "error"
    assert "the reward failed on 1 of 1 rollouts" in log.error.message
