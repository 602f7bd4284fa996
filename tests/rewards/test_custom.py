"""Custom rewards: how they are loaded, called, and what they may return."""

import copy
import math
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from rewardkit.errors import ConfigError, VerifierError
from rewardkit.rewards.custom import Custom, Option
from rewardkit.rewards.loading import split_spec
from rewardkit.types import Rollout, Score

SOURCE = """
from __future__ import annotations

from dataclasses import dataclass

from rewardkit.rewards.base import pointwise
from rewardkit.types import Score

RUNS = []


def shares(rollouts, most=10):
    return [min(len(rollout.text), most) / most for rollout in rollouts]


def groups(rollouts):
    return [0.0 for _ in rollouts]


groups.whole_groups = True


@pointwise
def short(rollout):
    return Score(float(len(rollout.text) < 4), "measured")


@dataclass
class Weighted:
    weight: float

    def __call__(self, rollouts):
        return [self.weight for _ in rollouts]


class NotCallable:
    pass


ready = Weighted(0.5)
mixed_values = [1, True, 0.5, None, Score(0.25, "mine"), float("nan"), 10**400]


def mixed(rollouts):
    return mixed_values


def short_list(rollouts):
    return [1.0]


def a_number(rollouts):
    return 1.0


def text(rollouts):
    return "1" * len(rollouts)


def words(rollouts):
    return ["good" for _ in rollouts]


def broken(rollouts):
    raise ZeroDivisionError("the user's own")


async def later(rollouts):
    return []


number = 3
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "my rewards.py"
    file.write_text(SOURCE, encoding="utf-8")
    return file


ROLLOUTS = [Rollout(completion=text) for text in ("abc", "abcdefghij")]


@pytest.mark.parametrize(
    ("name", "options", "wanted"),
    [
        ("shares", {}, [0.3, 1.0]),
        ("shares", {"most": 20}, [0.15, 0.5]),
        ("short", {}, [1.0, 0.0]),
        ("Weighted", {"weight": 0.75}, [0.75, 0.75]),
        ("ready", {}, [0.5, 0.5]),
        ("ready.__call__", {}, [0.5, 0.5]),
    ],
)
def test_loads_from_a_file(
    path: Path, name: str, options: dict[str, Option], wanted: list[float]
) -> None:
    scores = Custom(f"{path}:{name}", options)(ROLLOUTS)
    assert [score.value for score in scores] == wanted


def test_loads_from_a_module() -> None:
    assert Custom("rewardkit.rewards.constant:Constant", {"value": 2})(ROLLOUTS[:1]) == [
        Score(2.0, "constant")
    ]


def test_values_are_wrapped(path: Path) -> None:
    scores = Custom(f"{path}:mixed")([Rollout(completion="")] * 7)
    assert [score.value for score in scores] == [1.0, 1.0, 0.5, None, 0.25, None, None]
    assert [score.reason for score in scores[3:]] == [
        "not judged by the function",
        "mine",
        "expected a finite number, got nan",
        "expected a finite number, got inf",
    ]
    assert all(score.value is None or math.isfinite(score.value) for score in scores)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("short_list", "expected 2 values, got 1"),
        ("a_number", "expected a list of 2 values, got float"),
        ("text", "expected a list of 2 values, got str"),
        ("words", "rollout 0: expected Score, number or None, got str"),
    ],
)
def test_a_function_that_returns_nonsense_is_a_verifier_error(
    path: Path, name: str, message: str
) -> None:
    with pytest.raises(VerifierError) as caught:
        Custom(f"{path}:{name}")(ROLLOUTS)
    assert str(caught.value) == f"{path}:{name}: {message}"


def test_what_the_function_raises_is_passed_on(path: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="the user's own"):
        Custom(f"{path}:broken")(ROLLOUTS)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("missing", {}, "custom.function: expected 'missing' in "),
        ("number", {}, "custom.function: expected "),
        ("NotCallable", {}, "custom.function: expected "),
        ("later", {}, "custom.function: expected "),
        ("shares", {"mots": 3}, "custom.options: expected "),
        ("Weighted", {}, "custom.options: expected "),
        ("Weighted", {"weight": 1.0, "x": 1}, "custom.options: expected "),
        ("shares", {"most": {1j}}, "custom.options: expected what YAML can say, got "),
    ],
)
def test_what_cannot_be_called_is_refused_when_made(
    path: Path, name: str, options: dict[str, Option], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        Custom(f"{path}:{name}", options)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import no_such_module_here", "ModuleNotFoundError: No module named"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("def f(:\n  pass", "SyntaxError: invalid syntax"),
        ("import sys; sys.exit('two\\nlines')", "SystemExit: two"),
        ("raise ValueError", "ValueError"),
    ],
)
def test_a_file_that_does_not_import_is_one_line(tmp_path: Path, source: str, message: str) -> None:
    file = tmp_path / "broken.py"
    file.write_text(source)
    with pytest.raises(ConfigError) as caught:
        Custom(f"{file}:f")
    assert f"importing {file}:f raised {message}" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not [name for name in sys.modules if name.startswith("rewardkit_custom_broken_")]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("", "expected 'module:name' or 'path/file.py:name', got ''"),
        ("math", "expected 'module:name' or 'path/file.py:name', got 'math'"),
        ("math:", "expected 'module:name'"),
        (":sqrt", "expected 'module:name'"),
        (r"C:\rewards\mine.py", "expected 'module:name'"),
        ("rewards/mine:f", "expected 'module:name'"),
        ("mine.py:f()", "expected 'module:name'"),
        ("no_such_module_here:f", "no module 'no_such_module_here' for no_such_module_here:f"),
        ("math.no_such:f", "no module 'math.no_such'"),
        ("math:no_such", "expected 'no_such' in math, which has no such name"),
        ("no/such.py:f", "no file "),
    ],
)
def test_specs_that_name_nothing_are_refused(spec: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Custom(spec)
    assert str(caught.value).startswith(f"custom.function: {message}")


@pytest.mark.parametrize(
    ("spec", "place", "name"),
    [
        ("a.b:c.d", "a.b", "c.d"),
        ("rewards/mine.py:f", "rewards/mine.py", "f"),
        (r"C:\rewards\mine.py:f", r"C:\rewards\mine.py", "f"),
        ("D:/x/mine.py:f", "D:/x/mine.py", "f"),
    ],
)
def test_specs_are_cut_at_the_last_colon(spec: str, place: str, name: str) -> None:
    assert split_spec(spec) == (place, name)


def test_a_missing_module_beside_a_file_of_that_name_says_how_to_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine_beside.py").write_text("def f(rollouts): return []")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"for the file write mine_beside\.py:…$"):
        Custom("mine_beside:f")


def test_a_relative_path_keeps_its_meaning_after_a_change_of_directory(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    reward = Custom(f"{path.name}:shares")
    assert reward.source_files() == (str(path),)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert [score.value for score in reward(ROLLOUTS)] == [0.3, 1.0]


def test_a_file_is_run_once_and_its_objects_pickle(path: Path) -> None:
    first = Custom(f"{path}:Weighted", {"weight": 1.0})
    second = Custom(f"{path}:ready")
    assert type(first.inner()) is type(second.inner())
    assert pickle.loads(pickle.dumps(first.inner())) == first.inner()


def test_options_are_copied(path: Path) -> None:
    options: dict[str, Option] = {"most": 20}
    reward = Custom(f"{path}:shares", options)
    options["most"] = 1
    assert [score.value for score in reward(ROLLOUTS)] == [0.15, 0.5]


def test_group_rewards_are_seen_inside(path: Path) -> None:
    assert getattr(Custom(f"{path}:groups").inner(), "whole_groups", False) is True
    assert getattr(Custom(f"{path}:shares").inner(), "whole_groups", False) is False


def test_source_files_are_what_defines_it(path: Path) -> None:
    assert Custom(f"{path}:shares").source_files() == (str(path),)
    assert Custom("builtins:len").source_files() == ()


def test_survives_pickle_and_copy_here_and_in_another_process(path: Path) -> None:
    reward = Custom(f"{path}:shares", {"most": 20})
    assert pickle.loads(pickle.dumps(reward)) == reward == copy.deepcopy(reward)
    code = (
        "import pickle, sys; from rewardkit.types import Rollout;"
        "reward = pickle.loads(sys.stdin.buffer.read());"
        "print(reward([Rollout(completion='abc')])[0].value)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(reward), capture_output=True, check=True
    )
    assert done.stdout.split() == [b"0.15"]
