"""The exported file: Python whatever is in it, self-contained, and refused where it can't work."""

from pathlib import Path
from typing import Any

import pytest
from stack_shims import load_unlisted

from rewardkit.adapters.export import shim_text
from rewardkit.adapters.options import Options
from rewardkit.adapters.portable import portable
from rewardkit.adapters.stacks import STACKS
from rewardkit.errors import ConfigError
from rewardkit.rewards import Reward, fingerprint, load_reward, preset_names

ZERO = Options(unjudged=0.0)
VERL = STACKS["verl"]


def exported(folder: Path, reward: Reward, name: str = "reward file.py") -> Any:  # noqa: ANN401 - a module's object
    path = folder / name
    path.write_text(shim_text(VERL, reward, ZERO, path, "it"), encoding="utf-8")
    return load_unlisted(path).compute_score._scorer.reward


LIGHT = [name for name in preset_names() if "pebr" not in name]


@pytest.mark.parametrize("preset", LIGHT)
def test_presets_come_back_as_they_were(preset: str, tmp_path: Path) -> None:
    reward = load_reward(preset)
    again = exported(tmp_path, reward)
    assert again == reward
    assert fingerprint(again) == fingerprint(reward)


def test_any_text_in_options_is_python(tmp_path: Path) -> None:
    (tmp_path / 'my """odd\\ name.py').write_text("def f(rollouts, text): return [1.0]\n")
    options = {"text": "'''\"\"\"\\n{path} \u2028 日本 \x00 # %s"}
    config = {
        "kind": "custom",
        "function": f'{tmp_path}/my """odd\\ name.py:f',
        "options": options,
    }
    assert exported(tmp_path, load_reward(config)).options == options


def test_relative_files_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text("def half(rollouts):\n    return [0.5] * len(rollouts)\n")
    reward = load_reward({"kind": "scale", "reward": "mine.py:half", "factor": 2})
    assert exported(tmp_path, reward).reward.function == f"{tmp_path}/mine.py:half"


def test_template_files_are_written_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("loose.yaml").write_text("base: think-answer\nignore_case: true\n")
    reward = load_reward({"kind": "accuracy", "template": "loose.yaml"})
    path = tmp_path / "reward_verl.py"
    path.write_text(shim_text(VERL, reward, ZERO, path, "it"), encoding="utf-8")
    Path("loose.yaml").unlink()
    monkeypatch.chdir("/")
    compute_score = load_unlisted(path).compute_score
    assert compute_score("x", "<THINK>a</THINK><ANSWER>4</ANSWER>", "4")["score"] == 1.0


def test_options_of_a_custom_function_are_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("mine.py").write_text("def f(rollouts, **options): return [1.0] * len(rollouts)\n")
    options = {"function": "relu", "model": "folder", "template": "no.yaml"}
    reward = load_reward({"kind": "custom", "function": "mine.py:f", "options": options})
    assert exported(tmp_path, reward).options == options


def test_files_and_folders_here_become_absolute_and_names_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("checkpoint", "gpt", "openai"):
        Path(folder).mkdir()
    for file in ("weights.pt", "grey.png"):
        Path(file).write_bytes(b"")
    encoders = [
        {"kind": "open-clip", "architecture": "ViT-B-32", "pretrained": "weights.pt"},
        {"kind": "open-clip", "architecture": "ViT-B-32", "pretrained": "openai"},
        {"kind": "open-clip", "architecture": "local-dir:checkpoint"},
        {"kind": "transformers", "model": "checkpoint"},
    ]
    found = portable({"encoders": encoders, "contrast_images": ["grey.png", "data:,"]})
    assert found["encoders"] == [
        {**encoders[0], "pretrained": f"{tmp_path}/weights.pt"},
        encoders[1],
        {**encoders[2], "architecture": f"local-dir:{tmp_path}/checkpoint"},
        {**encoders[3], "model": f"{tmp_path}/checkpoint"},
    ]
    assert found["contrast_images"] == [f"{tmp_path}/grey.png", "data:,"]
    assert portable({"kind": "judge", "model": "gpt"}) == {"kind": "judge", "model": "gpt"}


def test_the_header_is_the_configuration(tmp_path: Path) -> None:
    for stack in STACKS.values():
        options = Options() if stack.says_unjudged else ZERO
        path = tmp_path / "my_reward.py"
        text = shim_text(stack, load_reward("r1"), options, path, "r1")
        compile(text, str(path), "exec")
        assert f"# fingerprint {fingerprint(load_reward('r1'))}\n" in text
        assert str(path) in text or "my_reward" in text or "this file" in text
        assert not any(left in text for left in ("{path}", "{folder}", "{module}", "{{", "}}}}"))


NAMES = [
    ("verl", "reward.txt", "expected a file that ends in .py"),
    ("verl", "verl.py", "expected a name of its own, got that of the module verl"),
    ("trl", "json.py", "expected a name of its own, got that of the module json"),
    ("trl", "numpy.py", "expected a name of its own, got that of the module numpy"),
    ("verl", "sitecustomize.py", "expected a name of its own, got that of the module sitecust"),
    ("trl", "my-reward.py", "expected a name that Python can import, as trl does"),
    ("slime", "class.py", "expected a name that Python can import, as slime does"),
]


@pytest.mark.parametrize(("stack", "name", "message"), NAMES)
def test_names_that_would_not_load_are_refused(stack: str, name: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        shim_text(STACKS[stack], load_reward("r1"), ZERO, Path(name), "r1")


def test_a_new_line_in_the_path_stays_in_its_comment(tmp_path: Path) -> None:
    path = Path("/no/such\nimport os; os._exit(1)\n/reward.py")
    text = shim_text(VERL, load_reward("r1"), ZERO, path, "a\nb")
    code = [line for line in text.splitlines() if not line.startswith("#")]
    assert not any("_exit" in line for line in code)


def test_lambdas_have_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected a reward or a function that has a name"):
        shim_text(VERL, lambda rollouts: [], ZERO, tmp_path / "reward.py", "it")
