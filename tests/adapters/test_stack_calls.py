"""What each stack hands over beside reply and reference, and what it is handed back."""

import asyncio
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from stack_callers import InspectTarget
from stack_rollouts import PRESET
from stack_shims import load_unlisted, write_shim
from stack_stand_ins import install

from rewardkit.adapters.areal import ArealReward
from rewardkit.adapters.easyr1 import EasyR1Reward
from rewardkit.adapters.inspect_ai import to_row as inspect_row
from rewardkit.adapters.nemo_gym import to_row as nemo_gym_row
from rewardkit.adapters.nemo_rl import to_row as nemo_rl_row
from rewardkit.adapters.openrlhf import OpenRlhfReward, reply_of
from rewardkit.adapters.options import Options
from rewardkit.adapters.rows import read_row
from rewardkit.adapters.slime import SlimeReward
from rewardkit.adapters.swift import SwiftReward
from rewardkit.adapters.verl import VerlReward
from rewardkit.errors import RolloutError, VerifierError

ZERO = Options(unjudged=0.0)
ACCURACY = {"kind": "accuracy", "template": "gsm8k"}
RECALL = {"kind": "keyword-recall"}
GOOD = "<think>x</think><answer>4</answer>"


def test_verl_gives_every_rollout_the_same_keys() -> None:
    reward = VerlReward(PRESET, ZERO)
    results = [reward("toy", GOOD, truth) for truth in ("4", "5", "", None)]
    assert {tuple(result) for result in results} == {
        ("score", "judged", "parts/accuracy", "judged/accuracy", "parts/format", "judged/format")
    }
    assert [result["score"] for result in results] == [2.0, 1.0, 0.0, 0.0]
    assert [result["judged"] for result in results] == [1.0, 1.0, 0.0, 0.0]
    assert all(type(value) is float for result in results for value in result.values())


def test_verl_hands_fields_over_in_extra_info() -> None:
    import numpy as np

    extra: dict[str, Any] = {
        "task": "choice",
        "choices": np.array(["cat", "dog"], dtype=object),
        "index": np.int64(3),
        "num_turns": 2,
        "rollout_reward_scores": {},
    }
    reward = VerlReward(ACCURACY, ZERO)
    assert reward("toy", "A: B", "B", extra, reward_router_address="x")["score"] == 1.0
    assert extra["num_turns"] == 2
    words = {"keywords": ["red cat"], "reference": "not this"}
    assert VerlReward(RECALL, ZERO)("toy", "a red cat", "", words)["score"] == 1.0


def test_verl_routes_by_data_source() -> None:
    routes = {"a": {"kind": "constant", "value": 1}, "b": {"kind": "constant", "value": 2}}
    reward = VerlReward({"kind": "route", "by": "data_source", "routes": routes}, ZERO)
    assert [reward(name, "", "")["score"] for name in "ab"] == [1.0, 2.0]


def test_easyr1_gets_numbers_only_and_as_many_as_it_gave() -> None:
    reward = EasyR1Reward(PRESET, ZERO)
    inputs = [{"response": GOOD, "response_length": 9, "ground_truth": t} for t in ("4", "", "5")]
    results = reward(inputs, weight=3)
    assert [result["overall"] for result in results] == [2.0, 0.0, 1.0]
    assert all(type(value) is float for result in results for value in result.values())
    assert reward([]) == []


def test_easyr1_labels_may_be_packed() -> None:
    reward = EasyR1Reward(RECALL, Options(unjudged=0.0, packed=True))
    truth = '{"reference": null, "keywords": ["red cat"]}'
    assert reward([{"response": "a red cat", "ground_truth": truth}])[0]["overall"] == 1.0


def test_openrlhf_gets_scores_apart_from_rewards() -> None:
    reward = OpenRlhfReward(PRESET, ZERO)
    result = reward([f"2+2? {GOOD}<eos>"], ["2+2? "], ["4"])
    assert (result["rewards"], result["scores"]) == (2.0, 1.0)
    logs = result["extra_logs"]
    assert isinstance(logs, dict) and logs["parts/format"] == 1.0
    assert all(type(value) is float for value in logs.values())


