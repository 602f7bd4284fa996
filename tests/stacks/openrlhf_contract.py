"""OpenRLHF: its own executor calls the exported file, and `rewardkit serve` by its HTTP client."""

import asyncio
import importlib
import re
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from PIL import Image
from served import serving
from stack_pages import training_command
from stack_rollouts import CASES, PRESET, Case, filled, wanted
from stack_shims import UNJUDGED, write_shim
from stack_tokenizer import make_tokenizer

agent = importlib.import_module("openrlhf.utils.agent")
PLAYED = [Case("?", reply, "1") for reply in ("none: not judged", "raise: it fails", "paid")]
"""What the reward of `served` does, when it is told to."""

TEXTS = [text for case in (*CASES, *PLAYED) for text in case]
TOKENIZER = make_tokenizer(TEXTS)


class Engine:
    """Stands in for vLLM: generates the reply it was made with, and the token that ends it."""

    def __init__(self, reply: str) -> None:
        """Keep the reply."""
        self.reply = reply

    async def generate(self, ids: Any, params: Any, multi_modal_data: Any = None) -> Any:  # noqa: ANN401 - as vLLM's
        """One reply."""
        tokens = [*TOKENIZER(self.reply)["input_ids"], TOKENIZER.eos_token_id]
        out = SimpleNamespace(
            token_ids=tokens, text=self.reply, finish_reason="stop", logprobs=None
        )
        return SimpleNamespace(outputs=[out])


def make_processor() -> Any:  # noqa: ANN401 - transformers' processor
    """Qwen2-VL's processor over single characters, so that an image is many tokens."""
    transformers: Any = importlib.import_module("transformers")
    special = {"image_token": "<|image_pad|>", "video_token": "<|video_pad|>"}
    tokenizer = make_tokenizer(TEXTS)  # the same numbers for what `Engine` writes
    tokenizer.add_special_tokens({"additional_special_tokens": list(special.values())})
    for name, token in special.items():
        setattr(tokenizer, name, token)
        setattr(tokenizer, f"{name}_id", tokenizer.convert_tokens_to_ids(token))
    return transformers.Qwen2VLProcessor(
        transformers.Qwen2VLImageProcessor(), tokenizer, transformers.Qwen2VLVideoProcessor()
    )


def call(source: object, cases: Sequence[Case]) -> list[Any]:
    """Have replies paid, all at once, by a file or by what listens at an address."""
    executor = agent.SingleTurnAgentExecutor(str(source))
    params = SimpleNamespace(max_tokens=4096, logprobs=None)

    async def every() -> list[Any]:
        jobs = [
            executor.execute(
                case.prompt, case.reference, params, 8192, TOKENIZER, Engine(case.completion)
            )
            for case in cases
        ]
        return await asyncio.gather(*jobs)

    return asyncio.run(every())


def number(value: Any) -> float:  # noqa: ANN401 - a tensor of one, a list of one, or a number
    if isinstance(value, list):
        (value,) = value
    return float(value.item() if hasattr(value, "item") else value)


def test_rewards_are_those_of_rewardkit(tmp_path: Path) -> None:
    results = call(write_shim(tmp_path, "openrlhf"), CASES)
    ours = filled(wanted(), UNJUDGED)
    assert [number(result["reward"]) for result in results] == ours
    assert [number(result["scores"]) for result in results] == [min(max(v, 0), 1) for v in ours]
    assert all(isinstance(v, float) for result in results for v in result["extra_logs"].values())


def test_what_stops_leaves_it_without_a_reward(tmp_path: Path) -> None:
    (result,) = call(write_shim(tmp_path, "openrlhf", unjudged="stop"), CASES[8:9])
    assert result["reward"] is None


def test_the_command_of_the_page_has_options_that_are_there() -> None:
    # Its parser stands in a script that imports what needs a GPU.
    script = Path(str(agent.__file__)).parents[1] / "cli" / "train_ppo_ray.py"
    known = set(re.findall(r'"(--[\w.]+)"', script.read_text(encoding="utf-8")))
    given = training_command("openrlhf", "openrlhf.cli.train_ppo_ray")
    options = {one for one in given if one.startswith("--")}
    assert options - known == set()


def test_an_image_in_the_prompt_is_no_part_of_the_reply(tmp_path: Path) -> None:
    executor = agent.SingleTurnAgentExecutor(str(write_shim(tmp_path, "openrlhf")))
    params = SimpleNamespace(max_tokens=4096, logprobs=None)
    case = CASES[0]
    execution = executor.execute(
        f"<|image_pad|>{case.prompt}", case.reference, params, 8192, make_processor(),
        Engine(case.completion), images=[Image.new("RGB", (112, 112))],
    )  # fmt: skip
    result = asyncio.run(execution)
    assert result["mm_train_inputs"]
    assert number(result["reward"]) == 2.0


def test_over_http_it_gets_what_the_file_gives(tmp_path: Path) -> None:
    """It sends no header of the user's: the token stands in the address."""
    token = "sec?ret:-U/@"
    options = ("--reward", PRESET, "--workers", "2", "--unjudged", str(UNJUDGED))
    with serving(tmp_path, *options, token=token) as served:
        there = served.url.replace("://", f"://:{quote(token, safe='')}@")
        results = call(f"{there}/get_reward", CASES)
        answered = served.metric('rewardkit_requests_total{endpoint="/get_reward",status="200"}')
    assert answered == len(CASES)  # none of them was asked twice
    here = call(write_shim(tmp_path, "openrlhf"), CASES)
    for name in ("reward", "scores"):
        assert [number(one[name]) for one in results] == [number(one[name]) for one in here]
    assert [one["extra_logs"] for one in results] == [one["extra_logs"] for one in here]


def test_over_http_what_has_no_number_leaves_it_without_a_reward(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1") as served:
        results = call(f"{served.url}/get_reward", PLAYED)
        asked = served.metric('rewardkit_requests_total{endpoint="/get_reward",status="422"}')
    assert [result["reward"] for result in results] == [None, None, [0.004]]
    assert asked == 10  # each of the two five times


def test_over_http_without_the_token_it_has_no_reward(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1", token="secret") as served:
        (result,) = call(f"{served.url}/get_reward", PLAYED[2:])
        refused = served.metric('rewardkit_requests_total{endpoint="/get_reward",status="401"}')
    assert (result["reward"], refused) == (None, 5)
