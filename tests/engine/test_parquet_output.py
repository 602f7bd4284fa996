"""Scored lines as Parquet: the same lines, in columns that are the same whatever the reward."""

import json
import os
from pathlib import Path
from typing import Any, TypedDict, Unpack

import datasets
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rewardkit.engine import chunks, parquet_output
from rewardkit.engine.plan import Request
from rewardkit.engine.run import run_score
from rewardkit.errors import ConfigError
from rewardkit.reading import iter_lines
from rewardkit.rewards import load_reward
from rewardkit.scored_columns import encode_lines, scored_schema

REWARD = load_reward("gsm8k")


class Options(TypedDict, total=False):
    """What a test asks of a run besides inputs and output."""

    keep: bool
    workers: int
    resume: bool
    parquet: bool


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 2000)
    monkeypatch.setattr(parquet_output, "GROUP_ROWS", 50)


@pytest.fixture
def rollouts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    monkeypatch.chdir(tmp_path)
    rows = [
        {
            "id": f"r{k}",
            "group": f"q{k // 4}",
            "completion": f"é\u2028 so\nA: {k % 5}",
            "reference": None if k % 7 == 0 else str(k % 3),
            "step": k,
        }
        for k in range(120)
    ]
    lines = [json.dumps(row) for row in rows]
    lines[11] = '{"completion": 5}'
    Path("in.jsonl").write_text("\n".join(lines))
    return rows


def score(source: str, output: str, **options: Unpack[Options]) -> None:
    run_score(Request((source,), output, REWARD, **options), lambda position, counts: None)


def lines(path: str) -> list[bytes]:
    return [line for _, line in iter_lines(path)]


@pytest.mark.parametrize("keep", [False, True])
def test_parquet_holds_the_lines_that_jsonl_would(
    rollouts: list[dict[str, Any]], keep: bool
) -> None:
    score("in.jsonl", "out.jsonl", keep=keep)
    score("in.jsonl", "out.parquet", keep=keep)

    assert lines("out.parquet") == lines("out.jsonl")
    with pq.ParquetFile("out.parquet") as file:
        assert file.schema_arrow.equals(scored_schema())
        assert file.schema_arrow.metadata == scored_schema().metadata
        assert file.metadata.num_row_groups > 1
    for name in ("rejected.jsonl", "meta.json"):
        ours, theirs = (Path(f"out.{kind}.{name}").read_text() for kind in ("parquet", "jsonl"))
        assert ours.replace(',\n  "format": "parquet"', "") == theirs


@pytest.mark.filterwarnings("ignore::DeprecationWarning:datasets")
def test_other_programs_open_it_and_write_what_is_read_again(
    rollouts: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    score("in.jsonl", "out.parquet", keep=True)

    found = datasets.Dataset.from_parquet("out.parquet", cache_dir="cache")
    found.to_parquet("datasets.parquet")
    pd.read_parquet("out.parquet").to_parquet("pandas.parquet")

    first = pq.read_table("out.parquet").to_pylist()[0]
    assert found[0]["scores"] == first["scores"]
    assert first["scores"][0].keys() == {"name", "value", "reason"}
    for name in ("datasets.parquet", "pandas.parquet"):
        ours, theirs = (
            [json.loads(line) for line in lines(path)] for path in ("out.parquet", name)
        )
        assert theirs == ours


def test_parquet_in_scores_as_jsonl_in(rollouts: list[dict[str, Any]]) -> None:
    Path("in.jsonl").write_text("\n".join(map(json.dumps, rollouts)))
    pq.write_table(pa.Table.from_pylist(rollouts), "in.parquet", row_group_size=33)
    score("in.jsonl", "from-jsonl.jsonl", keep=True)
    score("in.parquet", "from-parquet.jsonl", keep=True)

    assert Path("from-parquet.jsonl").read_bytes() == Path("from-jsonl.jsonl").read_bytes()


@pytest.mark.parametrize("source", ["in.jsonl", "in.parquet"])
def test_interrupted_run_goes_on_to_the_same_file(
    rollouts: list[dict[str, Any]], source: str
) -> None:
    pq.write_table(pa.Table.from_pylist(rollouts), "in.parquet")
    score(source, "whole.parquet", keep=True)
    seen = 0

    def stop(position: object, counts: object) -> None:
        nonlocal seen
        seen += 1
        if seen == 3:
            raise KeyboardInterrupt

    request = Request((source,), "out.parquet", REWARD, keep=True)
    with pytest.raises(KeyboardInterrupt):
        run_score(request, stop)
    assert not Path("out.parquet").exists()
    score(source, "out.parquet", keep=True, resume=True)

    assert seen == 3
    assert Path("out.parquet").read_bytes() == Path("whole.parquet").read_bytes()
    assert (
        Path("out.parquet.meta.json").read_bytes() == Path("whole.parquet.meta.json").read_bytes()
    )
    assert not Path("out.parquet.partial").exists()


def test_killed_between_output_and_side_car(
    rollouts: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    score("in.jsonl", "whole.parquet")
    with monkeypatch.context() as patch:
        patch.setattr("rewardkit.engine.file_sink.FileSink.discard", stop_here)
        with pytest.raises(KeyboardInterrupt):
            score("in.jsonl", "out.parquet")
    Path("out.parquet.meta.json").rename("out.parquet.partial/meta")
    score("in.jsonl", "out.parquet", resume=True)

    assert Path("out.parquet").read_bytes() == Path("whole.parquet").read_bytes()
    assert Path("out.parquet.meta.json").exists()
    assert not Path("out.parquet.partial").exists()


def stop_here(sink: object) -> None:
    raise KeyboardInterrupt


def test_format_says_what_a_name_does_not(rollouts: list[dict[str, Any]]) -> None:
    score("in.jsonl", "out", parquet=True)
    score("in.jsonl", "out.jsonl", parquet=True)

    assert Path("out").read_bytes()[:4] == b"PAR1"
    assert Path("out.jsonl").read_bytes()[:1] == b"{"


def test_name_that_is_no_text(rollouts: list[dict[str, Any]]) -> None:
    name = os.fsdecode(b"caf\xe9.parquet")

    score("in.jsonl", name)

    assert lines(name)[0].startswith(b'{"id":"r0"')


def test_unfinished_run_of_another_format_is_refused(rollouts: list[dict[str, Any]]) -> None:
    def stop(position: object, counts: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_score(Request(("in.jsonl",), "out", REWARD), stop)

    with pytest.raises(ConfigError, match="format: expected that of the unfinished run"):
        score("in.jsonl", "out", parquet=True, resume=True)


def test_standard_output_can_not_be_parquet(rollouts: list[dict[str, Any]]) -> None:
    with pytest.raises(ConfigError, match="expected an output file, got standard output"):
        score("in.jsonl", "-", parquet=True)


def test_parts_of_any_name_and_fields_of_any_type(tmp_path: Path) -> None:
    texts = [
        b'{"id":"1","group":"","reward":null,"status":"unjudged","scores":{}}',
        '{"id":"é","group":"g","reward":0.1,"status":"scored","scores":{"a.b":{"value":1e-7,'
        '"reason":"\u2028"}},"input_id":3,"x":{"y":[1.50,null]},"z":12345678901234567890123}'.encode(),
    ]
    (tmp_path / "ipc").write_bytes(b"".join(encode_lines(text + b"\n") for text in texts))
    parquet_output.write_parquet(tmp_path / "ipc", tmp_path / "out.parquet")

    assert lines(str(tmp_path / "out.parquet")) == texts