def test_openrlhf_batches_are_tensors_of_one_dimension() -> None:
    reward = OpenRlhfReward(PRESET, ZERO)
    result = reward([f"q{GOOD}", f"q{GOOD}"], ["q", "q"], ["4", "5"])
    rewards: Any = result["rewards"]
    assert (rewards.tolist(), rewards.shape) == ([2.0, 1.0], (2,))
    empty: Any = reward([], [], [])["rewards"]
    assert empty.shape == (0,)


QWEN = "<|vision_start|><|image_pad|><|vision_end|>"
GEMMA = "<|image|> and <|image|>"
REPLIES = [
    ("q answer", "q ", "answer"),
    ("<s>q answer</s></s>", "q ", "answer"),
    ("qqq", "q", "qq"),
    ("q", "q", ""),
    ("answer", "", "answer"),
    ("q</s> in the middle<|im_end|>", "q", "</s> in the middle"),
    # As the processors of Qwen-VL, Gemma 3, Gemma 4 and InternVL write images.
    (
        f"u\n<|vision_start|>{'<|image_pad|>' * 9}<|vision_end|>q\n<think>",
        f"u\n{QWEN}q\n",
        "<think>",
    ),
    (f"u\n\n\n<boi_image>{'<image_soft>' * 9}<eoi_image>\n\nq:4", "u\n<boi_image>q:", "4"),
    (f"u <|image>{'<|image|>' * 9}<image|> and <|image><|image|><image|>q 4", f"u {GEMMA}q ", "4"),
    (f"u<img>{'<IMG_CONTEXT>' * 9}</img>\nq<image>", "u<IMG_CONTEXT>\nq", "<image>"),
]


@pytest.mark.parametrize(("query", "prompt", "reply"), REPLIES)
def test_openrlhf_reply_is_cut_from_the_query(query: str, prompt: str, reply: str) -> None:
    assert reply_of(query, prompt) == reply


def test_openrlhf_reply_of_nothing_but_end_tokens_is_cut_in_linear_time() -> None:
    assert reply_of("qA: 4" + "</s><eos>" * 500_000, "q") == "A: 4"  # hours with a copy for each


@pytest.mark.parametrize("prompt", ["q", "<image>q", "w<image>", "<image>w<image>a"])
def test_openrlhf_query_without_its_prompt_is_an_error(prompt: str) -> None:
    with pytest.raises(RolloutError, match="openrlhf: query: expected it to hold its prompt '"):
        reply_of(f"<image>answer{'<image' * 20_000}", prompt)


def test_swift_says_what_is_truncated_and_which_prompt_it_was() -> None:
    group = {"kind": "group", "reward": ACCURACY, "statistic": "mean"}
    reward = SwiftReward(group, Options(group_size=2)).plugin(args=object())
    chat = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "A: 1"}]
    columns: dict[str, Any] = {"solution": ["1", "1"], "prompt_id": ["a", "a"]}
    values = reward(["A: 1", "A: 2"], messages=[chat, chat], is_truncated=[False, True], **columns)
    assert values == [0.5, 0.5]
    with pytest.raises(VerifierError, match="whole groups of 2"):
        reward(["A: 1", "A: 2"], solution=["1", "1"], prompt_id=["a", "b"])


def test_swift_counts_the_tokens_of_every_turn() -> None:
    reward = SwiftReward({"kind": "length", "unit": "tokens", "limit": 4})
    ids: list[Any] = [[1, 2, 3], [[1, 2, 3]], [[1, 2], [3]], [list(range(9))], []]
    values = reward(["a"] * 5, response_token_ids=ids, trainer_state=SimpleNamespace())
    assert values[0] == values[1] == values[2]
    assert values[3] != values[0]
    assert values[4] is None  # the tokens were not kept


