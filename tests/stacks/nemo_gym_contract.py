"""NeMo-Gym: its own webserver runs the exported file; its own client asks that and our server."""

import asyncio
import contextlib
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from served import serving, wait_for
from stack_pages import training_command, written_file
from stack_rollouts import CASES, PRESET, Case, filled, wanted
from stack_shims import write_shim

utils: Any = importlib.import_module("nemo_gym.server_utils")
config_types: Any = importlib.import_module("nemo_gym.config_types")
responses: Any = importlib.import_module("nemo_gym.base_resources_server")
omegaconf: Any = importlib.import_module("omegaconf")

NAME = "rewardkit"


def configuration(port: int) -> dict[str, Any]:
    """What NeMo-Gym hands to the servers that it starts, of one server."""
    listens = {"host": "127.0.0.1", "port": port}
    server = {"entrypoint": "app.py", "domain": "math", **listens}
    return {
        "head_server": listens,  # never asked: its configuration comes by the environment
        "dry_run": False,
        NAME: {"resources_servers": {NAME: server}},
    }


@contextlib.contextmanager
def running(shim: Path) -> Iterator[int]:
    """Start the exported file as NeMo-Gym starts a server; gives its port."""
    environment = {
        **os.environ,
        "NEMO_GYM_CONFIG_DICT": json.dumps(configuration(0)),
        "NEMO_GYM_CONFIG_PATH": NAME,
    }
    log = shim.with_suffix(".log")
    command = [sys.executable, "-P", str(shim)]
    with log.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env=environment)
    listens = re.compile(r"running on http://127\.0\.0\.1:(\d+)")
    try:
        wait_for(lambda: bool(listens.search(log.read_text())) or process.poll() is not None)
        found = listens.search(log.read_text())
        assert found and "ray_enabled" not in log.read_text(), log.read_text()  # asked to say so
        yield int(found[1])
    finally:
        process.kill()
        process.wait()


def ask(port: int, bodies: Sequence[dict[str, Any]], path: str = "/verify") -> list[Any]:
    """Each body's status and answer, by NeMo-Gym's client."""

    async def one(client: Any, body: dict[str, Any]) -> tuple[int, Any]:  # noqa: ANN401 - NeMo-Gym's
        answer = await client.post(NAME, path, json=body)
        return answer.status, await utils.get_response_json(answer)

    async def every() -> list[Any]:
        shared = utils.set_global_aiohttp_client(utils.GlobalAIOHTTPAsyncClientConfig())
        client = utils.ServerClient(
            head_server_config=config_types.BaseServerConfig(host="127.0.0.1", port=port),
            global_config_dict=omegaconf.OmegaConf.create(configuration(port)),
        )
        try:
            answers: list[Any] = await asyncio.gather(*(one(client, body) for body in bodies))
        finally:
            await shared.close()
            utils._GLOBAL_AIOHTTP_CLIENT = None  # its own way out wants to close it again
        return answers

    return asyncio.run(every())


def body(case: Case, **fields: object) -> dict[str, Any]:
    """What NeMo-Gym's agents send, a thought before the reply."""
    text = {"type": "output_text", "text": case.completion, "annotations": []}
    message = {"id": "m", "type": "message", "role": "assistant", "status": "completed"}
    response = {
        "id": "r",
        "object": "response",
        "created_at": 0,
        "model": "m",
        "output": [
            {"id": "t", "type": "reasoning", "summary": []},
            {**message, "content": [text]},
        ],
        "parallel_tool_calls": False,
        "tool_choice": "none",
        "tools": [],
    }
    prompt = [{"role": "user", "content": case.prompt}]
    row = {"expected_answer": case.reference, "note": "é 中 😀", **fields}
    return {"responses_create_params": {"input": prompt}, "response": response, **row}


