"""`rewardkit score` on folders and Parquet, and what its options for a cluster ask for."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS = [
    {"id": f"r{k}", "response": f"so\nA: {k % 3}", "reward_model": {"ground_truth": "1"}}
    for k in range(9)
]


def test_parquet_shards_to_parquet_shards(
    tmp_path: Path, rewardkit: Callable[..., CompletedProcess[str]]
) -> None:
    (tmp_path / "in").mkdir()
    for k in range(2):
        pq.write_table(pa.Table.from_pylist(ROWS[k::2]), tmp_path / "in" / f"part-{k}.parquet")
    (tmp_path / "in" / "part-2.jsonl").write_text("no rollout\n")

    result = rewardkit(
        *("score", "in", "-r", "gsm8k", "-o", "out/", "--format", "verl,parquet", "--json"),
        *("--workers", "1"),
    )

    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["counts"]["rollouts"] == 9
    assert json.loads(result.stdout)["mean"] == pytest.approx(3 / 9)
    assert "kept in out/*.rejected.jsonl, first: in/part-2.jsonl:1: expected JSON" in result.stderr
    rows = pq.read_table(tmp_path / "out" / "part-1.parquet").to_pylist()
    assert [row["id"] for row in rows] == ["r1", "r3", "r5", "r7"]
    assert [row["reward"] for row in rows] == [1.0, 0.0, 0.0, 1.0]
    summary = rewardkit("summary", "out/part-0.parquet", "--json")
    assert summary.returncode == 0, summary.stderr


WRONG = {
    "address alone": (["--address", "auto"], "--address: expected --engine ray beside it"),
    "gpus alone": (["--gpus", "1"], "--gpus: expected --engine ray beside it"),
    "two stacks": (["--format", "verl,trl"], "expected one name of a stack, parquet, or both"),
    "another stack": (["--format", "parquet,tlr"], "expected one of verl, trl"),
    "parquet to a pipe": (["--format", "parquet"], "expected an output file, got standard output"),
    "engine": (["--engine", "spark"], "local"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_options_that_do_not_fit(
    tmp_path: Path, rewardkit: Callable[..., CompletedProcess[str]], kind: str
) -> None:
    args, message = WRONG[kind]
    (tmp_path / "in.jsonl").write_text('{"completion": "A: 1"}\n')

    result = rewardkit("score", "in.jsonl", "-r", "gsm8k", *args)

    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