def test_swift_never_gets_one_value_for_many() -> None:
    assert SwiftReward({"kind": "constant", "value": 1})(["a", "b", "c"]) == [1.0] * 3


def test_slime_groups_are_whole() -> None:
    group = {"kind": "group", "reward": ACCURACY, "statistic": "mean"}
    reward = SlimeReward(group, Options(unjudged=0.0, group_size=2))
    samples = [
        SimpleNamespace(prompt="q", response=f"A: {n}", label="1", metadata=None, group_index=7)
        for n in (1, 2)
    ]
    assert asyncio.run(reward(None, samples)) == [0.5, 0.5]
    with pytest.raises(VerifierError, match="whole groups of 2"):
        asyncio.run(reward(None, samples[0]))


def test_areal_rows_are_fields() -> None:
    reward = ArealReward(ACCURACY, ZERO)
    value = reward(
        [{"role": "user", "content": "q"}], "A: B", [1], [2], answer="B", task="choice",
        choices=["cat", "dog"], unrelated=object(),
    )  # fmt: skip
    assert value == 1.0


@pytest.mark.parametrize(("targets", "reference"), [(["B"], "B"), (["cat", "dog"], ["cat", "dog"])])
def test_inspect_targets_are_never_run_together(targets: list[str], reference: object) -> None:
    state: Any = SimpleNamespace(
        input_text="?", metadata=None, choices=None, output=SimpleNamespace(completion="cat, dog")
    )
    target: Any = InspectTarget(targets)
    assert inspect_row(state, target)["reference"] == reference


def test_nemo_gym_hands_over_messages_as_the_prompt() -> None:
    part = {"type": "input_text", "text": "3+4?"}
    asked = [{"role": "user", "content": [part]}, {"type": "function_call", "name": "add"}]
    row = nemo_gym_row({"responses_create_params": {"input": asked}, "response": {}})
    assert read_row(row, {}, "row 1").prompt_text == "3+4?"


def test_tokens_that_ended_a_reply_are_no_part_of_it() -> None:
    reply = f"{GOOD}<|im_end|><|endoftext|>"
    assert ArealReward("r1", ZERO)("q", reply, [1], [2], answer="4") == 2.0
    sample = SimpleNamespace(prompt="q", response=reply, label="4", metadata={})
    assert asyncio.run(SlimeReward("r1", ZERO)(None, sample)) == 2.0


def test_nemo_rl_reads_the_last_reply() -> None:
    log = [
        {"role": "user", "content": "q", "token_ids": [1]},
        {"role": "assistant", "content": "A: 1", "token_ids": [2]},
        {"role": "environment", "content": "no", "token_ids": [3]},
    ]
    row = nemo_rl_row(log, {"ground_truth": "1"})
    assert (row["prompt"], row["completion"]) == ([{"role": "user", "content": "q"}], "A: 1")
    assert nemo_rl_row(log[:1], None)["completion"] == ""


@pytest.mark.parametrize("stack", ["open-instruct", "nemo-rl", "nemo-gym"])
def test_unjudged_may_stop_where_stacks_are_stood_in_for(
    stack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(stack, monkeypatch)
    module = load_unlisted(write_shim(tmp_path, stack, unjudged="stop"))
    with pytest.raises(VerifierError, match=f"{stack}: a rollout is not judged"):
        if stack == "open-instruct":
            module.Verifier()([1], GOOD, "", "q")
        elif stack == "nemo-rl":
            module.Environment().step([[{"role": "assistant", "content": GOOD}]], [None])
        else:
            fields = {"responses_create_params": {"input": "q"}, "response": {"output": []}}
            body = SimpleNamespace(model_dump=lambda: fields)
            asyncio.run(module.Server().verify(body))


def test_adapters_import_nothing_of_their_stacks() -> None:
    import subprocess

    code = (
        "import rewardkit.adapters.stacks, sys;"
        "print({'torch', 'trl', 'transformers', 'numpy', 'ray', 'pydantic'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