def check(results: list[Any]) -> None:
    """Every rollout has the value it has from rewardkit itself; NeMo-Gym can read all answers."""
    assert {status for status, _ in results} == {200}
    read = [responses.BaseVerifyResponse.model_validate(answer) for _, answer in results]
    assert [one.reward for one in read] == filled(wanted(), 0.0)
    assert [one.mask_sample for one in read] == [value is None for value in wanted()]
    kinds = {(one.mask_sample, one.failure_kind, bool(one.failure_reason)) for one in read}
    assert kinds == {(False, None, False), (True, "rewardkit:not_judged", True)}
    for case, (_, answer) in zip(CASES, results, strict=True):
        assert (answer["expected_answer"], answer["note"]) == (case.reference, "é 中 😀")


def test_its_webserver_gives_the_rewards_of_rewardkit(tmp_path: Path) -> None:
    with running(write_shim(tmp_path, "nemo-gym")) as port:
        results = ask(port, [body(case) for case in CASES])
    check(results)
    assert results[0][1]["judged"] == 1.0
    assert results[0][1]["parts/accuracy"] == 1.0


def test_our_server_gives_its_client_the_same(tmp_path: Path) -> None:
    with serving(tmp_path, "--reward", PRESET, "--workers", "2") as served:
        check(ask(int(served.url.rpartition(":")[2]), [body(case) for case in CASES]))


def test_it_counts_no_masked_rollout(tmp_path: Path) -> None:
    """Its own means leave out what is not judged."""
    with running(write_shim(tmp_path, "nemo-gym")) as port:
        answers = [answer for _, answer in ask(port, [body(CASES[n]) for n in (0, 8)])]
        rows = [
            {**one, "_ng_task_index": 0, "_ng_rollout_index": n} for n, one in enumerate(answers)
        ]
        ((status, found),) = ask(port, [{"verify_responses": rows}], "/aggregate_metrics")
    assert status == 200
    assert found["agent_metrics"]["mean/reward"] == 2.0


@pytest.mark.parametrize(
    ("reward", "unjudged", "said"),
    [
        ("broken.py:fails", None, "the reward failed on 1 of 1 rollouts"),
        (PRESET, "stop", "a rollout is not judged"),
    ],
)
def test_what_stops_is_status_500(
    tmp_path: Path, reward: str, unjudged: str | None, said: str
) -> None:
    (tmp_path / "broken.py").write_text("def fails(rollouts):\n    return 1 / 0\n")
    reward = reward.replace("broken.py", str(tmp_path / "broken.py"))
    with running(write_shim(tmp_path, "nemo-gym", reward, unjudged)) as port:
        ((status, answer),) = ask(port, [body(CASES[8])])
    assert status == 500
    assert said in answer


def test_a_reward_that_fails_in_our_server_is_masked(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1") as served:
        port = int(served.url.rpartition(":")[2])
        ((status, answer),) = ask(port, [body(Case("?", "raise: it fails", "1"))])
    assert (status, answer["mask_sample"], answer["failure_kind"]) == (200, True, "verifier_error")


def test_the_reply_may_be_missing(tmp_path: Path) -> None:
    silent = body(CASES[0])
    silent["response"]["output"] = []
    with running(write_shim(tmp_path, "nemo-gym")) as port:
        ((status, answer),) = ask(port, [silent])
    assert (status, answer["reward"], answer["mask_sample"]) == (200, 0.0, False)


def test_the_page_has_a_configuration_and_options_that_are_there(tmp_path: Path) -> None:
    gym = str(Path(sys.executable).with_name("gym"))
    given = training_command("nemo-gym", "gym eval run")
    known = subprocess.run([gym, "eval", "run", "--help"], capture_output=True, text=True).stdout
    assert {one for one in given if one.startswith("--")} <= set(re.findall(r"--[\w-]+", known))

    config = tmp_path / "rewardkit.yaml"
    config.write_text(written_file("nemo-gym", "rewardkit.yaml"))
    model = given[given.index("--model-type") :]
    command = [gym, "env", "validate", "--strict", "--config", str(config), *model]
    checked = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert "DEPRECATED" not in checked.stderr
