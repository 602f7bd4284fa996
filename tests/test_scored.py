"""Reading scored files: what is taken, and what is refused with its place."""

import gzip
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewardkit.errors import ConfigError
from rewardkit.scored import (
    KeptRow,
    ScoredRow,
    check_inputs,
    read_scored,
    read_scored_lines,
    reply_characters,
    reply_tokens,
)

GOOD = b'{"id":"1","group":"q","reward":0.5,"status":"scored","scores":{"a":{"value":0.5}}}'


def test_reads_files_one_after_another_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"
    plain.write_bytes(b"\xef\xbb\xbf" + GOOD + b"\r\n\n  \n" + GOOD)
    packed.write_bytes(gzip.compress(GOOD.replace(b'"1"', b'"2"') + b"\n"))
    rows = list(read_scored([plain, packed], ScoredRow))
    assert [row.id for row in rows] == ["1", "1", "2"]
    assert [line for _, line in read_scored_lines([plain], ScoredRow)] == [GOOD, GOOD]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param(b"not json", "expected JSON", id="no JSON"),
        pytest.param(GOOD[:-9], "expected JSON", id="cut off"),
        pytest.param(b"[1]", "expected a JSON object, got list [1]", id="a list"),
        pytest.param(b"null", "expected a JSON object, got null", id="null"),
        pytest.param(
            b'{"id":"1"}', "the field 'group' of scored lines, got fields id", id="a missing field"
        ),
        pytest.param(GOOD.replace(b'"1"', b"1"), "'id': expected string, got integer 1", id="id"),
        pytest.param(GOOD.replace(b"0.5", b'"x"', 1), "field 'reward': expected", id="reward"),
        pytest.param(GOOD.replace(b"0.5", b"NaN", 1), "expected JSON", id="NaN"),
        pytest.param(GOOD.replace(b"0.5", b"1e999", 1), "", id="infinite"),
        pytest.param(GOOD.replace(b"0.5", b"1e200", 1), "'reward': expected a number", id="huge"),
        pytest.param(
            b"1e200".join(GOOD.rsplit(b"0.5", 1)), "'scores.a.value': expected", id="huge part"
        ),
        pytest.param(GOOD.replace(b"0.5", b"null", 1), "a number where status is", id="no reward"),
        pytest.param(GOOD.replace(b"scored", b"error", 1), "null where status", id="a reward"),
        pytest.param(GOOD.replace(b'"scored"', b'"ok"'), "field 'status'", id="status"),
        pytest.param(GOOD.replace(b'{"value":0.5}', b"3"), "field 'scores", id="part"),
        pytest.param(GOOD.replace(b'"1"', b'"\xff"'), "UTF-8", id="bytes"),
        pytest.param(GOOD[:-1] + b',"z":' + b"[" * 100_000, "expected", id="nested"),
    ],
)
def test_a_bad_line_is_named_with_its_place(tmp_path: Path, line: bytes, told: str) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(GOOD + b"\n" + line + b"\n")
    with pytest.raises(ConfigError) as caught:
        list(read_scored([path], ScoredRow))
    assert str(caught.value).startswith(f"{path}:2: ")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_damaged_compression_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl.gz"
    path.write_bytes(gzip.compress(GOOD * 50)[:-12])
    with pytest.raises(ConfigError, match="compressed"):
        list(read_scored([path], ScoredRow))


def test_inputs_are_checked_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at most once"):
        check_inputs([Path("-"), Path("-")])
    with pytest.raises(ConfigError, match="nothing at this path"):
        check_inputs([tmp_path / "none"])
    with pytest.raises(ConfigError, match="directory"):
        next(read_scored([tmp_path], ScoredRow))


CHAT = b'[{"role":"user","content":"hello"},{"role":"assistant","content":"yes"}]'


@pytest.mark.parametrize(
    ("field", "value", "tokens", "characters"),
    [
        pytest.param(b"completion_tokens", b"7", 7, None, id="tokens"),
        pytest.param(b"completion_tokens", b"-1", None, None, id="negative"),
        pytest.param(b"completion_tokens", b"1" * 5000, None, None, id="a number of 5000 digits"),
        pytest.param(b"completion_tokens", b'"7"', None, None, id="tokens as text"),
        pytest.param(b"completion_tokens", b"true", None, None, id="true"),
        pytest.param(b"completion", b'"\xc3\xa9t\xc3\xa9"', None, 3, id="text"),
        pytest.param(b"completion", b'""', None, 0, id="empty"),
        pytest.param(b"completion", CHAT, None, 3, id="chat"),
        pytest.param(b"completion", b"null", None, None, id="null"),
        pytest.param(b"completion", b"3", None, None, id="a number"),
        pytest.param(b"completion", b'"\xff"', None, None, id="bytes"),
    ],
)
def test_length_of_a_reply(
    field: bytes, value: bytes, tokens: int | None, characters: int | None
) -> None:
    line = GOOD[:-1] + b',"' + field + b'":' + value + b"}"
    row = msgspec.json.decode(line, type=KeptRow)
    assert (reply_tokens(row), reply_characters(row)) == (tokens, characters)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.jsonl"
    path.write_bytes(GOOD + b"\n" + data)
    try:
        rows = list(read_scored([path], ScoredRow))
    except ConfigError as error:
        assert str(error).startswith(f"{path}:")
    else:
        assert rows[0].reward == 0.5
