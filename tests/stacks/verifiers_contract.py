"""verifiers: its tasks load the exported file by its path and score traces with it."""

import asyncio
import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from stack_pages import PAGES, training_command
from stack_rollouts import CASES, Case, wanted
from stack_shims import write_shim

# By name, as a folder of that name stands beside this package for type checkers.
vf = importlib.import_module("verifiers.v1")
graph = importlib.import_module("verifiers.v1.graph")
errors = importlib.import_module("verifiers.v1.errors")


class Data(vf.TaskData):  # type: ignore[misc, name-defined]  # imported by name
    """What a task knows."""

    answer: str = ""


class Task(vf.Task[Data]):  # type: ignore[misc, name-defined]  # imported by name
    """A question with its answer."""


def score(shim: Path, case: Case) -> Any:  # noqa: ANN401 - a trace
    fn = {"rewardkit": {"fn": f"{shim}:score", "weight": 1.0}}
    task = Task(
        Data(prompt=case.prompt, answer=case.reference),
        vf.TaskConfig.model_validate({"rewards": fn}),
    )
    trace = vf.Trace(
        task=vf.TraceTask(type="Task", data=task.data),
        agent=vf.AgentInfo(config=vf.AgentConfig()),
        nodes=[
            graph.MessageNode(message=vf.UserMessage(content=case.prompt)),
            graph.MessageNode(
                message=vf.AssistantMessage(content=case.completion), parent=0, sampled=True
            ),
        ],
    )
    try:
        asyncio.run(task.score(trace))
    except errors.TaskError as error:
        return trace, str(error)
    return trace, ""


def value(trace: Any) -> float | None:  # noqa: ANN401 - a trace
    found = trace.rewards.get("rewardkit")
    return None if found is None else found.score


def test_rewards_are_those_of_rewardkit(tmp_path: Path) -> None:
    shim = write_shim(tmp_path, "verifiers")
    values = []
    for case in CASES:
        trace, error = score(shim, case)
        assert bool(error) == (value(trace) is None)
        values.append(value(trace))
    assert values == wanted()


def test_the_command_of_the_page_is_a_valid_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (PAGES / "verifiers.md").read_text(encoding="utf-8")
    source = page.partition("cat > sums.py <<'END'\n")[2].partition("\nEND\n")[0]
    (tmp_path / "sums.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["vf-eval"])  # which it replaces
    command = training_command("verifiers", "vf-eval")
    importlib.import_module("verifiers.v1.cli.eval.main").main([*command, "--dry-run"])
    (written,) = tmp_path.glob("outputs/*/configs/resolved/eval.json")
    task = json.loads(written.read_text())["env"]["taskset"]["task"]
    assert task["rewards"]["rewardkit"]["fn"] == "$PWD/reward_verifiers.py:score"


def test_unjudged_says_why(tmp_path: Path) -> None:
    _, error = score(write_shim(tmp_path, "verifiers"), CASES[8])
    assert "a rollout is not judged" in error


def test_unjudged_may_be_a_number(tmp_path: Path) -> None:
    trace, error = score(write_shim(tmp_path, "verifiers", unjudged=0.25), CASES[8])
    assert (value(trace), error) == (0.25, "")


def test_a_reward_that_fails_is_its_task_error(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def fails(rollouts):\n    return 1 / 0\n")
    shim = write_shim(tmp_path, "verifiers", f"{tmp_path}/broken.py:fails")
    _, error = score(shim, CASES[0])
    assert "the reward failed on 1 of 1 rollouts" in error


@pytest.mark.parametrize("content", [None, ""])
def test_no_reply_is_an_empty_one(tmp_path: Path, content: str | None) -> None:
    trace, error = score(write_shim(tmp_path, "verifiers"), Case("?", content or "", "1"))
    assert (value(trace), error) == (0.0, "")
