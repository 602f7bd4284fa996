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
    "map of nanoseconds": (
        pa.array([[("k", NS)], None], pa.map_(pa.string(), pa.timestamp("ns"))),
        [{"k": "2009-02-13T23:31:30.123456"}, None],
    ),
    "pair of nanoseconds": (
        pa.array([[NS, NS], None], pa.list_(pa.timestamp("ns"), 2)),
        [["2009-02-13T23:31:30.123456"] * 2, None],
    ),
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
        assert batch_rows(few.metadata.row_group(0)) == parquet_lines.BATCH_ROWS
        assert batch_rows(many.metadata.row_group(0)) <= 4


def test_long_rows_among_many_short_ones_are_read_a_few_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    with pq.ParquetWriter(path, pa.schema([("n", pa.string())])) as writer:
        writer.write_table(pa.table({"n": ["short"] * 99_999}))
        writer.write_table(pa.table({"n": [f"{k}{'x' * 2**20}" for k in range(8)]}))

    assert largest_piece(path) < 2 * parquet_lines.BATCH_BYTES


def test_a_text_that_the_file_holds_once_for_many_rows(tmp_path: Path) -> None:
    path = save(tmp_path / "x.parquet", {"n": pa.array(["x" * 2**19] * 64).dictionary_encode()})

    assert path.stat().st_size < 2**20
    assert largest_piece(path) < 2 * parquet_lines.BATCH_BYTES
    assert sum(1 for _ in iter_lines(path)) == 64


def largest_piece(path: Path) -> int:
    """Bytes of the most lines that are held at a time."""
    with path.open("rb") as raw:
        stream = parquet_lines.ParquetStream(raw, "x")
        return max(map(len, stream._lines))


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


def test_fields_of_one_name_inside_a_column_are_refused(tmp_path: Path) -> None:
    inner = pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], ["n", "n"])
    path = save(tmp_path / "x.parquet", {"a": pa.ListArray.from_arrays([0, 1], inner)})

    with pytest.raises(RolloutError, match=r"x.parquet: column 'a.element.n': expected it once"):
        list(iter_lines(path))


FAR = {
    "day": pa.array([0, 2**30], pa.date32()),
    "moment": pa.array([0, 2**62], pa.timestamp("us")),
    "early moment": pa.array([0, -(2**62)], pa.timestamp("ms")),
    "duration": pa.array([0, 2**62], pa.duration("s")),
    "inside": pa.array([[0], [2**62]], pa.list_(pa.timestamp("us"))),
}


@pytest.mark.parametrize("name", FAR)
def test_a_time_that_python_does_not_reach_spoils_its_own_row_only(
    tmp_path: Path, name: str
) -> None:
    path = save(tmp_path / "x.parquet", {"completion": ["a", "b"], name: FAR[name]})

    found = [decode_rollout(line, {}, str(number)) for number, line in iter_lines(path)]

    assert not isinstance(found[0], Violation)
    assert str(found[1]).startswith(f"expected a JSON object, got string \"column '{name}': ")


def test_name_of_a_column_that_is_not_utf8_is_one_line(tmp_path: Path) -> None:
    path = save(tmp_path / "x.parquet", {"completion": ["a"], "n-a-m-e": [1]})
    path.write_bytes(path.read_bytes().replace(b"n-a-m-e", b"n-a-m-\xe9"))

    with pytest.raises(RolloutError, match=r"x.parquet: expected a whole Parquet file, got: .utf"):
        list(iter_lines(path))


def test_encrypted_footer_is_refused_as_parquet(tmp_path: Path) -> None:
    path = tmp_path / "no-ending"
    path.write_bytes(b"PARE" + b"x" * 60 + b"\x3c\0\0\0PARE")

    with pytest.raises(RolloutError, match="expected a whole Parquet file, got: "):
        list(iter_lines(path))


@pytest.mark.parametrize("kept", ["no JSON", "[1]", 5])
def test_kept_fields_that_are_none_spoil_their_own_row_only(
    tmp_path: Path, kept: str | int
) -> None:
    row = {"id": "1", "group": "1", "reward": 0.5, "status": "scored", "scores": [], "kept": None}
    part = {"name": "a", "value": None, "reason": ""}
    rows = [row, {**row, "scores": [part], "kept": kept}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "x")

    assert [type(line) for line in read(tmp_path / "x")] == [dict, str]


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
