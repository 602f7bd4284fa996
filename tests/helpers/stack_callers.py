"""How each stack calls its exported file, in small functions of our own.

EasyR1, slime, open-instruct and NeMo-RL can't be installed from the package index: nothing more
real calls their adapters. `tests/stacks` has the others' own callers.
"""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from types import ModuleType, SimpleNamespace
from typing import Any

from stack_rollouts import CASES, Case

from rewardkit.errors import VerifierError

Values = list[float | None]


def call_trl(module: ModuleType) -> Values:
    values: Values = module.reward(
        prompts=[[{"role": "user", "content": case.prompt}] for case in CASES],
        completions=[[{"role": "assistant", "content": case.completion}] for case in CASES],
        completion_ids=[[1, 2] for _ in CASES],
        solution=[case.reference for case in CASES],
        trainer_state=SimpleNamespace(global_step=0),
        log_extra=lambda name, column: None,
        log_metric=lambda name, value: None,
    )
    return values


def call_trl_async(module: ModuleType) -> Values:
    return list(asyncio.run(call_trl(module)))  # type: ignore[arg-type]  # awaited: it is async


def call_verl(module: ModuleType) -> Values:
    return [
        module.compute_score(
            data_source="toy",
            solution_str=case.completion,
            ground_truth=case.reference,
            extra_info={"prompt": case.prompt, "num_turns": 2},
        )["score"]
        for case in CASES
    ]


def call_verl_batch(module: ModuleType) -> Values:
    import numpy as np

    extra = [{"prompt": case.prompt} for case in CASES]
    results = module.compute_score(
        data_sources=np.array(["toy"] * len(CASES), dtype=object),
        solution_strs=[case.completion for case in CASES],
        ground_truths=[case.reference for case in CASES],
        extra_infos=np.array(extra, dtype=object),
    )
    return [one["score"] for one in results]


def call_easyr1(module: ModuleType) -> Values:
    assert (module.REWARD_NAME, module.REWARD_TYPE) == ("rewardkit", "batch")
    inputs = [
        {"response": case.completion, "response_length": 3, "ground_truth": case.reference}
        for case in CASES
    ]
    return [one["overall"] for one in module.compute_score(inputs)]


def call_openrlhf(module: ModuleType) -> Values:
    return [
        module.reward_func(
            [f"{case.prompt}{case.completion}<|im_end|>"], [case.prompt], [case.reference]
        )["rewards"]
        for case in CASES
    ]


def call_swift(module: ModuleType) -> Values:
    reward = sys.modules["swift.rewards"].orms["rewardkit"](args=object())
    values: Values = reward(
        [case.completion for case in CASES],
        solution=[case.reference for case in CASES],
        messages=[
            [
                {"role": "user", "content": case.prompt},
                {"role": "assistant", "content": case.completion},
            ]
            for case in CASES
        ],
        prompt_id=[f"p{n}" for n in range(len(CASES))],
        is_truncated=[False] * len(CASES),
        response_token_ids=[[1]] * len(CASES),
        trainer_state=SimpleNamespace(global_step=0),
    )
    return values


def call_verifiers(module: ModuleType) -> Values:
    async def one(case: Case) -> float | None:
        task = SimpleNamespace(prompt=case.prompt, answer=case.reference)
        trace = SimpleNamespace(last_reply=case.completion)
        try:
            value: float = await module.score(task=task, trace=trace)
        except VerifierError:  # verifiers makes None of it
            return None
        return value

    async def every() -> Values:
        return [await one(case) for case in CASES]

    return asyncio.run(every())


class InspectTarget(list[str]):
    """inspect_ai's `Target`: one or more texts, which `text` writes one behind the other."""

    @property
    def text(self) -> str:
        """All as one."""
        return "".join(self)


def call_inspect(module: ModuleType) -> Values:
    async def every() -> Values:
        scorer = module.reward()
        states = [
            SimpleNamespace(
                input_text=case.prompt,
                metadata={},
                choices=None,
                output=SimpleNamespace(completion=case.completion),
            )
            for case in CASES
        ]
        targets = [InspectTarget([case.reference]) for case in CASES]
        pairs = zip(states, targets, strict=True)
        return [(await scorer(state, target)).value for state, target in pairs]

    return asyncio.run(every())


def call_nemo_gym(module: ModuleType) -> Values:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    app = FastAPI()
    app.post("/verify")(module.Server().verify)
    client, values = TestClient(app), []
    for case in CASES:
        text = {"type": "output_text", "text": case.completion, "annotations": []}
        output = [{"type": "reasoning"}, {"type": "message", "content": [text]}]
        body = {
            "responses_create_params": {"input": case.prompt},
            "response": {"output": output},
            "expected_answer": case.reference,
        }
        answer = client.post("/verify", json=body).json()
        assert answer["expected_answer"] == case.reference
        values.append(None if answer["mask_sample"] else answer["reward"])
    return values


def call_nemo_rl(module: ModuleType) -> Values:
    logs = [
        [
            {"role": "user", "content": case.prompt, "token_ids": [1]},
            {"role": "assistant", "content": case.completion, "token_ids": [2]},
        ]
        for case in CASES
    ]
    result = module.Environment().step(logs, [{"ground_truth": case.reference} for case in CASES])
    assert result.terminateds.tolist() == [1.0] * len(CASES)
    values: Values = result.rewards.tolist()
    return values


def call_reasoning_gym(module: ModuleType) -> Values:
    return [
        module.score_answer(case.completion, {"question": case.prompt, "answer": case.reference})
        for case in CASES
    ]


def call_skyrl(module: ModuleType) -> Values:
    values: Values = []
    for case in CASES:
        extras = {"reward_model": {"ground_truth": case.reference}, "data_source": "toy"}
        environment = module.environment(env_config={}, extras=extras)
        environment.init([{"role": "user", "content": case.prompt}])
        values.append(environment.step(case.completion)["reward"])
    return values


def call_slime(module: ModuleType) -> Values:
    samples = [
        SimpleNamespace(
            prompt=case.prompt,
            response=case.completion,
            label=case.reference,
            metadata={},
            response_length=0,
        )
        for case in CASES
    ]
    values: Values = asyncio.run(module.reward(SimpleNamespace(), samples, evaluation=False))
    assert asyncio.run(module.reward(SimpleNamespace(), samples[0])) == values[0]
    return values


def call_areal(module: ModuleType) -> Values:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        jobs = [
            pool.submit(
                module.reward, case.prompt, case.completion, [1], [2], answer=case.reference
            )
            for case in CASES
        ]
        return [job.result() for job in jobs]


def call_open_instruct(module: ModuleType) -> Values:
    base: Any = sys.modules["open_instruct.ground_truth_utils"]
    (found,) = (cls for cls in base.VerifierFunction.__subclasses__() if cls is module.Verifier)
    verifier = found(verifier_config=None)
    assert verifier.name == "rewardkit"
    return [verifier([1], case.completion, case.reference, case.prompt).score for case in CASES]


CALLERS: dict[str, Callable[[ModuleType], Values]] = {
    "trl": call_trl,
    "trl-async": call_trl_async,
    "verl": call_verl,
    "verl-batch": call_verl_batch,
    "easyr1": call_easyr1,
    "openrlhf": call_openrlhf,
    "swift": call_swift,
    "verifiers": call_verifiers,
    "inspect_ai": call_inspect,
    "nemo-gym": call_nemo_gym,
    "nemo-rl": call_nemo_rl,
    "reasoning-gym": call_reasoning_gym,
    "skyrl": call_skyrl,
    "slime": call_slime,
    "areal": call_areal,
    "open-instruct": call_open_instruct,
}
