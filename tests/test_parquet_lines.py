"""Rows of Parquet become the lines that a JSONL file would hold."""

import base64
import datetime
import decimal
import io
import sys
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rewardkit import parquet_lines
from rewardkit.decoding import Violation, decode_rollout
from rewardkit.errors import ConfigError, RolloutError
from rewardkit.parquet_lines import batch_rows
from rewardkit.reading import iter_lines, open_input


def save(path: Path, columns: dict[str, Any], rows: int | None = None) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=rows)
    return path


def read(path: Path) -> list[Any]:
    return [msgspec.json.decode(line) for _, line in iter_lines(path)]


PICTURE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
NS = 1_234_567_890_123_456_789
COLUMNS: dict[str, tuple[pa.Array, list[Any]]] = {
    "text": (pa.array(["é\n", None]), ["é\n", None]),
    "large text": (pa.array(["a", "b"], pa.large_string()), ["a", "b"]),
    "words": (pa.array(["a", None]).dictionary_encode(), ["a", None]),
    "list of words": (
        pa.array([["a"], None], pa.list_(pa.string())).cast(pa.large_list(pa.string())),
        [["a"], None],
    ),
    "integers": (pa.array([2**64 - 1, 0], pa.uint64()), [2**64 - 1, 0]),
    "not a number": (pa.array([float("nan"), 0.5]), [None, 0.5]),
    "booleans": (pa.array([True, None]), [True, None]),
    "nothing": (pa.nulls(2), [None, None]),
    "struct": (pa.array([{"a": [1], "b": None}, None]), [{"a": [1], "b": None}, None]),
    "map": (
        pa.array([[("k", 1), ("l", None)], None], pa.map_(pa.string(), pa.int64())),
        [{"k": 1, "l": None}, None],
    ),
    "map of bytes": (
        pa.array([[(b"k", b"v")], []], pa.map_(pa.binary(), pa.binary())),
        [{"k": "v"}, {}],
    ),
    "messages": (
        pa.array([[{"role": "assistant", "content": "A: 1"}], []]),
        [[{"role": "assistant", "content": "A: 1"}], []],
    ),
    "decimal": (pa.array([decimal.Decimal("1.10"), None]), ["1.10", None]),
    "day": (pa.array([datetime.date(2026, 1, 2), None]), ["2026-01-02", None]),
    "nanoseconds": (pa.array([NS, None], pa.timestamp("ns")), ["2009-02-13T23:31:30.123456", None]),
    "nested nanoseconds": (
        pa.array([{"a": [NS]}, None], pa.struct([("a", pa.list_(pa.timestamp("ns", "UTC")))])),
        [{"a": ["2009-02-13T23:31:30.123456Z"]}, None],
    ),
    "picture": (
        pa.array([{"bytes": b"GIF8", "path": "x"}, {"bytes": None, "path": "y"}], PICTURE),
        ["data:;base64,R0lGOA==", {"bytes": None, "path": "y"}],
    ),
    "pictures": (
        pa.array([[{"bytes": b"A", "path": None}], None], pa.list_(PICTURE)),
        [["data:;base64,QQ=="], None],
    ),
    "images": (
        pa.array([[b"P1 1 1 0"], None], pa.list_(pa.binary())),
        [["data:;base64," + base64.b64encode(b"P1 1 1 0").decode()], None],
    ),
    "bytes of text": (pa.array([b"A: 1", None]), ["A: 1", None]),
    "bytes": (pa.array([b"\xff", b""]), [{"bytes": "/w=="}, ""]),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_each_type_of_column_becomes_json(tmp_path: Path, name: str) -> None:
    column, wanted = COLUMNS[name]

    assert read(save(tmp_path / "x.parquet", {name: column})) == [{name: value} for value in wanted]


def test_bytes_are_never_taken_for_a_completion(tmp_path: Path) -> None:
    path = save(tmp_path / "x.parquet", {"completion": pa.array([b"A: \xff"])})

    found = decode_rollout(next(iter_lines(path))[1], {}, "1")

    assert str(found).startswith("field 'completion': expected string or chat messages, got object")


def test_text_that_is_not_utf8_spoils_its_own_row_only(tmp_path: Path) -> None:
    raw = pa.array([b"good", b'qu"ote\n caf\xe9', b"good too"])
    text = pa.StringArray.from_buffers(len(raw), *raw.buffers()[1:])
    path = save(tmp_path / "x.parquet", {"completion": text})

    found = [decode_rollout(line, {}, str(number)) for number, line in iter_lines(path)]

    assert [isinstance(one, Violation) for one in found] == [False, True, False]
    assert str(found[1]).startswith("expected UTF-8, got byte 0xe9: ")


def test_rows_are_numbered_over_row_groups_and_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_lines, "BATCH_ROWS", 7)
    path = save(tmp_path / "x.parquet", {"n": list(range(100))}, rows=30)

    lines = list(iter_lines(path))

    assert [number for number, _ in lines] == list(range(1, 101))
    assert [msgspec.json.decode(line)["n"] for _, line in lines] == list(range(100))


def test_parquet_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    path = save(tmp_path / "no-ending", {"n": [1]})

    assert read(path) == [{"n": 1}]


def test_long_rows_are_read_a_few_at_a_time(tmp_path: Path) -> None:
    short = save(tmp_path / "short", {"n": list(range(5000))})
    long = save(tmp_path / "long", {"n": [str(k) + "x" * 2**20 for k in range(8)]})

    with pq.ParquetFile(short) as few, pq.ParquetFile(long) as many:
        assert batch_rows(few) == parquet_lines.BATCH_ROWS
        assert batch_rows(many) <= 4


def test_no_rows_are_no_lines(tmp_path: Path) -> None:
    assert read(save(tmp_path / "x.parquet", {"n": pa.array([], pa.int64())})) == []


DAMAGE = {
    "empty": b"",
    "text": b'{"completion": "x"}\n',
    "magic alone": b"PAR1",
    "magic twice": b"PAR1PAR1",
    "footer of zeros": b"PAR1" + b"\0" * 60 + b"PAR1",
    "endless footer": b"PAR1" + b"x" * 60 + b"\xff\xff\xff\x7fPAR1",
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_what_is_no_parquet_is_one_line(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(DAMAGE[kind])

    with pytest.raises(
        RolloutError, match=r"x.parquet: expected a whole Parquet file, got: ."
    ) as e:
        list(iter_lines(path))
    assert "\n" not in str(e.value)


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_a_file_cut_off_or_overwritten_is_an_error_of_the_data(
    tmp_path: Path, place: float
) -> None:
    path = save(tmp_path / "x.parquet", {"n": [f"{k}-{k * k}" for k in range(9999)]})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * place)])
    with pytest.raises(RolloutError, match="expected a whole Parquet file"):
        list(iter_lines(path))


def test_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["n", "n"]), path)

    with pytest.raises(RolloutError, match=r"x.parquet: column 'n': expected it once"):
        list(iter_lines(path))


def test_pipe_can_not_be_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with pytest.raises(ConfigError, match=r"p.parquet: expected a file, .* got a pipe"):
        parquet_lines.ParquetStream(Pipe(b"PAR1"), "p.parquet")


def test_without_pyarrow_it_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "x.parquet", {"n": [1]})
    monkeypatch.delitem(sys.modules, "pyarrow")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(ConfigError, match=r"rewardkit\[parquet\]"), open_input(path):
        pass
