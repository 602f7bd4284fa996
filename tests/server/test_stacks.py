"""The protocols of OpenRLHF and NeMo Gym against a real server, behind a token, in groups."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from served import Served, serving

TOKEN = "sec?ret:-U"
REWARD = """\
kind: weighted
parts:
  accuracy: {weight: 0.9, kind: accuracy, template: gsm8k}
  format: {weight: 0.1, kind: format, template: gsm8k}
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("stacks")
    (folder / "reward.yaml").write_text(REWARD)
    options = ("--reward", "reward.yaml", "--workers", "1", "--end-token", "<stop>")
    with serving(folder, *options, token=TOKEN) as served:
        yield served


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with served.client() as client:
        yield client


def queries(*replies: str, label: object = "4") -> dict[str, Any]:
    prompts = ["2+2? "] * len(replies)
    return {
        "query": [prompt + reply for prompt, reply in zip(prompts, replies, strict=True)],
        "prompts": prompts,
        "labels": [label] * len(replies),
    }


def test_openrlhf_gets_numbers_and_nothing_else(client: httpx.Client) -> None:
    asked = queries("so\nA: 4<|im_end|>", "so\nA: 5</s><stop>", "no")

    answer = client.post("/get_reward", json=asked).json()

    assert answer["rewards"] == pytest.approx([1.0, 0.1, 0.0])
    assert answer["scores"] == pytest.approx([1.0, 0.1, 0.0])
    assert answer["extra_logs"] == pytest.approx(
        {
            "judged": 1.0,
            "parts/accuracy": 1 / 3,
            "judged/accuracy": 1.0,
            "parts/format": 2 / 3,
            "judged/format": 1.0,
        }
    )


def test_openrlhf_may_ask_for_nothing(client: httpx.Client) -> None:
    """It does, where it has more endpoints than queries."""
    answer = client.post("/get_reward", json=queries())

    assert answer.json() == {"rewards": [], "scores": [], "extra_logs": {}}


NOT_JUDGED = {
    "no reference": (queries("A: 4", label=None), "query[0]: not judged: "),
    "a prompt that was cut": (
        queries("A: 4") | {"prompts": ["what is 2+2? "]},
        "query[0]: not judged: openrlhf: query: expected it to hold its prompt",
    ),
    "lists of several lengths": (queries("A: 4") | {"labels": []}, "got (1, 1, 0)"),
    "no text": (queries("A: 4") | {"query": [1]}, "query[0]: expected `str`, got `int`"),
    "no list": ({"query": "x", "prompts": "x", "labels": "x"}, "query: expected `array`"),
    "a field is missing": ({"query": []}, "body: object missing required field `prompts`"),
}


@pytest.mark.parametrize("name", NOT_JUDGED)
def test_openrlhf_is_refused_what_has_no_reward(client: httpx.Client, name: str) -> None:
    asked, said = NOT_JUDGED[name]

    answer = client.post("/get_reward", json=asked)

    assert answer.status_code == 422
    assert said in answer.json()["error"]


def exchange(text: str, **fields: object) -> dict[str, Any]:
    said = {"type": "output_text", "text": text, "annotations": []}
    thought = {"type": "reasoning", "id": "t", "summary": []}
    message = {"type": "message", "id": "m", "role": "assistant", "content": [said]}
    return {
        "responses_create_params": {"input": [{"role": "user", "content": "2+2?"}]},
        "response": {"id": "r", "object": "response", "output": [thought, message]},
        **fields,
    }


def test_nemo_gym_gets_its_fields_back_with_a_reward(client: httpx.Client) -> None:
    asked = exchange("so\nA: 4", answer="4", step=[1, {"é": None}], reward=7, huge=10**30)

    answer = client.post("/verify", json=asked).json()

    assert answer["reward"] == 1.0
    assert (answer["mask_sample"], answer["failure_kind"], answer["failure_reason"]) == (
        False,
        None,
        None,
    )
    assert answer["rewardkit"]["scores"]["accuracy"]["reason"] == "correct: 4 = 4"
    for name in asked.keys() - {"reward"}:
        assert answer[name] == asked[name]


def test_nemo_gym_masks_what_is_not_judged(client: httpx.Client) -> None:
    answer = client.post("/verify", json=exchange("so\nA: 4")).json()

    assert (answer["reward"], answer["mask_sample"]) == (0.0, True)
    assert answer["failure_kind"] == "rewardkit:not_judged"
    assert "reference" in answer["failure_reason"]


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"response": 1, "responses_create_params": {}},
        exchange("A: 4", images=["/etc/passwd"]),
        exchange("A: 4", truncated="no"),
        exchange("A: 4")
        | {
            "responses_create_params": {
                "input": [
                    {
                        "role": "user",
                        "content": [{"type": "input_image", "image_url": "http://127.0.0.1/a"}],
                    }
                ]
            }
        },
    ],
    ids=["empty", "of another form", "a path", "a field of another type", "an image of a URL"],
)
def test_nemo_gym_is_refused_what_is_no_rollout(
    client: httpx.Client, broken: dict[str, Any]
) -> None:
    answer = client.post("/verify", json=broken)

    assert answer.status_code == 422
    assert answer.json()["error"]


@pytest.mark.parametrize("output", [None, [], [1, "x"], [{"type": "message", "content": "4"}]])
def test_a_reply_without_a_message_is_an_empty_one(client: httpx.Client, output: object) -> None:
    asked = exchange("", answer="4") | {"response": {"output": output}}

    answer = client.post("/verify", json=asked).json()

    assert (answer["reward"], answer["mask_sample"]) == (0.0, False)


OPEN = ("/health", "/ready")
CLOSED = ("/metrics", "/docs", "/openapi.json", "/nope", "/score")
HEADERS = {
    "none": {},
    "wrong": {"Authorization": "Bearer secret"},
    "shorter": {"Authorization": f"Bearer {TOKEN[:-1]}"},
    "longer": {"Authorization": f"Bearer {TOKEN}x"},
    "empty": {"Authorization": "Bearer"},
    "no scheme": {"Authorization": TOKEN},
    "basic, broken": {"Authorization": "Basic ???"},
    "basic, as the user": {"Authorization": httpx.BasicAuth(TOKEN, "")._auth_header},
}


@pytest.mark.parametrize("name", HEADERS)
def test_nothing_is_answered_without_the_token(served: Served, name: str) -> None:
    with httpx.Client(base_url=served.url, headers=HEADERS[name]) as client:
        assert {client.get(path).status_code for path in OPEN} == {200}
        assert {client.get(path).status_code for path in CLOSED} == {401}
        refused = client.post("/score", content=b"{" * 10_000)
    assert refused.status_code == 401
    assert TOKEN not in refused.text


def test_the_token_may_stand_in_the_url(served: Served) -> None:
    """OpenRLHF's client sends no header of the user's."""
    answer = httpx.post(f"{served.url}/get_reward", auth=("", TOKEN), json=queries("A: 4"))

    assert answer.status_code == 200
