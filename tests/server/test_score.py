"""`POST /score` of a real server: what comes back, in which order, and what is refused."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from served import Served, serving, wait_for

LIMITS = ("--queue", "64", "--max-rollouts", "32", "--max-body", "65536", "--deadline", "20")
JSON = {"Content-Type": "application/json"}
NDJSON = {"Content-Type": "application/x-ndjson"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    (folder / "images" / "deep").mkdir(parents=True)
    (folder / "images" / "deep" / "in.png").write_bytes(b"x")
    (folder / "images" / "out").symlink_to("/etc")
    (folder / "images" / "same").symlink_to("deep/in.png")
    with serving(folder, "--workers", "2", "--image-root", "images", *LIMITS) as served:
        yield served


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with served.client() as client:
        yield client


ROWS = [
    {"completion": "plain", "id": "b", "step": 3},
    {"completion": "none"},
    {"completion": "raise", "group": "g"},
    {"completion": "日本語 👩‍🔬 \u0000 \u202e", "id": "b"},
    {"completion": [{"role": "assistant", "content": "chat"}], "prompt": "q", "reference": 10**40},
    {"completion": "half \ud800 pair"},
]


def test_results_are_the_lines_of_the_command(served: Served, folder: Path) -> None:
    body = json.dumps({"rollouts": ROWS})
    lines = "\n".join(map(json.dumps, ROWS))
    command = [sys.executable, "-m", "rewardkit", "score", "-", "-r", "my.py:play", "-q"]
    scored = subprocess.run(command, input=lines, capture_output=True, text=True, cwd=folder)
    assert scored.returncode == 0, scored.stderr
    expected = scored.stdout.splitlines()

    with served.client() as client:
        by_json = client.post("/score", content=body, headers=JSON)
        by_lines = client.post("/score", content=lines + "\n", headers=NDJSON)

    assert len(expected) == len(ROWS)
    assert by_json.text == '{"results":[' + ",".join(expected) + "]}"
    assert by_lines.text.splitlines() == expected
    assert by_lines.headers["content-type"].startswith("application/x-ndjson")


def test_lines_come_before_the_last_is_scored(client: httpx.Client, tmp_path: Path) -> None:
    go = tmp_path / "go"
    rows = ["first"] * 20 + [f"wait:{go}"]
    content = "\n".join(json.dumps({"completion": text}) for text in rows)

    with client.stream("POST", "/score", content=content, headers=NDJSON) as answer:
        lines = answer.iter_lines()
        first = next(lines)
        go.touch()
        rest = list(lines)

    ids = [json.loads(line)["id"] for line in (first, *rest)]
    assert ids == [str(number) for number in range(1, 22)]


@pytest.mark.parametrize(
    ("content", "headers", "answer"),
    [
        ('{"rollouts": []}', JSON, '{"results":[]}'),
        ("", NDJSON, ""),
        ("\n \r\n\n", NDJSON, ""),
    ],
)
def test_empty_batches(
    client: httpx.Client, content: str, headers: dict[str, str], answer: str
) -> None:
    found = client.post("/score", content=content, headers=headers)

    assert (found.status_code, found.text) == (200, answer)


REFUSED = {
    "no JSON": (JSON, b'{"rollouts": [', 400, "body: expected JSON, got: "),
    "cut off": (JSON, b"", 400, "body: expected JSON"),
    "not UTF-8 around": (JSON, b'{"rollouts": [], "\xff": 1}', 400, "byte 0xff"),
    "not UTF-8 in a row": (JSON, b'{"rollouts": [{"completion": "\xff"}]}', 422, "byte 0xff"),
    "NaN": (JSON, b'{"rollouts": [{"completion": "x", "reference": NaN}]}', 400, "JSON"),
    "beyond numbers": (JSON, b'{"rollouts": [{"completion": "x", "a": 1e999}]}', 422, "range"),
    "deep": (JSON, b'{"rollouts": [' + b"[" * 30_000, 400, "recursion"),
    "deep row": (NDJSON, b'{"completion":' + b"[" * 30_000, 422, "line 1: expected JSON"),
    "another reward": (JSON, b'{"rollouts": [], "reward": "r1"}', 422, "unknown field `reward`"),
    "no list": (JSON, b'{"rollouts": {}}', 422, "rollouts: expected `array`, got `object`"),
    "no object": (JSON, b"[]", 422, "body: expected `object`, got `array`"),
    "row": (JSON, b'{"rollouts": [1]}', 422, "rollouts[0]: expected a JSON object, got integer 1"),
    "field": (
        JSON,
        b'{"rollouts": [{"completion": 72}]}',
        422,
        "rollouts[0]: field 'completion': expected string or chat messages, got integer 72",
    ),
    "line": (NDJSON, b'\n{"completion": "x", "truncated": 1}', 422, "line 2: field 'truncated'"),
    "too many": (NDJSON, b'{"completion": "x"}\n' * 33, 413, "at most 32 a request"),
    "form": ({"Content-Type": "text/plain"}, b"{}", 415, "expected application/json or"),
    "packed": (JSON | {"Content-Encoding": "gzip"}, b"{}", 415, "Content-Encoding"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_rollout_is_refused_in_one_line(client: httpx.Client, name: str) -> None:
    headers, content, status, said = REFUSED[name]

    answer = client.post("/score", content=content, headers=headers)

    assert answer.status_code == status, answer.text
    assert said in answer.json()["error"]
    assert "\n" not in answer.json()["error"]
    assert len(answer.content) < 1000


def test_each_wrong_row_is_named(client: httpx.Client) -> None:
    rows = [{"completion": 1}, {"completion": "x"}, {"compleshun": "x"}]

    answer = client.post("/score", json={"rollouts": rows})

    assert answer.status_code == 422
    assert [row.partition(":")[0] for row in answer.json()["rows"]] == [
        "rollouts[0]",
        "rollouts[2]",
    ]


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "chunked"])
def test_a_body_beyond_the_limit_is_413(client: httpx.Client, announced: bool) -> None:
    body = b" " * 100_000
    content = body if announced else (body[i : i + 1000] for i in range(0, len(body), 1000))

    answer = client.post("/score", content=content, headers=JSON)

    assert answer.status_code == 413
    assert "at most 65536 bytes (--max-body)" in answer.json()["error"]


def test_a_full_queue_is_429_and_takes_requests_again(
    served: Served, client: httpx.Client, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    with ThreadPoolExecutor(2) as pool:
        held = [pool.submit(served.score, *[f"wait:{go}"] * 32) for _ in range(2)]
        wait_for(lambda: served.metric("rewardkit_queue_rollouts") == 64)
        refused = client.post("/score", json={"rollouts": [{"completion": "x"}]})
        go.touch()
        results = [result for future in held for result in future.result()]

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert {result["status"] for result in results} == {"scored"}
    assert served.score("x")[0]["status"] == "scored"


def test_a_row_that_hangs_costs_its_worker_and_no_other_request(served: Served) -> None:
    before = served.metric("rewardkit_worker_restarts_total")
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(served.score, "wait:/nowhere")
        others = [served.score(f"other {i}")[0]["status"] for i in range(10)]

    (hung,) = held.result()
    assert others == ["scored"] * 10
    assert (hung["status"], hung["reward"]) == ("unjudged", None)
    assert "deadline: expected a score within 10 s of work" in str(hung["scores"])
    assert served.metric("rewardkit_worker_restarts_total") > before


def test_a_row_that_takes_its_worker_down_costs_no_other_request(served: Served) -> None:
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(served.score, "die")
        others = [served.score(f"other {i}")[0]["status"] for i in range(10)]

    (dead,) = held.result()
    assert others == ["scored"] * 10
    assert (dead["status"], dead["reward"]) == ("unjudged", None)


def test_killed_workers_lose_no_request(served: Served, tmp_path: Path) -> None:
    go = tmp_path / "go"
    wait_for(lambda: served.metric("rewardkit_workers_warm") == 2)
    before = served.metric("rewardkit_worker_restarts_total")
    with ThreadPoolExecutor(4) as pool:
        held = [pool.submit(served.score, f"wait:{go}", "x") for _ in range(4)]
        wait_for(lambda: served.metric("rewardkit_queue_rollouts") == 8)
        for worker in served.workers():
            worker.kill()
        go.touch()
        results = [future.result() for future in held]

    assert [[row["status"] for row in rows] for rows in results] == [["scored"] * 2] * 4
    assert served.metric("rewardkit_worker_restarts_total") >= before + 2


def test_an_idle_worker_that_is_killed_is_replaced(served: Served) -> None:
    old = {worker.pid for worker in served.workers()}
    for worker in served.workers():
        worker.kill()

    wait_for(
        lambda: (
            served.metric("rewardkit_workers_warm") == 2
            and not old & {worker.pid for worker in served.workers()}
        )
    )
    assert served.score("x")[0]["status"] == "scored"


def test_every_client_gets_its_own_answers(served: Served) -> None:
    def ask(number: int) -> bool:
        texts = [f"{number} " * (i + 1) for i in range(number % 7)]
        return [row["reward"] for row in served.score(*texts)] == [len(t) / 1000 for t in texts]

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(40)))


def test_a_client_that_goes_away_leaves_nothing_behind(served: Served, tmp_path: Path) -> None:
    body = {"rollouts": [{"completion": f"wait:{tmp_path / 'go'}"}] * 32}
    answered = threading.Event()

    def ask() -> None:
        with httpx.Client(timeout=0.3) as client, pytest.raises(httpx.ReadTimeout):
            client.post(f"{served.url}/score", json=body)
        answered.set()

    threading.Thread(target=ask).start()
    assert answered.wait(20)
    (tmp_path / "go").touch()
    wait_for(lambda: served.metric("rewardkit_queue_rollouts") == 0)
    with served.client() as client:
        assert 'endpoint="/score",status="499"' in client.get("/metrics").text


PATHS = {
    "absolute": "/etc/hostname",
    "up": "../my.py",
    "up and down": "deep/../../my.py",
    "link out": "out/hostname",
    "file URL": "file:///etc/hostname",
    "http": "http://127.0.0.1:1/a.png",
    "https": "HTTPS://example.org/a.png",
    "empty": "",
    "NUL": "deep\0/in.png",
    "dict": {"path": "/etc/hostname"},
    "dict of a URL": {"path": "https://example.org/a.png", "bytes": None},
    "bytes that are none": {"bytes": "abc", "path": "deep/in.png"},
    "number": 7,
    "list": ["deep/in.png"],
    "null": None,
}


@pytest.mark.parametrize("name", PATHS)
def test_images_outside_of_the_root_are_refused(client: httpx.Client, name: str) -> None:
    row = {"completion": "images", "images": ["deep/in.png", PATHS[name]]}

    answer = client.post("/score", json={"rollouts": [row]})

    assert answer.status_code == 422
    assert "field 'images[1]': expected a data URI or a path below" in answer.json()["error"]


def test_images_of_the_root_and_of_the_request_are_let_in(
    client: httpx.Client, folder: Path
) -> None:
    images = ["deep/in.png", "same", {"path": "./deep//in.png"}, "data:image/png;base64,AAAA"]
    row = {"completion": "images", "images": images}

    answer = client.post("/score", json={"rollouts": [row]})

    (result,) = answer.json()["results"]
    assert result["reward"] == 4.0
    path = str(folder / "images" / "deep" / "in.png")[-20:]
    assert result["scores"]["custom"]["reason"] == f"{path} {path} {path} mage/png;base64,AAAA"


def test_state_and_description(client: httpx.Client) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {"status": "ready"}
    assert client.get("/docs").status_code == 200
    described = client.get("/openapi.json").json()
    assert set(described["paths"]) >= {"/score", "/get_reward", "/verify", "/health", "/ready"}
    body = described["paths"]["/score"]["post"]["requestBody"]["content"]["application/json"]
    name = body["schema"]["$ref"].rpartition("/")[2]
    assert "rollouts" in described["components"]["schemas"][name]["properties"]
    assert client.get("/nope").json() == {"error": "GET /nope: Not Found"}
    assert client.put("/score").status_code == 405
    assert 'rewardkit_requests_total{endpoint="other",status="404"}' in client.get("/metrics").text
