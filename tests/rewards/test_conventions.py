"""Functions written for TRL, verl and EasyR1 as parts of a composition."""

from pathlib import Path

import pytest

from rewardkit import Rollout, score
from rewardkit.errors import ConfigError, VerifierError
from rewardkit.rewards import Custom, fingerprint, load_reward, to_yaml
from rewardkit.rewards.conventions import Convention
from rewardkit.types import Message

SOURCE = """
from __future__ import annotations
import numpy as np
import torch

REWARD_NAME, REWARD_TYPE = "old", "batch"

def trl(prompts, completions, solution, **kwargs):
    texts = [c if isinstance(c, str) else c[0]["content"] for c in completions]
    return [float(t == s) if s else None for t, s in zip(texts, solution)]

def trl_array(completions, level, **kwargs):
    return np.array([float(n) for n in level])

def trl_short(completions, **kwargs):
    return [1.0]

def trl_column(prompts, completions, no_such_column, **kwargs):
    return [1.0] * len(completions)

def verl(data_source, solution_str, ground_truth, extra_info=None, scale=1.0):
    right = float(solution_str == ground_truth)
    return {"score": scale * right, "acc": right, "source": data_source, "i": extra_info["index"]}

def verl_number(data_source, solution_str, ground_truth, extra_info):
    return np.float64("nan") if extra_info["keywords"] else 0.5

def verl_nothing(data_source, solution_str, ground_truth, extra_info=None):
    return {"acc": 1.0}

def easyr1(reward_inputs, weight=0.5):
    return [{"overall": weight * r["response_length"], "format": 1.0} for r in reward_inputs]

def trl_values(prompts, completions, **kwargs):
    return [torch.tensor(1.0), np.bool_(True)][: len(completions)]

def trl_logs(prompts, completions, trainer_state, log_metric, log_extra, **kwargs):
    log_metric("mean", 1.0)
    log_extra("text", list(completions))
    return [float(trainer_state is None)] * len(completions)

def trl_ids(prompts, completions, completion_ids, **kwargs):
    return [float(len(ids)) for ids in completion_ids]

def trl_changes(prompts, completions, images, table, **kwargs):
    table["calls"] = table.get("calls", 0) + 1
    for column in images:
        column.append("x")
    return [float(table["calls"])] * len(completions)

def trl_alone(prompts, completions):
    return [1.0] * len(completions)

def verl_tensors(data_source, solution_str, ground_truth, extra_info):
    return {"score": np.bool_(True), "acc": torch.tensor(1), "each": torch.ones(2)}

class Later:
    async def __call__(self, prompts, completions, **kwargs):
        return []

later_object = Later()

def rollouts(rollouts):
    return [1.0] * len(rollouts)

async def later(prompts, completions, **kwargs):
    return []
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "old.py"
    path.write_text(SOURCE)
    (tmp_path / "decorating.py").write_text(
        "import functools\n"
        "def decorated(function):\n"
        "    return functools.wraps(function)(lambda *given: function(*given))\n"
    )
    (tmp_path / "one.py").write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "from decorating import decorated\n"
        "sys.path.pop(0)\n"
        'REWARD_TYPE = "sequential"\n'
        "@decorated\n"
        "def easyr1(reward_input):\n"
        '    return {"overall": float(reward_input["response"] == reward_input["ground_truth"])}\n'
    )
    return path


ROLLOUTS = [
    Rollout(completion="4", reference="4", extra={"level": 1, "index": 0}, completion_tokens=1),
    Rollout(completion="5", reference="4", extra={"level": 2, "index": 1}, completion_tokens=2),
]


def test_trl_gets_columns(file: Path) -> None:
    reward = Custom(f"{file}:trl", convention="trl")
    chat = Rollout(completion=[Message("assistant", "7")], reference="7")
    nothing = Rollout(completion="7")
    values = [one.value for one in reward([*ROLLOUTS, chat, nothing])]
    assert values == [1.0, 0.0, 1.0, None]
    array = Custom(f"{file}:trl_array", convention="trl")
    assert [one.value for one in array(ROLLOUTS)] == [1.0, 2.0]


def test_verl_gets_one_rollout_a_call(file: Path) -> None:
    reward = Custom(f"{file}:verl", {"scale": 2.0}, "verl")
    scores = reward(ROLLOUTS)
    assert [one.value for one in scores] == [2.0, 0.0]
    parts = [{name: part.value for name, part in one.parts.items()} for one in scores]
    assert parts == [{"acc": 1.0, "i": 0.0}, {"acc": 0.0, "i": 1.0}]
    words = Rollout(completion="", keywords=["cat"])
    numbers = Custom(f"{file}:verl_number", convention="verl")([*ROLLOUTS, words])
    assert [one.value for one in numbers] == [0.5, 0.5, None]


def test_numbers_of_other_libraries_are_numbers(file: Path) -> None:
    column = Custom(f"{file}:trl_values", convention="trl")(ROLLOUTS)
    assert [one.value for one in column] == [1.0, 1.0]
    (one,) = Custom(f"{file}:verl_tensors", convention="verl")(ROLLOUTS[:1])
    assert (one.value, {name: part.value for name, part in one.parts.items()}) == (1.0, {"acc": 1})


def test_what_trl_gives_beside_columns_is_given(file: Path) -> None:
    values = [one.value for one in Custom(f"{file}:trl_logs", convention="trl")(ROLLOUTS)]
    assert values == [1.0, 1.0]


def test_a_function_may_change_what_it_is_given(file: Path) -> None:
    reward = Custom(f"{file}:trl_changes", {"table": {}}, "trl")
    assert [one.value for _ in range(2) for one in reward(ROLLOUTS)] == [1.0] * 4
    assert ROLLOUTS[0].images == []


def test_easyr1_gets_a_list_or_one(file: Path) -> None:
    batch = Custom(f"{file}:easyr1", {"weight": 0.25}, "easyr1")(ROLLOUTS)
    assert [(one.value, one.parts["format"].value) for one in batch] == [(0.25, 1.0), (0.5, 1.0)]
    single = Custom(f"{file.parent}/one.py:easyr1", convention="easyr1")(ROLLOUTS)
    assert [one.value for one in single] == [1.0, 0.0]


@pytest.mark.parametrize("convention", ["trl", "verl", "easyr1"])
def test_nothing_comes_of_nothing(file: Path, convention: Convention) -> None:
    assert Custom(f"{file}:{convention}", convention=convention)([]) == []


def test_it_is_a_part_like_any_other(file: Path) -> None:
    old = {"kind": "custom", "function": f"{file}:verl", "convention": "verl"}
    accuracy = {"weight": 1, "kind": "constant", "value": 0.5}
    reward = load_reward(
        {"kind": "weighted", "parts": {"new": accuracy, "old": {"weight": 1, **old}}}
    )
    assert [one.value for one in score(ROLLOUTS, reward)] == [1.5, 0.5]
    assert "convention: verl" in to_yaml(reward)


def test_the_convention_counts_in_the_fingerprint(file: Path) -> None:
    one, other = (Custom(f"{file}:trl", convention=name) for name in ("trl", "easyr1"))
    assert fingerprint(one) != fingerprint(other)


FAILS = [
    ("trl_short", "trl", "expected 2 values, got 1"),
    ("verl_nothing", "verl", "expected a dict with 'score', got acc"),
]


@pytest.mark.parametrize(("name", "convention", "message"), FAILS)
def test_what_breaks_the_convention_is_an_error(
    file: Path, name: str, convention: Convention, message: str
) -> None:
    with pytest.raises(VerifierError, match=message):
        Custom(f"{file}:{name}", convention=convention)(ROLLOUTS)


def test_a_column_that_is_missing_is_an_error_of_the_call(file: Path) -> None:
    with pytest.raises(TypeError, match="no_such_column"):
        Custom(f"{file}:trl_column", convention="trl")(ROLLOUTS)


REFUSED = [
    ("rollouts", "trl", "custom.convention: expected .* to take what trl gives"),
    ("rollouts", "verl", "custom.convention: expected .* to take what verl gives"),
    ("later", "trl", "custom.function: expected .* to be a plain function, got async def"),
    ("later_object", "trl", "custom.function: expected .* to be a plain function, got async def"),
    ("later_object", "rollouts", "custom.function: expected .* to be a plain function, got async"),
    ("trl_ids", "trl", "custom.convention: expected .* to need no completion_ids"),
    ("trl_alone", "trl", "custom.convention: expected .* to take what trl gives"),
    ("REWARD_NAME", "easyr1", "custom.function: expected .* to be a function, got str"),
    ("trl", "swift", "custom.convention: expected one of"),
]


@pytest.mark.parametrize(("name", "convention", "message"), REFUSED)
def test_what_can_not_be_called_so_is_refused(
    file: Path, name: str, convention: Convention, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        Custom(f"{file}:{name}", convention=convention)
