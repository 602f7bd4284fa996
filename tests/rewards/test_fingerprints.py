"""What changes a fingerprint and what does not."""

import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rewardkit.errors import ConfigError
from rewardkit.rewards import (
    Accuracy,
    Clip,
    Constant,
    Custom,
    Format,
    Judge,
    Length,
    Part,
    Reward,
    Weighted,
    fingerprint,
    load_reward,
    preset_names,
    versions,
)
from rewardkit.templates import load_template

JUDGED: list[dict[str, Any]] = [
    {"model": "n"},
    {"criteria": "c"},
    {"temperature": 1.0},
    {"max_tokens": 7},
    {"seed": 1},
    {"structured": True},
    {"max_characters": 9},
    {"prompt": "{reply} {reference}"},
    {"template": "think-answer", "section": "answer"},
]
"""Options that decide what a judge says."""

SAME = [
    pytest.param(Constant(1.0), Constant(1), id="whole number"),
    pytest.param(Format(), Format(template="think-answer", graded=False), id="defaults in full"),
    pytest.param(Format("boxed"), Format(load_template("boxed")), id="template by name or value"),
    pytest.param(
        load_reward("r1"),
        Weighted({"accuracy": Part(1.0, Accuracy("think-answer")), "format": Part(1.0, Format())}),
        id="preset or Python",
    ),
    pytest.param(
        Judge(base_url="http://one/v1", model="m"),
        Judge(
            base_url="http://other:8000/v1",
            model="m",
            api_key_env="KEY",
            concurrency=1,
            timeout_s=1,
            deadline_s=2,
            retries=0,
            backoff_s=1,
            give_up_after=1,
            cache="answers.sqlite",
        ),
        id="where and how a judge is asked",
    ),
    pytest.param(
        Accuracy(fallback=Judge(base_url="http://one/v1", model="m")),
        Accuracy(fallback=Judge(base_url="http://other/v1", model="m")),
        id="where a judge inside is asked",
    ),
]
DIFFERENT = [
    *(
        pytest.param(
            Judge(base_url="http://h/v1", model="m"),
            Judge(**{"base_url": "http://h/v1", "model": "m", **options}),
            id=f"{next(iter(options))} of a judge",
        )
        for options in JUDGED
    ),
    pytest.param(Constant(1.0), Constant(2.0), id="option"),
    pytest.param(Format("boxed"), Format("gsm8k"), id="template"),
    pytest.param(
        Format("boxed"),
        Format(load_template({"base": "boxed", "text_outside": False, "ignore_case": True})),
        id="option of a template",
    ),
    pytest.param(
        Weighted({"a": Part(1.0, Constant(1.0))}),
        Weighted({"b": Part(1.0, Constant(1.0))}),
        id="name of a part",
    ),
    pytest.param(
        Weighted({"a": Part(1.0, Length(limit=10))}),
        Weighted({"a": Part(1.0, Length(limit=11))}),
        id="option of a part",
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same(one: Reward, other: Reward) -> None:
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one: Reward, other: Reward) -> None:
    assert fingerprint(one) != fingerprint(other)


def test_presets_differ_from_one_another() -> None:
    prints = {fingerprint(load_reward(name)) for name in preset_names()}
    assert len(prints) == len(preset_names())
    assert all(len(one) == 64 and int(one, 16) >= 0 for one in prints)


def write(file: Path, value: float) -> Reward:
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"def mine(rollouts):\n    return [{value} for _ in rollouts]\n")
    return Clip(Custom(f"{file}:mine"), high=1.0)


def test_a_custom_function_counts_by_its_content(tmp_path: Path) -> None:
    one = write(tmp_path / "one" / "mine.py", 1.0)
    moved = write(tmp_path / "two" / "mine.py", 1.0)
    changed = write(tmp_path / "three" / "mine.py", 2.0)
    assert fingerprint(one) == fingerprint(moved) != fingerprint(changed)


def test_a_reward_without_a_name_has_none() -> None:
    with pytest.raises(ConfigError, match="a function that has a name"):
        fingerprint(Clip(lambda rollouts: [], low=0.0))


def test_versions_are_those_installed() -> None:
    assert versions()["regex"] == metadata.version("regex")
    assert versions()["msgspec"] == msgspec.__version__
    assert versions()["python"] == f"{sys.version_info.major}.{sys.version_info.minor}"


def test_the_same_in_every_process_and_light() -> None:
    code = (
        "import sys; from rewardkit.rewards import fingerprint, load_reward;"
        "print(fingerprint(load_reward('r1')), 'sympy' in sys.modules, 'numpy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == f"{fingerprint(load_reward('r1'))} False False\n"
