"""`rewardkit rewards` lists what the code has, nothing more and nothing less."""

import json
import subprocess
from collections.abc import Callable

import msgspec
import pytest

from rewardkit.rewards import REWARDS, Repetition, preset_names
from rewardkit.templates import TEMPLATES
from rewardkit.verifiers import VERIFIERS

Rewardkit = Callable[..., subprocess.CompletedProcess[str]]
TABLES = {
    "reward": list(REWARDS),
    "verifier": list(VERIFIERS),
    "template": list(TEMPLATES),
    "preset": list(preset_names()),
}


def test_everything_is_listed(rewardkit: Rewardkit) -> None:
    result = rewardkit("rewards", "--json")

    entries = json.loads(result.stdout)
    for what, names in TABLES.items():
        assert [e["name"] for e in entries if e["what"] == what] == names
    assert all(entry["summary"] and entry["text"] for entry in entries)


def test_options_are_those_of_the_class(rewardkit: Rewardkit) -> None:
    [entry] = json.loads(rewardkit("rewards", "repetition", "--json").stdout)

    fields = msgspec.structs.fields(Repetition)
    assert [option["name"] for option in entry["options"]] == [field.name for field in fields]


def test_types_are_words_for_a_person(rewardkit: Rewardkit) -> None:
    entries = json.loads(rewardkit("rewards", "--json").stdout)
    types = {option["type"] for entry in entries for option in entry["options"]}

    assert not {one for one in types if "rewardkit." in one or "NoneType" in one or "\n" in one}
    [clip] = [entry for entry in entries if entry["name"] == "clip-score"]
    named = {option["name"]: option["type"] for option in clip["options"]}
    assert named["encoder"] == "FgClip | OpenClip | TransformersClip"
    assert named["saturate_at"] == "float | 'published' | None"
    assert named["across"] == "'mean' | 'max' | 'first'"
    assert named["template"] == "str | Template | None"


def test_table_for_a_person(rewardkit: Rewardkit) -> None:
    text = rewardkit("rewards").stdout

    for names in TABLES.values():
        for name in names:
            assert f"\n{name} " in text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("r1", ["preset r1", "Source:", "kind: weighted"]),
        ("length", ["reward length", "soft-overlong", "completion_tokens"]),
        ("llava-cot", ["template llava-cot", "<SUMMARY>", "ignore_case"]),
        ("choice", ["verifier choice"]),
    ],
)
def test_one_in_full(rewardkit: Rewardkit, name: str, words: list[str]) -> None:
    text = rewardkit("rewards", name).stdout

    for word in words:
        assert word in text


def test_unknown_name_is_refused_with_a_suggestion(rewardkit: Rewardkit) -> None:
    result = rewardkit("rewards", "lenght")

    assert result.returncode == 2
    assert "did you mean 'length'" in result.stderr
