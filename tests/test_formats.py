"""Ready-made renamings read the files that other tools write."""

import msgspec
import pytest

from rewardkit.decoding import decode_rollout
from rewardkit.errors import ConfigError
from rewardkit.formats import FORMATS, read_renamings
from rewardkit.types import Rollout

LINES: dict[str, dict[str, object]] = {
    "verl": {"input": "2+2?", "output": "A: 4", "gts": "4", "score": 1.0, "step": 3},
    "trl": {"prompt": "2+2?", "completion": "A: 4", "solution": "4"},
    "openrlhf": {"input": "2+2?", "output": "A: 4", "label": "4"},
    "easyr1": {"problem": "2+2?", "response": "A: 4", "ground_truth": "4", "response_length": 3},
    "lm-eval": {
        "doc_id": 0,
        "doc_hash": "abc",
        "arguments": [["2+2?", {"until": []}]],
        "resps": [["A: 4"]],
        "target": "4",
    },
}


@pytest.mark.parametrize("name", FORMATS)
def test_format_finds_prompt_completion_and_reference(name: str) -> None:
    rollout = decode_rollout(msgspec.json.encode(LINES[name]), read_renamings(name, []), "1")

    assert isinstance(rollout, Rollout)
    assert (rollout.prompt, rollout.completion, rollout.reference) == ("2+2?", "A: 4", "4")


def test_nested_reference_of_a_verl_data_set() -> None:
    line = {"output": "A: 4", "reward_model": {"style": "rule", "ground_truth": "4"}}

    rollout = decode_rollout(msgspec.json.encode(line), read_renamings("verl", []), "1")

    assert isinstance(rollout, Rollout)
    assert rollout.reference == "4"
    assert rollout.extra == {"reward_model": {"style": "rule", "ground_truth": "4"}}


def test_length_of_easyr1() -> None:
    line = msgspec.json.encode(LINES["easyr1"])

    rollout = decode_rollout(line, read_renamings("easyr1", []), "1")

    assert isinstance(rollout, Rollout)
    assert rollout.completion_tokens == 3


def test_own_field_wins_over_the_format() -> None:
    places = read_renamings("trl", ["reference=gold"])

    assert places["reference"] == ("gold",)


@pytest.mark.parametrize(
    ("name", "fields", "message"),
    [
        ("ver", [], "--format ver: unknown format, expected one of verl, .*did you mean 'verl'"),
        (None, ["completion"], "--field completion: expected FIELD=NAME"),
        (None, ["completion="], "expected FIELD=NAME"),
        (None, ["refrence=gold"], "unknown field 'refrence', did you mean 'reference'"),
        (None, ["zzz=gold"], "unknown field 'zzz', expected one of completion, id"),
    ],
)
def test_wrong_options_are_refused(name: str | None, fields: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_renamings(name, fields)
