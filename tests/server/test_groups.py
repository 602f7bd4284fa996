"""Rewards that compare the rollouts of a question get whole groups, wherever their rows stand."""

import json
from collections.abc import Iterator

import httpx
import pytest
from served import Served, serving

REWARD = """\
import os
def size(rollouts):
    groups = [rollout.group for rollout in rollouts]
    if any(rollout.text == "die once" for rollout in rollouts) and not os.path.exists("died"):
        open("died", "w").close()
        os._exit(3)
    return [float(groups.count(group)) for group in groups]
size.whole_groups = True
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("groups")
    (folder / "groups.py").write_text(REWARD)
    with serving(folder, "--reward", "groups.py:size", "--workers", "2") as served:
        yield served


ROWS = [
    {"completion": "x", "group": f"g{number % 7}", "id": str(number)} for number in range(7 * 9)
]


@pytest.mark.parametrize("first", ["x", "die once"])
def test_groups_are_whole(served: Served, first: str) -> None:
    rows = [{**ROWS[0], "completion": first}, *ROWS[1:]]
    lines = "\n".join(map(json.dumps, rows))
    with served.client() as client:
        by_json = client.post("/score", json={"rollouts": rows}).json()["results"]
        by_lines = client.post(
            "/score", content=lines, headers={"Content-Type": "application/x-ndjson"}
        )

    assert [row["reward"] for row in by_json] == [9.0] * len(rows)
    assert [row["id"] for row in by_json] == [row["id"] for row in rows]
    assert [json.loads(line) for line in by_lines.text.splitlines()] == by_json


@pytest.mark.parametrize("path", ["/get_reward", "/verify"])
def test_rollouts_that_come_one_by_one_are_refused(served: Served, path: str) -> None:
    answer = httpx.post(f"{served.url}{path}", json={})

    assert answer.status_code == 422
    assert "expected a reward that looks at one rollout" in answer.json()["error"]
